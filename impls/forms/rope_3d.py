"""RoPE-3D in its forms: positions are (time, row, column), each for a third of the pairs."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.forms.rope_2d import expect_places

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("rope-3d", form="matrix", layout="interleaved", name="rope-3d-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = R_(time, row, column) x, three block-diagonal rotations of size dim/3, built entry by entry."""
    expect_places(x, positions, axes=3, multiple=6)
    dim = x.shape[-1]
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(0, dim, 2):
        angle = positions[:, i // (dim // 3)].double() * base ** (-i / dim)
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i], rotation[:, i, i + 1] = angle.sin(), -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements("rope-3d", form="elementwise", layout="half", name="rope-3d-elementwise", dtypes=DTYPES, strict=True)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) on the halves of x, whose pairs belong to time, row and column in thirds."""
    expect_places(x, positions, axes=3, multiple=6)
    a, b = x.chunk(2, dim=-1)
    pairs = a.shape[-1]
    theta = torch.exp(torch.arange(pairs, device=x.device).double() * (-math.log(base) / pairs)).view(3, -1)
    angles = (positions.double()[:, :, None] * theta).flatten(1)
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("rope-3d", form="complex", layout="interleaved", name="rope-3d-complex", dtypes=DTYPES, strict=True)
def complex_product(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i p theta_i), p the coordinate of its third."""
    expect_places(x, positions, axes=3, multiple=6)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., 0::2], wide[..., 1::2])
    steps = torch.logspace(0, -1, z.shape[-1] + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    along = positions.double().repeat_interleave(z.shape[-1] // 3, dim=-1)
    phases = torch.polar(torch.ones((), dtype=torch.float64, device=x.device), along * steps)
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements("rope-3d", form="rotate-half", layout="half", name="rope-3d-rotate-half", dtypes=DTYPES, strict=True)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s), where x = (a, b) in halves and the tables of three axes stand side by side."""
    expect_places(x, positions, axes=3, multiple=6)
    dim = x.size(-1)
    inverse = 1.0 / base ** (torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    place = positions.double().unbind(-1)
    tables = [torch.outer(p, theta) for p, theta in zip(place, inverse.chunk(3), strict=True)]
    angles = torch.cat([*tables, *tables], dim=-1)
    swapped = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * torch.cos(angles).to(x.dtype) + swapped * torch.sin(angles).to(x.dtype)


@implements(
    "rope-3d",
    form="split",
    layout="interleaved",
    name="rope-3d-same-theta",
    dtypes=DTYPES,
    convention="same-theta",
    strict=True,
)
def same_theta(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Three RoPEs of size dim/3 side by side, each with the frequencies of that size and with its own coordinate."""
    expect_places(x, positions, axes=3, multiple=6)
    size = x.shape[-1] // 3
    theta = torch.pow(base, -torch.arange(0, size, 2, dtype=torch.float64, device=x.device) / size)
    turned = []
    for part, place in zip(x.split(size, dim=-1), positions.double().unbind(-1), strict=True):
        angle = place[:, None] * theta
        c, s = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        a, b = part[..., 0::2], part[..., 1::2]
        turned.append(torch.stack([a * c - b * s, b * c + a * s], dim=-1).flatten(-2))
    return torch.cat(turned, dim=-1)


@implements(
    "rope-3d",
    form="rotate-half",
    layout="half",
    name="rope-3d-same-theta-rotate-half",
    dtypes=DTYPES,
    convention="same-theta",
    strict=True,
)
def same_theta_rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Each third r = (a, b) of x becomes r * (c, c) + (-b, a) * (s, s), with the tables of its own coordinate."""
    expect_places(x, positions, axes=3, multiple=6)
    thirds = x.unflatten(-1, (3, -1))
    pairs = thirds.shape[-1] // 2
    theta = torch.exp(torch.arange(pairs, device=x.device).double() * (-math.log(base) / pairs)).tile(2)
    angles = positions.double()[:, :, None] * theta
    swapped = torch.cat([-thirds[..., pairs:], thirds[..., :pairs]], dim=-1)
    turned: Tensor = thirds * angles.cos().to(x.dtype) + swapped * angles.sin().to(x.dtype)
    return turned.flatten(-2)
