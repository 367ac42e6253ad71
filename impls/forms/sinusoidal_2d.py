"""The sinusoidal table of rows and columns in its forms and conventions. No form uses what another computes with."""

import math
from functools import partial
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
register = partial(implements, "sinusoidal-2d", dtypes=DTYPES, strict=True)


def expect_quarters(dim: int, positions: Tensor) -> None:
    """Places of two coordinates, and a dimension of which each half is made of pairs."""
    if dim % 4 or positions.ndim != 2 or positions.shape[1] != 2:
        raise ValueError(
            f"expected places (n, 2) and a dimension that is a multiple of 4; got {tuple(positions.shape)} and {dim}"
        )


@register(form="elementwise", layout="interleaved", name="sinusoidal-2d-elementwise")
def elementwise(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Column 2i is a sine and 2i + 1 a cosine: of the row in the first half, of the column in the second."""
    expect_quarters(dim, positions)
    half, rows = dim // 2, positions.double()
    table = torch.empty(len(positions), dim, dtype=torch.float64, device=positions.device)
    for axis in (0, 1):
        theta = base ** (-torch.arange(0, half, 2, dtype=torch.float64, device=positions.device) / half)
        angles = rows[:, axis, None] * theta
        table[:, axis * half : (axis + 1) * half : 2] = angles.sin()
        table[:, axis * half + 1 : (axis + 1) * half : 2] = angles.cos()
    return table.to(dtype)


@register(form="complex", layout="interleaved", name="sinusoidal-2d-complex")
def complex_exponential(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Imaginary and real part, in turn, of e^(i p theta_j), at the row and then at the column."""
    expect_quarters(dim, positions)
    exponents = torch.arange(dim // 4, dtype=torch.float64, device=positions.device) * (-4 * math.log(base) / dim)
    waves = torch.exp(1j * torch.einsum("na,j->naj", positions.double(), exponents.exp()))
    return torch.stack([waves.imag, waves.real], dim=-1).reshape(len(positions), dim).to(dtype)


@register(form="matrix", layout="interleaved", name="sinusoidal-2d-matrix")
def matrix(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Every pair is (0, 1), multiplied by the matrix that turns it clockwise by its angle."""
    expect_quarters(dim, positions)
    each = [(-4 * (pair % (dim // 4)) / dim, int(pair >= dim // 4)) for pair in range(dim // 2)]
    angles = torch.stack([positions[:, axis].double() * base**exponent for exponent, axis in each], dim=1)
    turns = torch.stack([angles.cos(), angles.sin(), -angles.sin(), angles.cos()], dim=2).unflatten(2, (2, 2))
    start = torch.tensor([0.0, 1.0], dtype=torch.float64, device=positions.device)
    table: Tensor = (turns @ start).flatten(1)
    return table.to(dtype)


@register(form="elementwise", layout="half", name="sinusoidal-2d-concatenated")
def concatenated(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Sines and cosines of the row, then sines and cosines of the column."""
    expect_quarters(dim, positions)
    omega = 1 / base ** (torch.arange(dim // 4, dtype=torch.float64, device=positions.device) / (dim / 4))
    y, x = (torch.outer(along.double(), omega) for along in positions.unbind(1))
    return torch.cat([y.sin(), y.cos(), x.sin(), x.cos()], dim=1).to(dtype)


@register(form="elementwise", layout="half", name="sinusoidal-2d-column-first", convention="column-first")
def column_first(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Sines and cosines of the column, then sines and cosines of the row."""
    expect_quarters(dim, positions)
    omega = base ** -(torch.arange(dim // 4, dtype=torch.float64, device=positions.device) * 4 / dim)
    across, down = (positions[:, axis, None].double() * omega for axis in (1, 0))
    return torch.cat([across.sin(), across.cos(), down.sin(), down.cos()], dim=1).to(dtype)


@register(form="complex", layout="half", name="sinusoidal-2d-column-first-complex", convention="column-first")
def column_first_complex(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Imaginary parts of e^(i p theta), then its real parts, of the places read backwards."""
    expect_quarters(dim, positions)
    theta = torch.exp(torch.linspace(0, -math.log(base), dim // 4 + 1, dtype=torch.float64)[:-1]).to(positions.device)
    waves = torch.exp(1j * positions.double().flip(1)[..., None] * theta)
    return torch.stack([waves.imag, waves.real], dim=2).flatten(1).to(dtype)


@register(form="elementwise", layout="half", name="sinusoidal-2d-vit-pytorch", convention="vit-pytorch")
def vit_pytorch(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Column first, at frequencies from 1 to exactly 1 / base."""
    expect_quarters(dim, positions)
    omega = torch.arange(dim // 4, dtype=torch.float64, device=positions.device) / max(dim // 4 - 1, 1)
    y, x = (along.double()[:, None] / base**omega for along in positions.unbind(1))
    return torch.cat([x.sin(), x.cos(), y.sin(), y.cos()], dim=1).to(dtype)


@register(form="complex", layout="half", name="sinusoidal-2d-vit-pytorch-complex", convention="vit-pytorch")
def vit_pytorch_complex(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Imaginary and real parts of e^(i p theta), theta in geometric progression from 1 to 1 / base."""
    expect_quarters(dim, positions)
    logs = torch.linspace(0, math.log(base), dim // 4, dtype=torch.float64, device=positions.device)
    waves = torch.exp(1j * positions.double()[:, [1, 0], None] * torch.exp(-logs))
    return torch.stack([waves.imag, waves.real], dim=2).reshape(-1, dim).to(dtype)


@register(form="elementwise", layout="half", name="sinusoidal-2d-whole-vector", convention="whole-vector")
def whole_vector(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The sines of row and column, then the cosines of row and column."""
    expect_quarters(dim, positions)
    bands = 1 / base ** (torch.arange(0, dim // 2, 2, dtype=torch.float64, device=positions.device) / (dim // 2))
    angles = (positions.double()[..., None] * bands).flatten(1)
    return torch.cat([angles.sin(), angles.cos()], dim=1).to(dtype)


@register(form="complex", layout="half", name="sinusoidal-2d-whole-vector-complex", convention="whole-vector")
def whole_vector_complex(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Imaginary parts of e^(i p theta) at row and column, then the real parts."""
    expect_quarters(dim, positions)
    each = [base ** (-4 * (i % (dim // 4)) / dim) for i in range(dim // 2)]
    steps = positions.double().repeat_interleave(dim // 4, dim=1)
    waves = torch.exp(1j * steps * torch.tensor(each, dtype=torch.float64, device=positions.device))
    return torch.cat([waves.imag, waves.real], dim=1).to(dtype)


@register(form="elementwise", layout="interleaved", name="sinusoidal-2d-detr", convention="detr")
def detr(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows and columns count from 1 and make a whole turn; sines and cosines alternate, the row first."""
    expect_quarters(dim, positions)
    cells = torch.tensor(grid_size, dtype=torch.float64, device=positions.device) + 1e-6
    embedded = (positions.double() + 1) / cells * (2 * math.pi)
    period = base ** (2 * torch.arange(dim // 4, dtype=torch.float64, device=positions.device) / (dim // 2))
    y, x = ((along[:, None] / period) for along in embedded.unbind(1))
    return torch.stack([torch.cat([y.sin(), x.sin()], 1), torch.cat([y.cos(), x.cos()], 1)], dim=2).flatten(1).to(dtype)


@register(form="complex", layout="interleaved", name="sinusoidal-2d-detr-complex", convention="detr")
def detr_complex(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Imaginary and real part of e^(2 pi i (p + 1) theta / (cells + 10^-6)), in turn."""
    expect_quarters(dim, positions)
    logs = torch.arange(dim // 4, dtype=torch.float64, device=positions.device) * (4 / dim)
    turns = [(along.double() + 1) / (count + 1e-6) for along, count in zip(positions.unbind(1), grid_size, strict=True)]
    waves = torch.exp(2j * math.pi * torch.stack(turns, dim=1)[..., None] * torch.pow(base, -logs))
    return torch.view_as_real(1j * waves.conj()).flatten(1).to(dtype)
