"""timesfm: coordinates i and i + d/2, positions divided by a timescale in float32; the result has the wider dtype.

Two bodies: version 2.5 raises the timescales at every call, version 3 keeps them from the start. Cosines and sines are
not cast, so vectors in half precision come back in float32.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import four_axes, integers

Rope = Callable[[Tensor, Tensor], Tensor]
GITHUB = "https://github.com/google-research/timesfm/blob/master"
register = partial(
    implements,
    "rope",
    form="elementwise",
    layout="half",
    package="timesfm",
    factory=True,
    batched=True,
    positions="integers",
)


@register(source=f"{GITHUB}/src/timesfm/torch/transformer.py")
def timesfm(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryPositionalEmbedding of timesfm.torch."""
    return _rope("timesfm.torch.transformer", dim, base)


@register(source=f"{GITHUB}/timesfm3/torch/transformer.py")
def timesfm_3(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryPositionalEmbedding of timesfm3.torch."""
    return _rope("timesfm3.torch.transformer", dim, base)


def _rope(path: str, dim: int, base: float) -> Rope:
    embedding = leaf(path).RotaryPositionalEmbedding(dim, max_timescale=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = embedding(four_axes(x).transpose(1, 2), torch.atleast_2d(integers(positions))).transpose(1, 2)
        return y.reshape(x.shape)

    return rope
