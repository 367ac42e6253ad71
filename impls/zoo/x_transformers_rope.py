"""x-transformers: neighbouring coordinates, angles in float32, rotated in the wider of float32 and x.

With fewer angles than coordinates it leaves the rest alone; with more angles than rows of x it uses the last of
them. Its sinusoidal table, sines then cosines, is scaled by a learned number that starts at 1/sqrt(dim); here it
is 1, which multiplies exactly. The frequencies of that table are cast to the dtype that the model is cast to.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import four_axes

Rope = Callable[[Tensor, Tensor], Tensor]
SOURCE = "https://github.com/lucidrains/x-transformers/blob/main/x_transformers/x_transformers.py"
register = partial(
    implements,
    form="elementwise",
    layout="interleaved",
    package="x-transformers",
    factory=True,
    batched=True,
    source=SOURCE,
)


@register("rope")
def x_transformers(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding and apply_rotary_pos_emb."""
    return _rope(dim, base)


@register("partial-rope")
def x_transformers_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RotaryEmbedding of rotary_dim and apply_rotary_pos_emb."""
    return _rope(rotary_dim, base)


@implements("sinusoidal", form="elementwise", layout="half", package="x-transformers", source=SOURCE)
def x_transformers_sinusoidal(
    positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32, base: float = 10000.0
) -> Tensor:
    """ScaledSinusoidalEmbedding with its scale at one, in a model of the given dtype."""
    from x_transformers.x_transformers import ScaledSinusoidalEmbedding

    embedding = ScaledSinusoidalEmbedding(dim, theta=base).to(dtype)
    torch.nn.init.ones_(embedding.scale)
    with torch.no_grad():
        table: Tensor = embedding(positions.new_empty(1, len(positions), dim), pos=positions)
    return table


def _rope(rotated: int, base: float) -> Rope:
    from x_transformers.x_transformers import RotaryEmbedding, apply_rotary_pos_emb

    embedding = RotaryEmbedding(rotated, base=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        freqs, scale = embedding(positions)
        y: Tensor = apply_rotary_pos_emb(four_axes(x), freqs, scale)
        return y.reshape(x.shape)

    return rope
