"""CoCA in its forms: of every pair the length alone is turned, as if the pair pointed along its first coordinate."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.forms.eulerformer import expect_tokens

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("coca", form="elementwise", layout="interleaved", name="coca-elementwise", dtypes=DTYPES, strict=True)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(a, b) -> (r c, r s) with r = |(a, b)|."""
    expect_tokens(x, positions)
    r = torch.hypot(x[..., 0::2].double(), x[..., 1::2].double())
    theta = base ** (-torch.arange(0, x.shape[-1], 2, dtype=torch.float64, device=x.device) / x.shape[-1])
    angles = positions.double()[:, None] * theta
    return torch.stack([r * angles.cos(), r * angles.sin()], dim=-1).flatten(-2).to(x.dtype)


@implements("coca", form="complex", layout="half", name="coca-complex", dtypes=DTYPES, strict=True)
def complex_product(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """|z_i| e^(i p theta_i) with z_i = x_i + i x_(i + dim/2)."""
    expect_tokens(x, positions)
    r = torch.complex(*x.double().chunk(2, dim=-1)).abs()
    theta = torch.logspace(0, -1, r.shape[-1] + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    turned = torch.polar(r, torch.outer(positions.double(), theta).expand_as(r))
    return torch.cat([turned.real, turned.imag], dim=-1).to(x.dtype)


@implements("coca", form="rotate-half", layout="half", name="coca-rotate-half", dtypes=DTYPES, strict=True)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = (r, 0) * (c, c) + (0, r) * (s, s), the lengths by squares and a root."""
    expect_tokens(x, positions)
    r = x.double().unflatten(-1, (2, -1)).square().sum(-2).sqrt().to(x.dtype)
    pairs = r.shape[-1]
    inverse = torch.exp(torch.arange(pairs, device=x.device).double() * (-math.log(base) / pairs))
    table = torch.outer(positions.double(), inverse).tile(1, 2)
    nothing = torch.zeros_like(r)
    first, second = torch.cat([r, nothing], dim=-1), torch.cat([nothing, r], dim=-1)
    return first * table.cos().to(x.dtype) + second * table.sin().to(x.dtype)
