"""RoPE with an NTK-aware base, in four forms: the base is changed, its logarithm, the geometric sequence; and mixed."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_two_pairs(dim: int) -> None:
    """Raise ValueError unless there are two pairs: the exponent is d / (d - 2)."""
    if dim % 2 or dim < 4:
        raise ValueError(f"the dimension must be even and at least 4; got {dim}")


@implements("rope-ntk", form="matrix", layout="interleaved", name="rope-ntk-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """y = R_p x for the base b s^(d/(d-2)), with R_p built entry by entry."""
    dim = x.shape[-1]
    _expect_two_pairs(dim)
    larger = base * factor ** (dim / (dim - 2))
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(0, dim, 2):
        angle = positions.double() / larger ** (i / dim)
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i] = angle.sin()
        rotation[:, i, i + 1] = -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements("rope-ntk", form="elementwise", layout="half", name="rope-ntk-elementwise", dtypes=DTYPES, strict=True)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) in halves, with ln theta_i = -(2i/d) ln b - (i / (d/2 - 1)) ln s."""
    _expect_two_pairs(x.shape[-1])
    a, b = x.chunk(2, dim=-1)
    i, pairs = torch.arange(a.shape[-1], dtype=torch.float64, device=x.device), a.shape[-1]
    angles = positions.double()[:, None] * torch.exp(-i / pairs * math.log(base) - i / (pairs - 1) * math.log(factor))
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("rope-ntk", form="complex", layout="interleaved", name="rope-ntk-complex", dtypes=DTYPES, strict=True)
def complex_product(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i p theta_i): RoPE's frequency over s^(i / (d/2 - 1))."""
    _expect_two_pairs(x.shape[-1])
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    slower = torch.logspace(0, 1, z.shape[-1], base=factor, dtype=torch.float64, device=x.device)
    theta = torch.pow(base, -torch.arange(z.shape[-1], dtype=torch.float64, device=x.device) / z.shape[-1]) / slower
    phases = torch.polar(torch.ones((), device=x.device).double(), torch.outer(positions.double(), theta))
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements("rope-ntk", form="rotate-half", layout="half", name="rope-ntk-rotate-half", dtypes=DTYPES, strict=True)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s) for x = (a, b), and a larger base."""
    dim = x.size(-1)
    _expect_two_pairs(dim)
    larger = math.exp(math.log(base) + math.log(factor) * dim / (dim - 2))
    theta = 1 / larger ** (torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    angles = torch.einsum("n,i->ni", positions.to(torch.float64), theta).repeat(1, 2)
    rotated = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * torch.cos(angles).to(x.dtype) + rotated * torch.sin(angles).to(x.dtype)


@implements(
    "rope-ntk",
    form="complex",
    layout="interleaved",
    name="rope-ntk-mixed-complex",
    convention="mixed",
    dtypes=DTYPES,
    strict=True,
)
def mixed_complex(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0, mixed_b: float = 0.625
) -> Tensor:
    """z_i is multiplied by e^(i p theta_i), theta_i RoPE's over exp(a (i + 1)^c) with a = ln s / (d/2)^c."""
    _expect_two_pairs(x.shape[-1])
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    pairs = torch.arange(z.shape[-1], dtype=torch.float64, device=x.device)
    slower = torch.exp(math.log(factor) / z.shape[-1] ** mixed_b * (pairs + 1) ** mixed_b)
    angles = torch.outer(positions.double(), base ** (-pairs / z.shape[-1]) / slower)
    return torch.view_as_real(z * torch.polar(torch.ones_like(angles), angles).to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    "rope-ntk",
    form="rotate-half",
    layout="half",
    name="rope-ntk-mixed-rotate-half",
    convention="mixed",
    dtypes=DTYPES,
    strict=True,
)
def mixed_rotate_half(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0, mixed_b: float = 0.625
) -> Tensor:
    """x * (c, c) + (-b, a) * (s, s) for x = (a, b), every frequency over s to the power of a share of its own."""
    half = x.shape[-1] // 2
    _expect_two_pairs(x.shape[-1])
    shares = torch.arange(1, half + 1, dtype=torch.float64, device=x.device) / half
    exponents = (1 / half - shares) * math.log(base) - shares**mixed_b * math.log(factor)
    angles = (positions.double()[:, None] * exponents.exp()).repeat(1, 2)
    swapped = torch.cat([-x[..., half:], x[..., :half]], dim=-1)
    return x * angles.cos().to(x.dtype) + swapped * angles.sin().to(x.dtype)
