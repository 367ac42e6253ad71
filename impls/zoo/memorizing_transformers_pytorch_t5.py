"""memorizing-transformers-pytorch: T5's bias in one direction, multiplied by a scale, which is 1 here.

It counts queries and keys from 0, also where there are more keys than queries: see its advisory. Here they are as many,
and rows are chosen. dalle2-pytorch and mega-pytorch have the same buckets. What finds neighbours stays out.
"""

from torch import Tensor

from impls import implements
from impls.zoo.absent import stand_ins
from impls.zoo.bare import leaf
from impls.zoo.fitting import rows
from impls.zoo.learned import hand_in

LONGEST = 1023
"""The largest position of a square of biases."""


@implements(
    "t5-bias",
    form="gather",
    package="memorizing-transformers-pytorch",
    parameters={"bidirectional": 0},
    positions="non-negative",
    max_position=LONGEST,
    source="https://github.com/lucidrains/memorizing-transformers-pytorch",
)
def memorizing_transformers_pytorch(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """T5RelativePositionBias."""
    m, n = rows(query_positions, LONGEST), rows(key_positions, LONGEST)
    with stand_ins("faiss"):
        module = leaf("memorizing_transformers_pytorch.memorizing_transformers_pytorch")
    bias = module.T5RelativePositionBias(1.0, num_buckets, max_distance, heads)
    hand_in(bias.relative_attention_bias, weight=table)
    queries, keys = (int(each.max()) + 1 if each.numel() else 0 for each in (m, n))
    added: Tensor = bias(queries, keys, device="cpu")
    return added[0][:, m][..., n]
