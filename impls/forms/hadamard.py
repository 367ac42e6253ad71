"""The product with the sinusoidal table in four forms. No form uses another, or anything that another uses."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements(
    "hadamard", form="elementwise", layout="interleaved", name="hadamard-elementwise", dtypes=DTYPES, strict=True
)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = x * (s0, c0, s1, c1, ...)."""
    exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64, device=x.device) / x.shape[-1]
    angles = positions.double()[:, None] * torch.pow(base, -exponents)
    return x * torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2).to(x.dtype)


@implements("hadamard", form="elementwise", layout="half", name="hadamard-elementwise-half", dtypes=DTYPES, strict=True)
def elementwise_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(a, b) -> (a s, b c), where a is the first half of the coordinates and b the second."""
    if x.shape[-1] % 2:
        raise ValueError(f"the dimension must be even to be halved; got {x.shape[-1]}")
    a, b = x.chunk(2, dim=-1)
    frequencies = torch.exp(torch.arange(a.shape[-1], device=x.device).double() * (-math.log(base) / a.shape[-1]))
    angles = torch.outer(positions.double(), frequencies)
    return torch.cat([a * angles.sin().to(x.dtype), b * angles.cos().to(x.dtype)], dim=-1)


@implements("hadamard", form="matrix", layout="interleaved", name="hadamard-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = diag(s0, c0, s1, c1, ...) x, built entry by entry."""
    dim = x.shape[-1]
    scaled = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for sine in range(0, dim, 2):
        angle = positions.double() / base ** (sine / dim)
        scaled[:, sine, sine], scaled[:, sine + 1, sine + 1] = angle.sin(), angle.cos()
    return torch.einsum("nij,...nj->...ni", scaled.to(x.dtype), x)


@implements("hadamard", form="complex", layout="interleaved", name="hadamard-complex", dtypes=DTYPES, strict=True)
def complex_parts(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Imaginary and real part of e^(i p theta_i), each times its own coordinate."""
    steps = torch.logspace(0, -1, x.shape[-1] // 2 + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    waves = torch.polar(torch.ones((), dtype=torch.float64, device=x.device), torch.outer(positions.double(), steps))
    table = torch.view_as_real(waves).flip(-1).to(x.dtype)
    scaled: Tensor = x.unflatten(-1, (-1, 2)) * table
    return scaled.flatten(-2)
