"""RoPE with interpolated positions, in four forms: the factor divides positions, frequencies or angles."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("rope-linear", form="matrix", layout="interleaved", name="rope-linear-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """y = R_(p/s) x, with the block-diagonal (dim, dim) rotation built entry by entry."""
    dim = x.shape[-1]
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    places = positions.double() / factor
    for i in range(0, dim, 2):
        angle = places / base ** (i / dim)
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i] = angle.sin()
        rotation[:, i, i + 1] = -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements(
    "rope-linear", form="elementwise", layout="half", name="rope-linear-elementwise", dtypes=DTYPES, strict=True
)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) in halves, with the angles of RoPE divided by the factor."""
    if x.shape[-1] % 2:
        raise ValueError(f"the dimension must be even to be halved; got {x.shape[-1]}")
    a, b = x.chunk(2, dim=-1)
    theta = torch.exp(torch.arange(a.shape[-1], device=x.device).double() * (-math.log(base) / a.shape[-1]))
    angles = positions.double()[:, None] * theta / factor
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("rope-linear", form="complex", layout="interleaved", name="rope-linear-complex", dtypes=DTYPES, strict=True)
def complex_product(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i p theta_i), with theta_i = 1 / (s b^(2i/d))."""
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    exponents = torch.arange(z.shape[-1], dtype=torch.float64, device=x.device) / z.shape[-1]
    theta = 1 / (factor * torch.pow(base, exponents))
    phases = torch.polar(torch.ones((), device=x.device).double(), torch.outer(positions.double(), theta))
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    "rope-linear", form="rotate-half", layout="half", name="rope-linear-rotate-half", dtypes=DTYPES, strict=True
)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s) for x = (a, b), with a geometric sequence that starts at 1 / s."""
    dim = x.size(-1)
    theta = torch.logspace(0, -1, dim // 2 + 1, base=base, dtype=torch.float64, device=x.device)[:-1] * (1 / factor)
    angles = torch.einsum("n,i->ni", positions.to(torch.float64), theta).repeat(1, 2)
    rotated = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * torch.cos(angles).to(x.dtype) + rotated * torch.sin(angles).to(x.dtype)
