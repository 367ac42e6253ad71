"""RoPE at normalised coordinates: the first half of the pairs turns with the row, the second with the column."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements(
    "rope-normalised-2d",
    form="rotate-half",
    layout="half",
    name="rope-normalised-2d-rotate-half",
    dtypes=DTYPES,
    strict=True,
)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """x * (c, c) + (-b, a) * (s, s) for x = (a, b), with angles 2 pi coordinate / period, rows before columns."""
    dim = x.shape[-1]
    if dim % 4:
        raise ValueError(f"each of two axes turns pairs of its own: expected a multiple of 4, got dimension {dim}")
    periods = base ** (torch.arange(dim // 4, dtype=torch.float64, device=x.device) * 4 / dim)
    angles = (2 * math.pi * positions.double()[:, :, None] / periods).flatten(1).tile(1, 2)
    a, b = x.chunk(2, dim=-1)
    return x * angles.cos().to(x.dtype) + torch.cat([-b, a], dim=-1) * angles.sin().to(x.dtype)


@implements(
    "rope-normalised-2d",
    form="complex",
    layout="interleaved",
    name="rope-normalised-2d-complex",
    dtypes=DTYPES,
    strict=True,
)
def complex_product(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(2 pi i c b^(-4j/d)), c the row and then the column, j anew for each."""
    pairs, left = divmod(x.shape[-1], 2)
    if left or pairs % 2:
        raise ValueError(f"expected as many pairs for rows as for columns, got dimension {x.shape[-1]}")
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    steps = torch.linspace(0, 1, pairs // 2 + 1, dtype=torch.float64, device=x.device)[:-1]
    frequencies = torch.pow(base, -steps)
    row, column = (torch.outer(place.double(), frequencies) for place in positions.unbind(-1))
    turns = torch.exp(2j * math.pi * torch.cat([row, column], dim=-1))
    return torch.view_as_real(z * turns.to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    "rope-normalised-2d",
    form="elementwise",
    layout="half",
    name="rope-normalised-2d-elementwise",
    dtypes=DTYPES,
    strict=True,
)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) for coordinates i and i + d/2."""
    quarter, rest = divmod(x.shape[-1], 4)
    if rest:
        raise ValueError(f"dimension {x.shape[-1]} is no multiple of 4, so that rows and columns cannot share it")
    logarithms = math.log(base) * torch.arange(quarter, dtype=torch.float64, device=x.device) / quarter
    rates = 2 * math.pi * torch.exp(-logarithms)
    angles = torch.cat([positions[:, :1].double() * rates, positions[:, 1:].double() * rates], dim=-1)
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., : 2 * quarter], x[..., 2 * quarter :]
    return torch.cat([a * c - b * s, b * c + a * s], dim=-1)


@implements(
    "rope-normalised-2d",
    form="matrix",
    layout="interleaved",
    name="rope-normalised-2d-matrix",
    dtypes=DTYPES,
    strict=True,
)
def matrix(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """y = R x, R made of 2 x 2 rotations: those of the row above, those of the column below."""
    size = x.shape[-1]
    if size % 4:
        raise ValueError(f"two axes of whole pairs need a multiple of 4; got dimension {size}")
    rotation = torch.zeros(len(positions), size, size, dtype=torch.float64, device=x.device)
    for i in range(0, size, 2):
        axis, within = divmod(2 * i, size)
        angle = positions[:, axis].double() * (2 * math.pi / base ** (within / size))
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i], rotation[:, i, i + 1] = angle.sin(), -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)
