"""s3tokenizer: coordinates i and i + d/2, complex factors in float32 of which parts are cast to the dtype of the query.

Audio stays out: nothing here needs it.
"""

from collections.abc import Callable

from torch import Tensor

from impls import implements
from impls.zoo.absent import stand_ins
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, four_axes, growing, rows

Rope = Callable[[Tensor, Tensor], Tensor]


@implements(
    "rope",
    form="rotate-half",
    layout="half",
    package="s3tokenizer",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/xingchensong/S3Tokenizer/blob/main/s3tokenizer/model_v2.py",
)
def s3tokenizer(dim: int, *, base: float = 10000.0) -> Rope:
    """precompute_freqs_cis and apply_rotary_emb."""
    with stand_ins("torchaudio"):
        module = leaf("s3tokenizer.model_v2")
    factors = growing(lambda length: module.precompute_freqs_cis(dim, length, base))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices, vectors = rows(positions), four_axes(x).transpose(1, 2)
        y: Tensor = module.apply_rotary_emb(vectors, vectors, factors(indices)[indices])[0]
        return y.transpose(1, 2).reshape(x.shape)

    return rope
