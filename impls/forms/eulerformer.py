"""EulerFormer in its forms: a pair r e^(i phi) at position p becomes r e^(i (alpha phi + beta + p theta))."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def expect_tokens(x: Tensor, positions: Tensor) -> None:
    """Raise ValueError unless x is (..., n, dim) with an even dim, and positions (n,)."""
    if x.ndim < 2 or positions.shape != x.shape[-2:-1]:
        got = f"x {tuple(x.shape)} with positions {tuple(positions.shape)}"
        raise ValueError(f"expected x (..., n, dim) with positions (n,); got {got}")
    if x.shape[-1] % 2:
        raise ValueError(f"the dimension must be even, for whole pairs; got {x.shape[-1]}")


@implements(
    "eulerformer", form="elementwise", layout="interleaved", name="eulerformer-elementwise", dtypes=DTYPES, strict=True
)
def elementwise(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, phase_scale: float = 0.5, phase_shift: float = 0.25
) -> Tensor:
    """(a, b) -> (r cos, r sin) of all angles in one sum, in float64."""
    expect_tokens(x, positions)
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    theta = base ** (-torch.arange(0, x.shape[-1], 2, dtype=torch.float64, device=x.device) / x.shape[-1])
    angles = phase_scale * torch.atan2(b, a) + phase_shift + positions.double()[:, None] * theta
    r = torch.hypot(a, b)
    return torch.stack([r * angles.cos(), r * angles.sin()], dim=-1).flatten(-2).to(x.dtype)


@implements("eulerformer", form="complex", layout="half", name="eulerformer-complex", dtypes=DTYPES, strict=True)
def complex_product(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, phase_scale: float = 0.5, phase_shift: float = 0.25
) -> Tensor:
    """z_i = x_i + i x_(i + dim/2) is written anew with its phase rescaled, and multiplied by e^(i p theta_i)."""
    expect_tokens(x, positions)
    z = torch.complex(*x.double().chunk(2, dim=-1))
    rescaled = torch.polar(z.abs(), z.angle() * phase_scale + phase_shift)
    theta = torch.logspace(0, -1, z.shape[-1] + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    length = torch.ones((), dtype=torch.float64, device=x.device)
    turned = rescaled * torch.polar(length, torch.outer(positions.double(), theta))
    return torch.cat([turned.real, turned.imag], dim=-1).to(x.dtype)


@implements(
    "eulerformer", form="rotate-half", layout="half", name="eulerformer-rotate-half", dtypes=DTYPES, strict=True
)
def rotate_half(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, phase_scale: float = 0.5, phase_shift: float = 0.25
) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s); the tables hold, token by token, what its content turns by itself as well."""
    expect_tokens(x, positions)
    a, b = x.chunk(2, dim=-1)
    own = (phase_scale - 1) * torch.atan2(b.double(), a.double()) + phase_shift
    inverse = torch.exp(torch.arange(a.shape[-1], device=x.device).double() * (-math.log(base) / a.shape[-1]))
    table = (own + positions.double()[:, None] * inverse).repeat(*[1] * (x.ndim - 1), 2)
    return x * table.cos().to(x.dtype) + torch.cat([-b, a], dim=-1) * table.sin().to(x.dtype)
