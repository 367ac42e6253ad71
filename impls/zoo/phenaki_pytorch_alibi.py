"""phenaki-pytorch: ALiBi with the published slopes, multiplied up, of the last queries and all keys, in float32.

A module keeps the first bias that is large enough, and takes its first rows for later calls: right where there are as
many queries as keys. Here it is new for every call, and square.
"""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import rows

LONGEST = 1023
"""The largest position of a square of biases."""


@implements(
    "alibi",
    form="elementwise",
    package="phenaki-pytorch",
    positions="non-negative",
    max_position=LONGEST,
    source="https://github.com/lucidrains/phenaki-pytorch/blob/main/phenaki_pytorch/attention.py",
)
def phenaki_pytorch(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """AlibiPositionalBias."""
    m, n = rows(query_positions, LONGEST), rows(key_positions, LONGEST)
    count = max((int(each.max()) + 1 for each in (m, n) if each.numel()), default=0)
    bias: Tensor = leaf("phenaki_pytorch.attention").AlibiPositionalBias(heads)(torch.empty(heads, count, count))
    return bias[:, m][..., n].to(dtype)
