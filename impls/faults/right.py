"""What the faults share, all of it right: angles in float64, and pairs (2i, 2i + 1) that turn counter-clockwise."""

import torch
from torch import Tensor


def frequencies(dim: int, base: float) -> Tensor:
    """theta_i = base^(-2i/dim), float64, shape (dim/2,)."""
    return torch.pow(base, -torch.arange(0, dim, 2, dtype=torch.float64) / dim)


def angles(positions: Tensor, dim: int, base: float) -> Tensor:
    """p theta_i in radians, float64, shape (n, dim/2)."""
    return positions.double()[..., None] * frequencies(dim, base)


def turned(x: Tensor, angle: Tensor) -> Tensor:
    """Every pair (2i, 2i + 1) of x (..., n, dim), turned by its angle (n, dim/2); the table has the dtype of x."""
    return turned_by(x, angle.cos(), angle.sin())


def turned_by(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Every pair (a, b) of x becomes (a c - b s, b c + a s), from tables (n, dim/2)."""
    a, b, c, s = x[..., 0::2], x[..., 1::2], cosines.to(x.dtype), sines.to(x.dtype)
    return torch.stack([a * c - b * s, b * c + a * s], dim=-1).flatten(-2)


def in_halves(x: Tensor) -> Tensor:
    """The coordinates of adjacent pairs, moved to halves: (a0, b0, a1, b1, ...) becomes (a0, a1, ..., b0, b1, ...)."""
    return torch.cat([x[..., 0::2], x[..., 1::2]], dim=-1)


def in_pairs(x: Tensor) -> Tensor:
    """The coordinates of two halves, moved to adjacent pairs: the inverse of `in_halves`."""
    a, b = x.chunk(2, dim=-1)
    return torch.stack([a, b], dim=-1).flatten(-2)
