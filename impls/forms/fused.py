"""RoPE in one pass over the vectors: angles in float32, and what follows compiled, where there is a compiler.

The two of a pair lie beside each other in halves once (2, dim/2) are axes: then each is multiplied with its cosine, and
its partner, the other one along that axis, with its sine. Neighbours are complex numbers, which torch multiplies in one
pass; those of bfloat16 are the halves of a word of 32 bits, either of which becomes a float32 by a shift.
"""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.door.devices import compiles

HALVES: Final = 16
"""Bits of a bfloat16."""
WORTH: Final = 2**15
"""From so many numbers on halves are turned faster by compiled code; smaller calls are not worth to be compiled."""


def _compiled(body: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The same body, by inductor where that is worth it."""
    whole = torch.compile(body, dynamic=True) if compiles("cpu") else body
    return lambda x, *tables: (whole if x.numel() >= WORTH else body)(x, *tables)


def _angles(positions: Tensor, dim: int, base: float) -> Tensor:
    """p theta_i in float32, (n, dim/2), of frequencies that are rounded once."""
    exponents = torch.arange(0, dim, 2, dtype=torch.float64, device=positions.device) / dim
    return torch.outer(positions.float(), (base**-exponents).float())


def _turn_halves(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    halves = x.unflatten(-1, (2, -1)).to(cos.dtype)
    signed = torch.stack([-sin, sin], dim=1)
    turned: Tensor = halves * cos[:, None] + halves.flip(-2) * signed
    return turned.to(x.dtype).flatten(-2)


def _turn_words(words: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Words of two bfloat16 each, the first in the lower half; the result is rounded to even."""
    first, second = (words << HALVES).view(torch.float32), (words & -(1 << HALVES)).view(torch.float32)
    turned = first * cos - second * sin, second * cos + first * sin
    bits = [(each.view(torch.int32), each) for each in turned]
    low, high = (torch.where(each == each, b + 0x7FFF + ((b >> HALVES) & 1), b) for b, each in bits)
    return ((low >> HALVES) & 0xFFFF) | (high & -(1 << HALVES))


turn_halves, turn_words = _compiled(_turn_halves), _compiled(_turn_words)


@implements("rope", form="fused", layout="half", name="rope-fused-half", dtypes=("float32", "bfloat16", "float16"))
def fused_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y_j = x_j cos + x_(1-j) (-1)^(1-j) sin over the axis j of the two halves, in float32, rounded once."""
    angles = _angles(positions, x.shape[-1], base)
    return turn_halves(x, angles.cos(), angles.sin())


@implements("rope", form="fused", layout="interleaved", name="rope-fused-interleaved", dtypes=("float32", "bfloat16"))
def fused_interleaved(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z e^(i p theta), where z is a word of two bfloat16, or, in float32 and where a gradient is taken, complex."""
    angles = _angles(positions, x.shape[-1], base)
    if x.dtype == torch.bfloat16 and not x.requires_grad:
        return turn_words(x.contiguous().view(torch.int32), angles.cos(), angles.sin()).view(torch.bfloat16)
    z = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(z * torch.polar(torch.ones_like(angles), angles)).flatten(-2).to(x.dtype)
