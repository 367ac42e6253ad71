"""One sine a coordinate, in three conventions of its wavelength and two forms of each; none uses another."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("sin-only", form="elementwise", name="sin-only-elementwise", dtypes=DTYPES, strict=True)
def elementwise(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Column j is sin(p / (j + 1))."""
    return torch.sin(positions.double()[:, None] / torch.arange(1, dim + 1, device=positions.device)).to(dtype)


@implements("sin-only", form="complex", name="sin-only-complex", dtypes=DTYPES, strict=True)
def complex_exponential(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Column j is the imaginary part of e^(i p / (j + 1))."""
    frequencies = torch.tensor([1 / j for j in range(1, dim + 1)], dtype=torch.float64, device=positions.device)
    return torch.exp(1j * torch.outer(positions.double(), frequencies)).imag.to(dtype)


@implements("sin-only", form="elementwise", name="sin-only-doubling", convention="doubling", dtypes=DTYPES, strict=True)
def doubling(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Column j is sin(p / 2^j)."""
    wavelengths = 2.0 ** torch.arange(dim, dtype=torch.float64, device=positions.device)
    return torch.sin(positions.double()[:, None] / wavelengths).to(dtype)


@implements(
    "sin-only", form="complex", name="sin-only-doubling-complex", convention="doubling", dtypes=DTYPES, strict=True
)
def doubling_complex(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Column j is the imaginary part of e^(i p 0.5^j)."""
    half = torch.tensor(0.5, dtype=torch.float64, device=positions.device)
    angles = positions.double().unsqueeze(-1) * half ** torch.arange(dim, device=positions.device)
    return torch.polar(torch.ones_like(angles), angles).imag.to(dtype)


@implements(
    "sin-only", form="elementwise", name="sin-only-geometric", convention="geometric", dtypes=DTYPES, strict=True
)
def geometric(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Column j is sin(p / base^(j / dim))."""
    alphas = torch.pow(base, torch.arange(dim, dtype=torch.float64, device=positions.device) / dim)
    return (positions.double()[:, None] / alphas).sin().to(dtype)


@implements(
    "sin-only", form="complex", name="sin-only-geometric-complex", convention="geometric", dtypes=DTYPES, strict=True
)
def geometric_complex(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Column j is the imaginary part of e^(i p exp(-j ln base / dim))."""
    logarithms = torch.arange(dim, dtype=torch.float64, device=positions.device) * (-math.log(base) / dim)
    angles = torch.outer(positions.double(), logarithms.exp())
    waves = torch.exp(torch.complex(torch.zeros_like(angles), angles))
    return torch.view_as_real(waves)[..., 1].to(dtype)
