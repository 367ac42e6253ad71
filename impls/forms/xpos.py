"""xPos in its forms: a query at m turns, scaled by zeta^(m / scale_base), and a key at n by zeta^(-n / scale_base)."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
SIGN = {"query": 1.0, "key": -1.0}


def _expect(x: Tensor, positions: Tensor, role: str) -> None:
    if role not in SIGN:
        raise ValueError(f"role must be 'query' or 'key', which are scaled in opposite directions; got {role!r}")
    if x.ndim < 2 or positions.shape != x.shape[-2:-1]:
        got = f"x {tuple(x.shape)} with positions {tuple(positions.shape)}"
        raise ValueError(f"expected x (..., n, dim) with positions (n,); got {got}")
    if x.shape[-1] % 2:
        raise ValueError(f"the dimension must be even, for whole pairs; got {x.shape[-1]}")


@implements("xpos", form="matrix", layout="interleaved", name="xpos-matrix", dtypes=DTYPES, strict=True)
def matrix(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """y = S R x, where S is diagonal and R the block-diagonal (dim, dim) rotation, built entry by entry."""
    _expect(x, positions, role)
    dim, p = x.shape[-1], positions.double()
    map_ = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(0, dim, 2):
        scale = ((i / dim + 0.4) / 1.4) ** (SIGN[role] * p / scale_base)
        angle = p / base ** (i / dim)
        map_[:, i, i] = map_[:, i + 1, i + 1] = scale * angle.cos()
        map_[:, i + 1, i], map_[:, i, i + 1] = scale * angle.sin(), -scale * angle.sin()
    return torch.einsum("nij,...nj->...ni", map_.to(x.dtype), x)


@implements("xpos", form="elementwise", layout="half", name="xpos-elementwise", dtypes=DTYPES, strict=True)
def elementwise(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """(a, b) -> s (a c - b s', b c + a s') on the halves of x, the scale multiplied into the tables."""
    _expect(x, positions, role)
    a, b = x.chunk(2, dim=-1)
    pairs = torch.arange(a.shape[-1], dtype=torch.float64, device=x.device)
    angles = positions.double()[:, None] * torch.exp(pairs * (-math.log(base) / a.shape[-1]))
    zeta = (pairs + 0.4 * a.shape[-1]) / (1.4 * a.shape[-1])
    scale = torch.exp(torch.outer(positions.double() * (SIGN[role] / scale_base), zeta.log()))
    c, s = (scale * angles.cos()).to(x.dtype), (scale * angles.sin()).to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("xpos", form="complex", layout="interleaved", name="xpos-complex", dtypes=DTYPES, strict=True)
def complex_product(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(p (+-ln(zeta_i) / scale_base + i theta_i))."""
    _expect(x, positions, role)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., 0::2], wide[..., 1::2])
    steps = torch.logspace(0, -1, z.shape[-1] + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    zeta = torch.linspace(2 / 7, 1, z.shape[-1] + 1, dtype=torch.float64, device=x.device)[:-1]
    rates = torch.complex(SIGN[role] * zeta.log() / scale_base, steps)
    return torch.view_as_real(z * torch.exp(positions.double()[:, None] * rates).to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    "xpos",
    form="rotate-half",
    layout="half",
    name="xpos-rotate-half",
    source="https://github.com/microsoft/torchscale/blob/main/torchscale/component/xpos_relative_position.py",
    dtypes=DTYPES,
    strict=True,
)
def rotate_half(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """y = x * (s c, s c) + (-b, a) * (s s', s s'), where keys are scaled by 1 / s."""
    _expect(x, positions, role)
    dim = x.size(-1)
    even = torch.arange(0, dim, 2, dtype=torch.float64, device=x.device)
    table = torch.outer(positions.double(), base ** -(even / dim)).tile(1, 2)
    scale = ((even + 0.4 * dim) / (1.4 * dim)).tile(2) ** (positions.double()[:, None] / scale_base)
    scale = scale if role == "query" else 1 / scale
    rotated = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * (scale * table.cos()).to(x.dtype) + rotated * (scale * table.sin()).to(x.dtype)
