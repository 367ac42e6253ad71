"""diffusers: its rotary embedding of one axis, as Flux uses it (neighbours) and as Stable Audio does (i and i + d/2).

Positions are any. For Flux the angles are float64, otherwise float32; cosines and sines are rounded to float32, and
x is rotated in float32, whatever it is, and cast back.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import four_axes

Rope = Callable[[Tensor, Tensor], Tensor]
register = partial(
    implements,
    "rope",
    package="diffusers",
    factory=True,
    source="https://github.com/huggingface/diffusers/blob/main/src/diffusers/models/embeddings.py",
)


@register(form="elementwise", layout="interleaved")
def diffusers_interleaved(dim: int, *, base: float = 10000.0) -> Rope:
    """get_1d_rotary_pos_embed with float64 frequencies and apply_rotary_emb."""
    table = {"theta": base, "repeat_interleave_real": True, "freqs_dtype": torch.float64}
    return _rope(dim, table, unbind=-1)


@register(form="rotate-half", layout="half")
def diffusers_half(dim: int, *, base: float = 10000.0) -> Rope:
    """get_1d_rotary_pos_embed and apply_rotary_emb over the other axis."""
    return _rope(dim, {"theta": base, "repeat_interleave_real": False}, unbind=-2)


def _rope(dim: int, table: dict[str, Any], *, unbind: int) -> Rope:
    from diffusers.models.embeddings import apply_rotary_emb, get_1d_rotary_pos_embed

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        turns = get_1d_rotary_pos_embed(dim, positions, use_real=True, **table)
        y: Tensor = apply_rotary_emb(four_axes(x), turns, use_real_unbind_dim=unbind)
        return y.reshape(x.shape)

    return rope
