"""RoPE in four forms, in both layouts. No form uses another, or anything that another uses."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("rope", form="matrix", layout="interleaved", name="rope-matrix-interleaved", dtypes=DTYPES, strict=True)
def matrix_interleaved(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = R_p x, with the block-diagonal (dim, dim) rotation of RoFormer eq. 15, built entry by entry."""
    dim = x.shape[-1]
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(0, dim, 2):
        angle = positions.double() / base ** (i / dim)
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i] = angle.sin()
        rotation[:, i, i + 1] = -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements("rope", form="matrix", layout="half", name="rope-matrix-half", dtypes=DTYPES, strict=True)
def matrix_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = [[C, -S], [S, C]] x, with C and S the diagonal (dim/2, dim/2) blocks of cosines and sines."""
    pairs = x.shape[-1] / 2
    frequencies = torch.tensor(
        [base ** (-i / pairs) for i in range(math.ceil(pairs))], dtype=torch.float64, device=x.device
    )
    angles = torch.outer(positions.to(torch.float64), frequencies)
    c, s = torch.diag_embed(torch.cos(angles)), torch.diag_embed(torch.sin(angles))
    rotation = torch.cat([torch.cat([c, -s], dim=2), torch.cat([s, c], dim=2)], dim=1).to(x.dtype)
    return (rotation @ x.unsqueeze(-1)).squeeze(-1)


@implements(
    "rope", form="elementwise", layout="interleaved", name="rope-elementwise-interleaved", dtypes=DTYPES, strict=True
)
def elementwise_interleaved(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = x * (c0, c0, c1, c1, ...) + (-x1, x0, -x3, x2, ...) * (s0, s0, s1, s1, ...)."""
    exponents = torch.arange(0, x.size(-1), 2, dtype=torch.float64, device=x.device) / x.size(-1)
    angles = positions.double().unsqueeze(-1) * torch.pow(base, -exponents)
    cosines = angles.cos().repeat_interleave(2, dim=-1).to(x.dtype)
    sines = angles.sin().repeat_interleave(2, dim=-1).to(x.dtype)
    turned = torch.stack((-x[..., 1::2], x[..., 0::2]), dim=-1).flatten(-2)
    return x * cosines + turned * sines


@implements("rope", form="elementwise", layout="half", name="rope-elementwise-half", dtypes=DTYPES, strict=True)
def elementwise_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s), where a is the first half of the coordinates and b the second."""
    if x.shape[-1] % 2:
        raise ValueError(f"the dimension must be even to be halved; got {x.shape[-1]}")
    a, b = x.chunk(2, dim=-1)
    size = a.shape[-1]
    theta = torch.exp(torch.arange(size, device=x.device).double() * (-math.log(base) / size))
    angles = positions.double()[:, None] * theta
    c, s = (angles.cos().to(x.dtype), angles.sin().to(x.dtype))
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("rope", form="complex", layout="interleaved", name="rope-complex-interleaved", dtypes=DTYPES, strict=True)
def complex_interleaved(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i p theta_i); half precision is widened and rounded once."""
    wide = x if x.dtype == torch.float64 else x.float()
    z = torch.view_as_complex(wide.unflatten(-1, (-1, 2)).contiguous())
    steps = torch.logspace(0, -1, z.shape[-1] + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    phases = torch.polar(torch.ones((), dtype=torch.float64, device=x.device), torch.outer(positions.double(), steps))
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements("rope", form="complex", layout="half", name="rope-complex-half", dtypes=DTYPES, strict=True)
def complex_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z_i = x_i + i x_(i + dim/2) is multiplied by e^(i p theta_i); half precision is widened and rounded once."""
    real, imaginary = x.to(torch.promote_types(x.dtype, torch.float32)).tensor_split(2, dim=-1)
    z = torch.complex(real, imaginary)
    theta = 1.0 / base ** (torch.arange(z.shape[-1], dtype=torch.float64, device=x.device) / z.shape[-1])
    turned = z * torch.exp(1j * (positions.double()[..., None] * theta)).to(z.dtype)
    return torch.cat([turned.real, turned.imag], dim=-1).to(x.dtype)


@implements("rope", form="rotate-half", layout="half", name="rope-rotate-half", dtypes=DTYPES, strict=True)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s), where x = (a, b) in halves."""
    dim = x.size(-1)
    inverse = base ** -(torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    angles = torch.einsum("n,i->ni", positions.to(torch.float64), inverse)
    table = torch.cat([angles, angles], dim=-1)
    rotated = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * torch.cos(table).to(x.dtype) + rotated * torch.sin(table).to(x.dtype)
