"""LongRoPE in four forms. The length is read off the largest position of a call; factors come as one number a pair."""

import math
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
Factors = Sequence[float]


def _expect_factors(dim: int, *several: Factors) -> None:
    """Raise ValueError unless there is one factor for every pair."""
    if dim % 2:
        raise ValueError(f"the dimension must be even; got {dim}")
    for factors in several:
        if len(factors) != dim // 2:
            raise ValueError(f"expected {dim // 2} factors, one for each pair of {dim} coordinates; got {len(factors)}")


@implements(
    "rope-longrope", form="matrix", layout="interleaved", name="rope-longrope-matrix", dtypes=DTYPES, strict=True
)
def matrix(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = 4096,
    max_position_embeddings: int = 131072,
    factor: float | None = None,
    attention_factor: float | None = None,
    short_mscale: float | None = None,
    long_mscale: float | None = None,
) -> Tensor:
    """y = s R_p x, with the rotation built and lengthened entry by entry."""
    dim, original = x.shape[-1], original_max_position_embeddings
    _expect_factors(dim, short_factor, long_factor)
    is_long = bool(positions.max() >= original)
    divisors, mscale = (long_factor, long_mscale) if is_long else (short_factor, short_mscale)
    attention_factor = attention_factor if mscale is None else mscale
    if attention_factor is None:
        stretch = max_position_embeddings / original if factor is None else factor
        attention_factor = math.sqrt(1 + math.log(stretch) / math.log(original)) if stretch > 1 else 1.0
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i, divisor in enumerate(divisors):
        angle = positions.double() / (divisor * base ** (2 * i / dim))
        rotation[:, 2 * i, 2 * i] = rotation[:, 2 * i + 1, 2 * i + 1] = attention_factor * angle.cos()
        rotation[:, 2 * i + 1, 2 * i] = attention_factor * angle.sin()
        rotation[:, 2 * i, 2 * i + 1] = -attention_factor * angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements(
    "rope-longrope", form="elementwise", layout="half", name="rope-longrope-elementwise", dtypes=DTYPES, strict=True
)
def elementwise(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = 4096,
    max_position_embeddings: int = 131072,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) in halves, where the table is lengthened by the attention factor."""
    _expect_factors(x.shape[-1], short_factor, long_factor)
    a, b = x.chunk(2, dim=-1)
    both = torch.tensor([list(short_factor), list(long_factor)], dtype=torch.float64, device=x.device)
    chosen = both[int(positions.max() + 1 > original_max_position_embeddings)]
    exponents = -torch.arange(a.shape[-1], device=x.device).double() / a.shape[-1]
    theta = torch.exp(exponents * math.log(base) - chosen.log())
    angles = positions.double()[:, None] * theta
    times = max(factor or max_position_embeddings / original_max_position_embeddings, 1.0)
    logs = math.log(original_max_position_embeddings * times) / math.log(original_max_position_embeddings)
    length = math.sqrt(logs) if attention_factor is None else attention_factor
    c, s = (length * angles.cos()).to(x.dtype), (length * angles.sin()).to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements(
    "rope-longrope", form="complex", layout="interleaved", name="rope-longrope-complex", dtypes=DTYPES, strict=True
)
def complex_product(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = 4096,
    max_position_embeddings: int = 131072,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by s e^(i p theta_i), theta_i being RoPE's over the factor of the pair."""
    _expect_factors(x.shape[-1], short_factor, long_factor)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., ::2], wide[..., 1::2])
    inside = positions.max() < original_max_position_embeddings
    short, long = (torch.tensor(list(f), dtype=torch.float64, device=x.device) for f in (short_factor, long_factor))
    powers = torch.logspace(0, -1, z.shape[-1] + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    theta = powers / torch.where(inside, short, long)
    if attention_factor is None:
        stretch = factor if factor is not None else max_position_embeddings / original_max_position_embeddings
        attention_factor = (1 + math.log(max(stretch, 1), original_max_position_embeddings)) ** 0.5
    length = torch.tensor(attention_factor, dtype=torch.float64, device=x.device)
    phases = torch.polar(length, torch.outer(positions.double(), theta))
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    "rope-longrope", form="rotate-half", layout="half", name="rope-longrope-rotate-half", dtypes=DTYPES, strict=True
)
def rotate_half(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = 4096,
    max_position_embeddings: int = 131072,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s) for x = (a, b), which is lengthened first."""
    dim, original = x.size(-1), original_max_position_embeddings
    _expect_factors(dim, short_factor, long_factor)
    length = int(positions.max()) + 1
    chosen = short_factor if length <= original else long_factor
    exponents = torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim
    theta = 1.0 / (torch.tensor(tuple(chosen), dtype=torch.float64, device=x.device) * base**exponents)
    angles = torch.einsum("n,i->ni", positions.to(torch.float64), theta).repeat(1, 2)
    scale = max_position_embeddings / original if factor is None else factor
    default = 1.0 if scale <= 1 else math.sqrt(1 + math.log(scale) / math.log(original))
    y = x * (default if attention_factor is None else attention_factor)
    rotated = torch.cat([-y[..., dim // 2 :], y[..., : dim // 2]], dim=-1)
    return y * torch.cos(angles).to(x.dtype) + rotated * torch.sin(angles).to(x.dtype)
