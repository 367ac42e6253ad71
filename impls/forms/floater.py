"""FLOATER with linear dynamics in five forms: dp/dt = A p solved by exp(A t) p(0), step by step, or in closed form."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
ROUNDED: Final = ("float32", "bfloat16", "float16")
"""Products of many flows add up their roundings: in float64 no more is left than float32 asks for."""


def _expect_even(dim: int) -> None:
    if dim % 2:
        raise ValueError(f"the dimension must be even to hold pairs; got {dim}")


@implements(
    "floater", form="matrix", layout="interleaved", name="floater-matrix-exponential", dtypes=ROUNDED, strict=True
)
def matrix_exponential(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """PE_t = exp(A t) p(0) with A = theta [[0, 1], [-1, 0]] and p(0) = (0, 1), by the exponential of 2 x 2 matrices."""
    _expect_even(dim)
    theta = base ** (-torch.arange(0, dim, 2, dtype=torch.float64, device=positions.device) / dim)
    quarter = torch.tensor([[0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64, device=positions.device)
    dynamics = theta[:, None, None] * quarter
    flows: Tensor = torch.linalg.matrix_exp(positions.double()[:, None, None, None] * dynamics)
    return flows[..., 1].flatten(-2).to(dtype)


@implements(
    "floater",
    form="recurrence",
    layout="half",
    name="floater-recurrence",
    positions="non-negative",
    max_position=2**21 - 1,
    dtypes=ROUNDED,
    strict=True,
)
def recurrence(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_(t + 1) = F PE_t with the flow F of one step: F, F^2, F^4, ... are applied for the bits of t."""
    _expect_even(dim)
    if positions.is_floating_point() or (positions < 0).any() or (positions >= 2**21).any():
        raise ValueError(f"steps from 0 reach the positions 0, 1, 2, ... below 2^21; got {positions.tolist()}")
    pairs = dim // 2
    angle = torch.exp(-math.log(base) / pairs * torch.arange(pairs, dtype=torch.float64, device=positions.device))
    c, s = angle.cos(), angle.sin()
    sine = torch.zeros(len(positions), pairs, dtype=torch.float64, device=positions.device)
    cosine = torch.ones_like(sine)
    for bit in range(21):
        step = ((positions >> bit) % 2 == 1)[:, None]
        moved = sine * c + cosine * s, cosine * c - sine * s
        sine, cosine = torch.where(step, moved[0], sine), torch.where(step, moved[1], cosine)
        c, s = c * c - s * s, 2 * c * s
    return torch.cat([sine, cosine], dim=1).to(dtype)


@implements("floater", form="elementwise", layout="interleaved", name="floater-elementwise", dtypes=DTYPES, strict=True)
def elementwise(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The solution in closed form: the pair (sin(theta t), cos(theta t))."""
    _expect_even(dim)
    table = torch.empty(len(positions), dim // 2, 2, dtype=torch.float64, device=positions.device)
    angles = positions.double()[:, None] * torch.tensor(
        [base ** (-2 * i / dim) for i in range(dim // 2)], dtype=torch.float64, device=positions.device
    )
    torch.sin(angles, out=table[..., 0])
    torch.cos(angles, out=table[..., 1])
    return table.flatten(1).to(dtype)


@implements("floater", form="complex", layout="half", name="floater-complex", dtypes=DTYPES, strict=True)
def complex_flow(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """With z = x + i y the dynamics are dz/dt = -i theta z and z(0) = i: z = i e^(-i theta t)."""
    _expect_even(dim)
    theta = 1 / torch.pow(base, 2 * torch.arange(dim // 2, dtype=torch.float64, device=positions.device) / dim)
    z = 1j * torch.exp(-1j * torch.outer(positions.double(), theta))
    return torch.cat([z.real, z.imag], dim=-1).to(dtype)


@implements("floater", form="rotate-half", layout="half", name="floater-rotate-half", dtypes=DTYPES, strict=True)
def rotate_half(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_t = p(0) * (c, c) + (b, -a) * (s, s), where p(0) = (a, b) = (0, ..., 0, 1, ..., 1)."""
    _expect_even(dim)
    start = torch.tensor([0.0] * (dim // 2) + [1.0] * (dim // 2), dtype=torch.float64, device=positions.device)
    turned = torch.cat([start[dim // 2 :], -start[: dim // 2]])
    exponents = (torch.arange(dim, device=positions.device) % (dim // 2)).double() / (dim // 2)
    angles = torch.einsum("n,j->nj", positions.double(), base**-exponents)
    return (start * angles.cos() + turned * angles.sin()).to(dtype)
