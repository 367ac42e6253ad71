"""ALiBi in four forms, with the slopes of the published code, a geometric sequence, or signed distances."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_lists(query_positions: Tensor, key_positions: Tensor) -> None:
    for name, positions in (("query_positions", query_positions), ("key_positions", key_positions)):
        if positions.ndim != 1:
            raise ValueError(f"{name} has the shape {tuple(positions.shape)}; expected (n,)")


@implements("alibi", form="elementwise", name="alibi-elementwise", dtypes=DTYPES, strict=True)
def elementwise(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """-slope |m - n|, slopes as powers of 2: for c heads, c a power of two, -8 (h + 1) / c; behind them odd halves."""
    _expect_lists(query_positions, key_positions)
    whole = 2 ** int(math.log2(heads))
    places = [h + 1 if h < whole else h - whole + 0.5 for h in range(heads)]
    distance = (query_positions.double()[:, None] - key_positions.double()[None, :]).abs()
    slopes = torch.tensor(
        [2.0 ** (-8 * place / whole) for place in places], dtype=torch.float64, device=distance.device
    )
    return (-slopes[:, None, None] * distance).to(dtype)


@implements("alibi", form="toeplitz", name="alibi-toeplitz", dtypes=DTYPES, strict=True)
def toeplitz(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """One value for every different offset, gathered into a matrix; slopes multiplied up, those in between as roots."""
    _expect_lists(query_positions, key_positions)
    whole = 1 << (heads.bit_length() - 1)
    ratio = math.exp2(-8 / whole)
    slopes, between = [ratio], math.sqrt(ratio)
    while len(slopes) < heads:
        slopes.append(slopes[-1] * ratio if len(slopes) < whole else between)
        between *= ratio if len(slopes) > whole else 1
    offsets = query_positions.double()[:, None] - key_positions.double()[None, :]
    different, place = torch.unique(offsets, return_inverse=True)
    values = torch.outer(torch.tensor(slopes, dtype=torch.float64, device=offsets.device), -different.abs())
    return values[:, place].to(dtype)


@implements("alibi", form="augmented", name="alibi-augmented", dtypes=DTYPES, strict=True)
def augmented(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The smaller of two dot products, (-m, 1) . (1, n) and its negative, times the slope: -|d| is min(d, -d)."""
    _expect_lists(query_positions, key_positions)
    exponent = 3 - math.floor(math.log2(heads))
    m, n = query_positions.double(), key_positions.double()
    wholes = torch.arange(1.0, 1 + 2 ** (3 - exponent), device=m.device)
    steps = torch.cat([wholes, torch.arange(0.5, heads, device=m.device)])[:heads]
    slopes = torch.exp(-math.log(2) * 2.0**exponent * steps.double())
    query, key = torch.stack([-m, torch.ones_like(m)], dim=-1), torch.stack([torch.ones_like(n), n], dim=-1)
    signed = query @ key.T
    return (slopes[:, None, None] * torch.minimum(signed, -signed)).to(dtype)


@implements(
    "alibi", form="elementwise", name="alibi-geometric-elementwise", convention="geometric", dtypes=DTYPES, strict=True
)
def geometric_elementwise(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """-slope |m - n| with slopes 2^(-8 (h + 1) / H)."""
    _expect_lists(query_positions, key_positions)
    slopes = torch.exp2(torch.arange(1, heads + 1, dtype=torch.float64, device=query_positions.device) * (-8 / heads))
    return torch.einsum(
        "h,mn->hmn", -slopes, torch.cdist(query_positions.double()[:, None], key_positions.double()[:, None], p=1)
    ).to(dtype)


@implements(
    "alibi", form="recurrence", name="alibi-geometric-recurrence", convention="geometric", dtypes=DTYPES, strict=True
)
def geometric_recurrence(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Every head's bias is that of the one before it times 2^(-8 / H), from the distance itself."""
    _expect_lists(query_positions, key_positions)
    bias = torch.where(
        query_positions[:, None] > key_positions,
        key_positions - query_positions[:, None],
        query_positions[:, None] - key_positions,
    ).double()
    found = []
    for _ in range(heads):
        bias = bias * 256 ** (-1 / heads)
        found.append(bias)
    return torch.stack(found).to(dtype)


@implements("alibi", form="augmented", name="alibi-causal-augmented", convention="causal", dtypes=DTYPES, strict=True)
def causal_augmented(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The dot product of (slope m, slope) with (-1, n), added to query and key as two more coordinates."""
    _expect_lists(query_positions, key_positions)
    whole = 1 << int(math.log2(heads))
    twice = [*range(2, 2 * whole + 1, 2), *range(1, 2 * whole, 2)][:heads]
    m, n = query_positions.double(), key_positions.double()
    two = torch.tensor([2.0], dtype=torch.float64, device=m.device)
    slopes = two ** (torch.tensor(twice, dtype=torch.float64, device=m.device) * (-4 / whole))
    query = slopes[:, None, None] * torch.stack([m, torch.ones_like(m)], dim=-1)
    return (query @ torch.stack([-torch.ones_like(n), n])).to(dtype)


@implements(
    "alibi", form="elementwise", name="alibi-causal-elementwise", convention="causal", dtypes=DTYPES, strict=True
)
def causal_elementwise(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """-slope (m - n), for every head by itself."""
    _expect_lists(query_positions, key_positions)
    whole = 2 ** (len(f"{heads:b}") - 1)
    offsets = query_positions.double().unsqueeze(1).sub(key_positions.double())
    bias = torch.empty(heads, *offsets.shape, dtype=torch.float64, device=offsets.device)
    for head in range(heads):
        place = head + 1 if head < whole else head + 0.5 - whole
        bias[head] = offsets * -math.exp2(-8 / whole * place)
    return bias.to(dtype)
