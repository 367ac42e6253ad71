"""The sinusoidal table in its forms and conventions. No form uses another, or anything that another uses."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements(
    "sinusoidal", form="elementwise", layout="interleaved", name="sinusoidal-elementwise", dtypes=DTYPES, strict=True
)
def elementwise(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Column 2i is sin(p theta_i), column 2i + 1 is cos(p theta_i)."""
    table = torch.empty(len(positions), dim, dtype=torch.float64, device=positions.device)
    exponents = torch.arange(0, dim, 2, dtype=torch.float64, device=positions.device) / dim
    angles = positions.double()[:, None] / base**exponents
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()
    return table.to(dtype)


@implements("sinusoidal", form="complex", layout="interleaved", name="sinusoidal-complex", dtypes=DTYPES, strict=True)
def complex_exponential(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The imaginary and the real part of e^(i p theta_i), in turn."""
    theta = torch.exp(
        torch.arange(dim // 2, dtype=torch.float64, device=positions.device) * (-2 * math.log(base) / dim)
    )
    waves = torch.exp(1j * torch.outer(positions.double(), theta))
    return torch.stack([waves.imag, waves.real], dim=-1).flatten(-2).to(dtype)


@implements("sinusoidal", form="matrix", layout="interleaved", name="sinusoidal-matrix", dtypes=DTYPES, strict=True)
def matrix(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_p = M(p) PE_0, where PE_0 = (0, 1, 0, 1, ...) and M(p), block diagonal, turns each (sin, cos) clockwise."""
    start = torch.tensor([0.0, 1.0], dtype=torch.float64, device=positions.device).repeat(dim // 2)
    shift = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=positions.device)
    for sine in range(0, dim, 2):
        cosine, angle = sine + 1, positions.double() * base ** (-sine / dim)
        shift[:, sine, sine] = shift[:, cosine, cosine] = torch.cos(angle)
        shift[:, sine, cosine], shift[:, cosine, sine] = torch.sin(angle), -torch.sin(angle)
    return (shift @ start).to(dtype)


@implements("sinusoidal", form="elementwise", layout="half", name="sinusoidal-concatenated", dtypes=DTYPES, strict=True)
def concatenated(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """All sines, then all cosines, at the paper's frequencies."""
    exponents = -2 * torch.arange(dim // 2, dtype=torch.float64, device=positions.device) / dim
    theta = torch.tensor(base, dtype=torch.float64, device=positions.device) ** exponents
    angles = torch.outer(positions.double(), theta)
    return torch.cat((torch.sin(angles), torch.cos(angles)), dim=1).to(dtype)


@implements("sinusoidal", form="rotate-half", layout="half", name="sinusoidal-rotate-half", dtypes=DTYPES, strict=True)
def rotate_half(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_p = PE_0 * (c, c) + (b, -a) * (s, s), where PE_0 = (a, b) = (0, ..., 0, 1, ..., 1)."""
    start = (torch.arange(dim, device=positions.device) >= dim // 2).double()
    turned = torch.cat([start[dim // 2 :], -start[: dim // 2]])
    theta = base ** -((torch.arange(dim, device=positions.device) % (dim // 2)).double() * 2 / dim)
    angles = torch.einsum("n,j->nj", positions.double(), theta)
    return (start * angles.cos() + turned * angles.sin()).to(dtype)


@implements(
    "sinusoidal",
    form="elementwise",
    layout="half",
    name="sinusoidal-tensor2tensor",
    convention="tensor2tensor",
    dtypes=DTYPES,
    strict=True,
)
def tensor2tensor(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """All sines, then all cosines, at frequencies in geometric progression from 1 to exactly 1 / base."""
    scales = torch.linspace(0, math.log(base), dim // 2, dtype=torch.float64, device=positions.device)
    angles = positions.double()[:, None] * (-scales).exp()
    return torch.cat((angles.sin(), angles.cos()), dim=1).to(dtype)


@implements(
    "sinusoidal",
    form="complex",
    layout="interleaved",
    name="sinusoidal-tensor2tensor-complex",
    convention="tensor2tensor",
    dtypes=DTYPES,
    strict=True,
)
def tensor2tensor_complex(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Imaginary and real part of e^(i p base^(-j / (dim/2 - 1))), in turn."""
    theta = torch.tensor(
        [base ** (-j / max(dim // 2 - 1, 1)) for j in range(dim // 2)], dtype=torch.float64, device=positions.device
    )
    length = torch.ones((), dtype=torch.float64, device=positions.device)
    waves = torch.polar(length, positions.double()[:, None] * theta)
    return torch.stack([waves.imag, waves.real], dim=-1).flatten(-2).to(dtype)


@implements(
    "sinusoidal",
    form="elementwise",
    layout="half",
    name="sinusoidal-cosines-first",
    convention="cosines-first",
    dtypes=DTYPES,
    strict=True,
)
def cosines_first(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """All cosines, then all sines, as diffusion models embed their steps."""
    theta = torch.exp(
        -math.log(base) * torch.arange(dim // 2, dtype=torch.float64, device=positions.device) / (dim // 2)
    )
    angles = positions.double()[:, None] * theta
    return torch.cat((angles.cos(), angles.sin()), dim=1).to(dtype)


@implements(
    "sinusoidal",
    form="complex",
    layout="interleaved",
    name="sinusoidal-cosines-first-complex",
    convention="cosines-first",
    dtypes=DTYPES,
    strict=True,
)
def cosines_first_complex(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The real and the imaginary part of e^(i p theta_i), in turn, as complex numbers lie in memory."""
    theta = 1 / base ** (torch.arange(0, dim, 2, dtype=torch.float64, device=positions.device) / dim)
    return torch.view_as_real(torch.exp(1j * torch.outer(positions.double(), theta))).flatten(-2).to(dtype)
