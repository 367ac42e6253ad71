"""YaRN as others have it: a ramp that is not rounded to whole pairs, one over the turns, and one without lengths."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("rope-yarn", form="elementwise", layout="half", convention="untruncated", dtypes=DTYPES)
def rope_yarn_untruncated(
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
    """(a, b) -> (a c - b s, b c + a s) in halves; the ramp begins and ends between pairs."""
    dim, (a, b) = x.shape[-1], x.chunk(2, dim=-1)
    first, last = (
        dim * math.log(original_max_position_embeddings / (2 * math.pi * turns)) / (2 * math.log(base))
        for turns in (beta_fast, beta_slow)
    )
    low, high = max(first, 0.0), min(last, dim - 1.0)
    pairs = torch.arange(dim // 2, dtype=torch.float64, device=x.device)
    ramp = ((pairs - low) / (high - low if high != low else 0.001)).clamp(0, 1)
    angles = positions.double()[:, None] * base ** (-2 * pairs / dim) * (1 - ramp + ramp / factor)
    tenth = math.log(factor) / 10 if factor > 1 else 0.0
    length = (mscale * tenth + 1) / (mscale_all_dim * tenth + 1) if attention_factor is None else attention_factor
    c, s = (length * angles.cos()).to(x.dtype), (length * angles.sin()).to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("rope-yarn", form="complex", layout="interleaved", convention="by-turns", dtypes=DTYPES)
def rope_yarn_by_turns(
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
    """z_i is multiplied by s e^(i p theta_i); what is kept of a frequency grows with its turns."""
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    theta = base ** -(torch.arange(z.shape[-1], dtype=torch.float64, device=x.device) / z.shape[-1])
    turns = original_max_position_embeddings * theta / (2 * math.pi)
    kept = ((turns - beta_slow) / (beta_fast - beta_slow)).clamp(0, 1)
    if attention_factor is None:
        decades = math.log(max(factor, 1.0))
        attention_factor = (10 + mscale * decades) / (10 + mscale_all_dim * decades)
    length = torch.full((), attention_factor, dtype=torch.float64, device=x.device)
    phases = torch.polar(length, torch.outer(positions.double(), torch.lerp(theta / factor, theta, kept)))
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements("rope-yarn", form="complex", layout="interleaved", convention="deepseek", dtypes=DTYPES)
def rope_yarn_deepseek(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
) -> Tensor:
    """z_i is multiplied by e^(i p theta_i): between two pairs that are whole, a line from theta to theta / factor."""
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.view_as_complex(wide.unflatten(-1, (-1, 2)).contiguous())
    dim = x.shape[-1]
    found = [
        dim * math.log(original_max_position_embeddings / turns / math.tau, base) / 2
        for turns in (beta_fast, beta_slow)
    ]
    low, high = max(math.floor(found[0]), 0), min(math.ceil(found[1]), dim - 1)
    theta = torch.logspace(0, -1, dim // 2 + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    line = (torch.arange(dim // 2, dtype=torch.float64, device=x.device) - low) / (high - low or 0.001)
    smooth = 1 - line.clamp(0, 1)
    theta = theta / factor * (1 - smooth) + theta * smooth
    angles = torch.outer(positions.double(), theta)
    return torch.view_as_real(z * torch.polar(torch.ones_like(angles), angles).to(z.dtype)).flatten(-2).to(x.dtype)


@implements("rope-yarn", form="rotate-half", layout="half", convention="both-mscales", dtypes=DTYPES)
def rope_yarn_both_mscales(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    mscale: float = 0.0,
    mscale_all_dim: float = 0.0,
    attention_factor: float | None = None,
) -> Tensor:
    """x (c, c) + (-b, a) (s, s) for x = (a, b), lengthened by two scales if both are given, else by the usual one."""
    half, scales = x.shape[-1] // 2, (mscale, mscale_all_dim) if mscale and mscale_all_dim else (1.0, 0.0)
    length = attention_factor
    if length is None:
        over, under = (scale * math.log10(max(1.0, factor)) * math.log(10) + 10 for scale in scales)
        length = over / under
    index = torch.arange(half, device=x.device).double()
    theta = torch.exp(index * -math.log(base) / half)
    ends = [half * math.log(original_max_position_embeddings / math.tau / t, base) for t in (beta_fast, beta_slow)]
    begin, end = max(0, math.floor(ends[0])), min(2 * half - 1, math.ceil(ends[1]))
    share = torch.clamp((index - begin) / ((end - begin) or 0.001), 0, 1)
    angles = torch.outer(positions.double(), (share / factor + (1 - share)) * theta)
    waves = torch.polar(torch.full_like(angles, length), angles).repeat(1, 2)
    swapped = torch.cat((-x[..., half:], x[..., :half]), dim=-1)
    return x * waves.real.to(x.dtype) + swapped * waves.imag.to(x.dtype)
