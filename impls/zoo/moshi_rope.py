"""moshi: both layouts, angles in float32 from an offset, rotated in float32 and cast back.

It compiles itself at the first call unless it is told not to, as here. The frequencies are exponentials of logarithms.
Its sinusoidal table has all cosines first *and* ends at exactly 1 / base: no convention of the spec, so it is not here.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import four_axes, offset, same_length

Rope = Callable[[Tensor, Tensor], Tensor]
register = partial(
    implements,
    "rope",
    form="elementwise",
    package="moshi",
    factory=True,
    positions="contiguous",
    source="https://github.com/kyutai-labs/moshi/blob/main/moshi/moshi/modules/rope.py",
)


@register(layout="interleaved")
def moshi_interleaved(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding(interleave=True)."""
    return _rope(base, interleave=True)


@register(layout="half")
def moshi_half(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding(interleave=False)."""
    return _rope(base, interleave=False)


def _rope(base: float, *, interleave: bool) -> Rope:
    embedding = leaf("moshi.modules.rope").RotaryEmbedding(interleave, max_period=base)
    no_compile = leaf("moshi.utils.compile").no_compile

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions)
        vectors = four_axes(x).contiguous()
        start = torch.full((len(vectors),), offset(positions))
        with no_compile():
            y: Tensor = embedding(vectors, vectors, start)[0]
        return y.reshape(x.shape)

    return rope
