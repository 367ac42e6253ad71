"""RoPE with the frequencies of Llama 3, in four forms: by wavelengths, by turns, pair by pair, and by a mask."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_pairs(dim: int, low_freq_factor: float, high_freq_factor: float) -> None:
    """Raise ValueError unless coordinates pair up and the ramp has two ends."""
    if dim % 2:
        raise ValueError(f"the dimension must be even; got {dim}")
    if not low_freq_factor <= high_freq_factor:
        raise ValueError(
            f"low_freq_factor {low_freq_factor} must not be larger than high_freq_factor {high_freq_factor}"
        )


@implements("rope-llama3", form="matrix", layout="interleaved", name="rope-llama3-matrix", dtypes=DTYPES, strict=True)
def matrix(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """y = R_p x, built entry by entry; the frequency of a pair is kept, divided or mixed, by its wavelength."""
    dim, original = x.shape[-1], original_max_position_embeddings
    _expect_pairs(dim, low_freq_factor, high_freq_factor)
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(0, dim, 2):
        theta = base ** (-i / dim)
        wavelength = 2 * math.pi / theta
        if wavelength > original / low_freq_factor:
            theta /= factor
        elif wavelength > original / high_freq_factor:
            kept = (original / wavelength - low_freq_factor) / (high_freq_factor - low_freq_factor)
            theta = (1 - kept) * theta / factor + kept * theta
        angle = positions.double() * theta
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i] = angle.sin()
        rotation[:, i, i + 1] = -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements(
    "rope-llama3", form="elementwise", layout="half", name="rope-llama3-elementwise", dtypes=DTYPES, strict=True
)
def elementwise(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) in halves; what is kept of a frequency is its turns, clamped."""
    _expect_pairs(x.shape[-1], low_freq_factor, high_freq_factor)
    a, b = x.chunk(2, dim=-1)
    theta = torch.exp(torch.arange(a.shape[-1], device=x.device).double() * (-math.log(base) / a.shape[-1]))
    turns = original_max_position_embeddings * theta / (2 * math.pi)
    kept = ((turns - low_freq_factor) / (high_freq_factor - low_freq_factor)).clamp(0, 1)
    angles = positions.double()[:, None] * (theta * (kept + (1 - kept) / factor))
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("rope-llama3", form="complex", layout="interleaved", name="rope-llama3-complex", dtypes=DTYPES, strict=True)
def complex_product(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i p theta_i), theta_i between RoPE's and the interpolated one."""
    _expect_pairs(x.shape[-1], low_freq_factor, high_freq_factor)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    theta = torch.pow(base, -torch.arange(z.shape[-1], dtype=torch.float64, device=x.device) / z.shape[-1])
    ends = [2 * math.pi * turns / original_max_position_embeddings for turns in (low_freq_factor, high_freq_factor)]
    way = (ends[1] - theta) / (ends[1] - ends[0])
    theta = torch.lerp(theta, theta / factor, way.clamp(min=0, max=1))
    phases = torch.polar(torch.ones((), device=x.device).double(), torch.outer(positions.double(), theta))
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    "rope-llama3", form="rotate-half", layout="half", name="rope-llama3-rotate-half", dtypes=DTYPES, strict=True
)
def rotate_half(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s) for x = (a, b), with the three kinds of pairs chosen by masks."""
    dim = x.size(-1)
    _expect_pairs(dim, low_freq_factor, high_freq_factor)
    theta = 1 / base ** (torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    turns = theta * original_max_position_embeddings / (2 * math.pi)
    mixed = theta / factor + (turns - low_freq_factor) / (high_freq_factor - low_freq_factor) * (theta - theta / factor)
    slower = torch.where(turns < low_freq_factor, theta / factor, mixed)
    angles = torch.outer(positions.to(torch.float64), torch.where(turns > high_freq_factor, theta, slower)).repeat(1, 2)
    rotated = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * torch.cos(angles).to(x.dtype) + rotated * torch.sin(angles).to(x.dtype)
