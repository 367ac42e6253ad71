"""YaRN in four forms: the ramp pair by pair, as a clamped line, as a way between two frequencies, and as a mask."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("rope-yarn", form="matrix", layout="interleaved", name="rope-yarn-matrix", dtypes=DTYPES, strict=True)
def matrix(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
    attention_factor: float | None = None,
) -> Tensor:
    """y = s R_p x, with the rotation built and lengthened entry by entry."""
    dim, ends = x.shape[-1], []
    for turns in (beta_fast, beta_slow):
        wavelength = original_max_position_embeddings / turns
        ends.append(dim / 2 * math.log(wavelength / (2 * math.pi), base))
    low, high = max(math.floor(ends[0]), 0), min(math.ceil(ends[1]), dim - 1)
    if attention_factor is None:
        grown = 0.1 * math.log(max(factor, 1.0))
        attention_factor = (1 + mscale * grown) / (1 + mscale_all_dim * grown)
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(0, dim, 2):
        ramp = min(max((i / 2 - low) / ((high - low) or 0.001), 0.0), 1.0)
        angle = positions.double() * base ** (-i / dim) * (1 - ramp + ramp / factor)
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = attention_factor * angle.cos()
        rotation[:, i + 1, i] = attention_factor * angle.sin()
        rotation[:, i, i + 1] = -attention_factor * angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements("rope-yarn", form="elementwise", layout="half", name="rope-yarn-elementwise", dtypes=DTYPES, strict=True)
def elementwise(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
    attention_factor: float | None = None,
) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) in halves, where the table is lengthened by the attention factor."""
    if x.shape[-1] % 2:
        raise ValueError(f"the dimension must be even to be halved; got {x.shape[-1]}")
    a, b = x.chunk(2, dim=-1)
    i, pairs = torch.arange(a.shape[-1], dtype=torch.float64, device=x.device), a.shape[-1]
    tokens = original_max_position_embeddings / (2 * math.pi)
    fast, slow = math.log(tokens / beta_fast), math.log(tokens / beta_slow)
    low = max(math.floor(pairs * fast / math.log(base)), 0)
    high = min(math.ceil(pairs * slow / math.log(base)), 2 * pairs - 1)
    ramp = ((i - low) / (high - low if high != low else 0.001)).clamp(0, 1)
    angles = positions.double()[:, None] * torch.exp(-i / pairs * math.log(base)) * (1 + ramp * (1 / factor - 1))
    scales = torch.tensor([mscale, mscale_all_dim], dtype=torch.float64, device=x.device)
    stretch = 1 + 0.1 * math.log(max(factor, 1)) * scales
    length = stretch[0] / stretch[1] if attention_factor is None else attention_factor
    c, s = (length * angles.cos()).to(x.dtype), (length * angles.sin()).to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("rope-yarn", form="complex", layout="interleaved", name="rope-yarn-complex", dtypes=DTYPES, strict=True)
def complex_product(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
    attention_factor: float | None = None,
) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by s e^(i p theta_i), theta_i between RoPE's and the interpolated one."""
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    pairs = z.shape[-1]
    radians = torch.tensor([beta_fast, beta_slow], dtype=torch.float64) * 2 * math.pi / original_max_position_embeddings
    first, last = (-radians.log() * pairs / math.log(base)).tolist()
    low, high = max(math.floor(first), 0), min(math.ceil(last), 2 * pairs - 1)
    way = (torch.arange(pairs, dtype=torch.float64, device=x.device) - low) / (high - low + 0.001 * (high == low))
    theta = torch.logspace(0, -1, pairs + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    theta = torch.lerp(theta, theta / factor, way.clamp(min=0, max=1))
    if attention_factor is None:
        ten = math.log(factor) if factor > 1 else 0.0
        attention_factor = (10 + mscale * ten) / (10 + mscale_all_dim * ten)
    length = torch.tensor(attention_factor, dtype=torch.float64, device=x.device)
    phases = torch.polar(length, torch.outer(positions.double(), theta))
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements("rope-yarn", form="rotate-half", layout="half", name="rope-yarn-rotate-half", dtypes=DTYPES, strict=True)
def rotate_half(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
    attention_factor: float | None = None,
) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s) for x = (a, b), which is lengthened first."""
    dim, scale = x.size(-1), math.log(max(factor, 1.0)) / 10
    powers = base ** (torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    per_token = 2 * math.pi / original_max_position_embeddings
    low = max(math.floor(-dim * math.log(beta_fast * per_token) / (2 * math.log(base))), 0)
    high = min(math.ceil(-dim * math.log(beta_slow * per_token) / (2 * math.log(base))), dim - 1)
    pairs = torch.arange(dim // 2, device=x.device).double()
    mask = 1 - torch.clamp((pairs - low) / (high - low or 0.001), min=0, max=1)
    theta = mask / powers + (1 - mask) / (factor * powers)
    angles = torch.einsum("n,i->ni", positions.to(torch.float64), theta).repeat(1, 2)
    y = x * ((1 + mscale * scale) / (1 + mscale_all_dim * scale) if attention_factor is None else attention_factor)
    rotated = torch.cat([-y[..., dim // 2 :], y[..., : dim // 2]], dim=-1)
    return y * torch.cos(angles).to(x.dtype) + rotated * torch.sin(angles).to(x.dtype)
