"""Proportional RoPE: the pairs of RoPE, of which the slowest ones stay as they are."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements(
    "rope-proportional",
    form="rotate-half",
    layout="half",
    name="rope-proportional-rotate-half",
    dtypes=DTYPES,
    strict=True,
)
def rotate_half(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 1.0,
    partial_rotary_factor: float = 0.25,
) -> Tensor:
    """x * (c, c) + (-b, a) * (s, s) for x = (a, b), with frequency 0 behind those that turn."""
    dim = x.shape[-1]
    turning = int(partial_rotary_factor * dim / 2)
    if dim % 2 or not 0 < turning <= dim // 2:
        raise ValueError(f"expected pairs, one or more of them turning; got {turning} of dimension {dim}")
    theta = torch.zeros(dim // 2, dtype=torch.float64, device=x.device)
    theta[:turning] = base ** (torch.arange(0, 2 * turning, 2, device=x.device).double() / -dim) / factor
    angles = torch.outer(positions.double(), theta).tile(1, 2)
    swapped = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * angles.cos().to(x.dtype) + swapped * angles.sin().to(x.dtype)


@implements(
    "rope-proportional",
    form="complex",
    layout="interleaved",
    name="rope-proportional-complex",
    dtypes=DTYPES,
    strict=True,
)
def complex_product(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 1.0,
    partial_rotary_factor: float = 0.25,
) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i p theta_i) while i lies in the share that turns."""
    pairs, odd = divmod(x.shape[-1], 2)
    count = int(pairs * partial_rotary_factor)
    if odd or count not in range(1, pairs + 1):
        raise ValueError(f"of {pairs} pairs {count} would turn; expected an even dimension and at least one pair")
    wide = x[..., : 2 * count].to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    theta = torch.pow(base, -torch.arange(count, dtype=torch.float64, device=x.device) / pairs)
    turns = torch.polar(torch.ones_like(theta), positions.double()[:, None] / factor * theta)
    return torch.cat([torch.view_as_real(z * turns.to(z.dtype)).flatten(-2).to(x.dtype), x[..., 2 * count :]], dim=-1)


@implements(
    "rope-proportional",
    form="elementwise",
    layout="half",
    name="rope-proportional-elementwise",
    dtypes=DTYPES,
    strict=True,
)
def elementwise(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 1.0,
    partial_rotary_factor: float = 0.25,
) -> Tensor:
    """Coordinates i and i + d/2 of a copy of x, (a, b) -> (a c - b s, b c + a s), for the first pairs alone."""
    half = x.shape[-1] // 2
    first = int(half * partial_rotary_factor)
    if x.shape[-1] != 2 * half or first < 1 or first > half:
        raise ValueError(f"the first {first} of {half} pairs should turn; expected at least one, in an even dimension")
    exponents = torch.arange(first, dtype=torch.float64, device=x.device) / half
    angles = positions.double()[:, None] * torch.exp2(-exponents * math.log2(base)) / factor
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., :first], x[..., half : half + first]
    return torch.cat([a * c - b * s, x[..., first:half], b * c + a * s, x[..., half + first :]], dim=-1)


@implements(
    "rope-proportional",
    form="matrix",
    layout="interleaved",
    name="rope-proportional-matrix",
    dtypes=DTYPES,
    strict=True,
)
def matrix(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 1.0,
    partial_rotary_factor: float = 0.25,
) -> Tensor:
    """y = R_p x, where R_p is the identity behind the blocks that turn."""
    size = x.shape[-1]
    last = 2 * int(size * partial_rotary_factor / 2)
    if size % 2 or not 2 <= last <= size:
        raise ValueError(f"{last} of {size} coordinates would turn; expected pairs, and one at least")
    rotation = torch.eye(size, dtype=torch.float64, device=x.device).repeat(len(positions), 1, 1)
    for i in range(0, last, 2):
        angle = positions.double() / (factor * base ** (i / size))
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i], rotation[:, i, i + 1] = angle.sin(), -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)
