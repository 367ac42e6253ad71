"""RoPE-2D in its forms: positions are (row, column), and every pair has the frequency that it has in one dimension."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def expect_places(x: Tensor, positions: Tensor, *, axes: int, multiple: int) -> None:
    """Raise ValueError unless x is (..., n, dim), positions (n, axes) and dim a multiple of `multiple`."""
    if x.ndim < 2 or positions.shape != (x.shape[-2], axes):
        got = f"x {tuple(x.shape)} with positions {tuple(positions.shape)}"
        raise ValueError(f"expected x (..., n, dim) with positions (n, {axes}), one row a token; got {got}")
    if x.shape[-1] % multiple:
        raise ValueError(f"the dimension must be a multiple of {multiple}, for whole pairs; got {x.shape[-1]}")


@implements("rope-2d", form="matrix", layout="interleaved", name="rope-2d-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = R_(row, column) x, with the block-diagonal (dim, dim) rotation built entry by entry."""
    expect_places(x, positions, axes=2, multiple=4)
    dim = x.shape[-1]
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(0, dim, 2):
        angle = positions[:, 0 if i < dim // 2 else 1].double() / base ** (i / dim)
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i] = angle.sin()
        rotation[:, i, i + 1] = -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements("rope-2d", form="elementwise", layout="half", name="rope-2d-elementwise", dtypes=DTYPES, strict=True)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) on the halves of x; the angles are the row's, then the column's."""
    expect_places(x, positions, axes=2, multiple=4)
    a, b = x.chunk(2, dim=-1)
    pairs = a.shape[-1]
    theta = torch.exp(torch.arange(pairs, device=x.device).double() * (-math.log(base) / pairs))
    row, column = positions.double().split(1, dim=-1)
    angles = torch.cat([row * theta[: pairs // 2], column * theta[pairs // 2 :]], dim=-1)
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("rope-2d", form="complex", layout="interleaved", name="rope-2d-complex", dtypes=DTYPES, strict=True)
def complex_product(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i row theta_i) or e^(i column theta_i)."""
    expect_places(x, positions, axes=2, multiple=4)
    wide = x if x.dtype == torch.float64 else x.float()
    z = torch.view_as_complex(wide.unflatten(-1, (-1, 2)).contiguous())
    steps = torch.logspace(0, -1, z.shape[-1] + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    along = positions.double().repeat_interleave(z.shape[-1] // 2, dim=-1)
    phases = torch.polar(torch.ones((), dtype=torch.float64, device=x.device), along * steps)
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements("rope-2d", form="rotate-half", layout="half", name="rope-2d-rotate-half", dtypes=DTYPES, strict=True)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s), where x = (a, b) in halves; the axis of each pair is chosen by a mask."""
    expect_places(x, positions, axes=2, multiple=4)
    dim = x.size(-1)
    inverse = base ** -(torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    axis = torch.arange(dim // 2, device=x.device) * 4 // dim
    angles = torch.where(axis == 0, positions[:, :1].double() * inverse, positions[:, 1:].double() * inverse)
    table = torch.cat([angles, angles], dim=-1)
    rotated = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * torch.cos(table).to(x.dtype) + rotated * torch.sin(table).to(x.dtype)


@implements("rope-2d", form="split", layout="interleaved", name="rope-2d-split", dtypes=DTYPES, strict=True)
def split(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Two turned halves side by side: one by the row at the fast frequencies, one by the column at the slow ones."""
    expect_places(x, positions, axes=2, multiple=4)
    dim = x.shape[-1]
    halves = []
    for axis, half in enumerate(x.split(dim // 2, dim=-1)):
        columns = torch.arange(axis * dim // 2, (axis + 1) * dim // 2, 2, dtype=torch.float64, device=x.device)
        theta = torch.pow(1 / base, columns / dim)
        angle = torch.outer(positions[:, axis].double(), theta)
        c, s = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        a, b = half[..., 0::2], half[..., 1::2]
        halves.append(torch.stack([a * c - b * s, a * s + b * c], dim=-1).flatten(-2))
    return torch.cat(halves, dim=-1)


@implements(
    "rope-2d",
    form="complex",
    layout="half",
    name="rope-2d-alternating",
    dtypes=DTYPES,
    convention="alternating",
    strict=True,
)
def alternating(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z_i = x_i + i x_(i + dim/2) turns with the row for even i, with the column for odd i."""
    expect_places(x, positions, axes=2, multiple=4)
    real, imaginary = x.to(torch.promote_types(x.dtype, torch.float32)).tensor_split(2, dim=-1)
    z = torch.complex(real, imaginary)
    theta = 1.0 / base ** (torch.arange(z.shape[-1], dtype=torch.float64, device=x.device) / z.shape[-1])
    along = positions.double().tile(1, z.shape[-1] // 2)
    turned = z * torch.exp(1j * (along * theta)).to(z.dtype)
    return torch.cat([turned.real, turned.imag], dim=-1).to(x.dtype)


@implements(
    "rope-2d",
    form="elementwise",
    layout="interleaved",
    name="rope-2d-column-first",
    dtypes=DTYPES,
    convention="column-first",
    strict=True,
)
def column_first(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = x * c + (-x1, x0, -x3, x2, ...) * s; the first half of the pairs turns with the column."""
    expect_places(x, positions, axes=2, multiple=4)
    dim = x.size(-1)
    theta = torch.pow(base, -torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    angles = (positions.flip(-1).double()[..., None] * theta.view(2, -1)).flatten(-2).repeat_interleave(2, dim=-1)
    turned = torch.stack((-x[..., 1::2], x[..., 0::2]), dim=-1).flatten(-2)
    return x * angles.cos().to(x.dtype) + turned * angles.sin().to(x.dtype)


@implements(
    "rope-2d",
    form="rotate-half",
    layout="half",
    name="rope-2d-pixtral",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/models/pixtral/modeling_pixtral.py",
    dtypes=DTYPES,
    convention="pixtral",
    strict=True,
)
def pixtral(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The row takes every other frequency for the first half of the pairs, the column those between for the second."""
    expect_places(x, positions, axes=2, multiple=4)
    dim = x.shape[-1]
    theta = 1.0 / base ** (torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    row, column = positions.double().unbind(-1)
    angles = torch.cat([torch.outer(row, theta[0::2]), torch.outer(column, theta[1::2])], dim=-1).tile(1, 2)
    swapped = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * angles.cos().to(x.dtype) + swapped * angles.sin().to(x.dtype)


@implements(
    "rope-2d",
    form="split",
    layout="half",
    name="rope-2d-two-halves",
    dtypes=DTYPES,
    convention="two-halves",
    strict=True,
)
def two_halves(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Each half of x is halved by itself, and turned by its own coordinate."""
    expect_places(x, positions, axes=2, multiple=4)
    quarters = x.chunk(4, dim=-1)
    size = quarters[0].shape[-1]
    exponents = torch.arange(2 * size, dtype=torch.float64, device=x.device).view(2, size) / (-2 * size)
    angles = positions.double()[..., None] * base**exponents
    c, s = angles.cos().to(x.dtype).unbind(-2), angles.sin().to(x.dtype).unbind(-2)
    turned = [(a * c[i] - b * s[i], b * c[i] + a * s[i]) for i, (a, b) in enumerate((quarters[:2], quarters[2:]))]
    return torch.cat([*turned[0], *turned[1]], dim=-1)
