"""Partial RoPE: the first `rotary_dim` coordinates are turned, those behind them are passed on."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_pairs(size: int, dim: int) -> None:
    if size % 2 or not 0 < size <= dim:
        raise ValueError(f"rotary_dim must be even and at most the dimension {dim}; got {size}")


@implements(
    "partial-rope",
    form="elementwise",
    layout="interleaved",
    name="partial-rope-elementwise",
    dtypes=DTYPES,
    strict=True,
)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """Even and odd coordinates of the rotated part, (a, b) -> (a c - b s, b c + a s), written into a copy of x."""
    size = x.shape[-1] // 4 * 2 if rotary_dim is None else rotary_dim
    _expect_pairs(size, x.shape[-1])
    theta = base ** (torch.arange(0, size, 2, dtype=torch.float64, device=x.device) / -size)
    angles = positions.double()[:, None] * theta
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., 0:size:2], x[..., 1:size:2]
    turned = torch.stack([a * c - b * s, b * c + a * s], dim=-1).flatten(-2)
    return torch.cat([turned, x[..., size:]], dim=-1)


@implements("partial-rope", form="matrix", layout="half", name="partial-rope-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """y = R_p x, where R_p is the identity outside its first `rotary_dim` rows and columns."""
    dim = x.shape[-1]
    size = dim // 4 * 2 if rotary_dim is None else rotary_dim
    _expect_pairs(size, dim)
    rotation = torch.eye(dim, dtype=torch.float64, device=x.device).repeat(len(positions), 1, 1)
    for i, j in zip(range(size // 2), range(size // 2, size), strict=True):
        angle = positions.double() * base ** (-2 * i / size)
        rotation[:, i, i] = rotation[:, j, j] = torch.cos(angle)
        rotation[:, j, i], rotation[:, i, j] = torch.sin(angle), -torch.sin(angle)
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements(
    "partial-rope", form="rotate-half", layout="half", name="partial-rope-rotate-half", dtypes=DTYPES, strict=True
)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """The rotated part r = (a, b) becomes r * (c, c) + (-b, a) * (s, s)."""
    size = x.shape[-1] // 4 * 2 if rotary_dim is None else rotary_dim
    _expect_pairs(size, x.shape[-1])
    r, rest = x.split([size, x.shape[-1] - size], dim=-1)
    frequencies = torch.exp(torch.arange(size // 2, device=x.device).double() * -2 / size * math.log(base))
    angles = torch.outer(positions.double(), frequencies).tile(1, 2)
    swapped = torch.cat([-r[..., size // 2 :], r[..., : size // 2]], dim=-1)
    return torch.cat([r * angles.cos().to(x.dtype) + swapped * angles.sin().to(x.dtype), rest], dim=-1)


@implements(
    "partial-rope", form="complex", layout="interleaved", name="partial-rope-complex", dtypes=DTYPES, strict=True
)
def complex_product(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """z_i = x_2i + i x_2i+1 of the rotated part is multiplied by e^(i p theta_i)."""
    size = x.shape[-1] // 4 * 2 if rotary_dim is None else rotary_dim
    _expect_pairs(size, x.shape[-1])
    wide = x[..., :size].to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    theta = torch.pow(base, -torch.arange(size // 2, dtype=torch.float64, device=x.device) / (size // 2))
    z = z * torch.polar(torch.ones((), device=x.device).double(), positions.double()[:, None] * theta).to(z.dtype)
    return torch.cat([torch.view_as_real(z).flatten(-2).to(x.dtype), x[..., size:]], dim=-1)
