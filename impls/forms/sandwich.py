"""Sandwich in both of its conventions, each in two forms. No form uses another, or anything that another uses."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect(query_positions: Tensor, key_positions: Tensor, bar_d: int) -> None:
    """Positions (n,), and an even number of coordinates."""
    for positions in (query_positions, key_positions):
        if positions.ndim != 1:
            raise ValueError(f"positions have the shape {tuple(positions.shape)}; expected (n,)")
    if bar_d < 2 or bar_d % 2:
        raise ValueError(f"bar_d is {bar_d}; expected an even number of coordinates, a sine and a cosine each")


@implements("sandwich", form="elementwise", name="sandwich-elementwise", dtypes=DTYPES, strict=True)
def elementwise(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    base: float = 10000.0,
    bar_d: int = 128,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The cosines of all offsets, summed, less their number, over the compression ratio of the head."""
    _expect(query_positions, key_positions, bar_d)
    offsets = query_positions.double()[:, None] - key_positions.double()
    frequencies = base ** (-2 * torch.arange(1, bar_d // 2 + 1, dtype=torch.float64, device=offsets.device) / bar_d)
    met = (offsets[..., None] * frequencies).cos().sum(-1) - bar_d / 2
    ratios = 8 * torch.arange(1, heads + 1, dtype=torch.float64, device=offsets.device) / heads
    return (met / ratios[:, None, None]).to(dtype)


@implements("sandwich", form="product", name="sandwich-product", dtypes=DTYPES, strict=True)
def product(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    base: float = 10000.0,
    bar_d: int = 128,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The dot products of the rows of a sinusoidal table, whose lengths are all sqrt(D / 2)."""
    _expect(query_positions, key_positions, bar_d)
    steps = torch.logspace(0, -1, bar_d // 2 + 1, base=base, dtype=torch.float64, device=query_positions.device)[1:]
    rows = []
    for positions in (query_positions, key_positions):
        angles = torch.outer(positions.double(), steps)
        rows.append(torch.cat([angles.sin(), angles.cos()], dim=-1))
    bias = rows[0] @ rows[1].T - len(steps)
    return torch.stack([bias * heads / (8 * head) for head in range(1, heads + 1)]).to(dtype)


@implements(
    "sandwich", form="complex", name="sandwich-from-zero-complex", convention="from-zero", dtypes=DTYPES, strict=True
)
def from_zero_complex(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    base: float = 10000.0,
    bar_d: int = 128,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The dot products of complex numbers e^(i p theta), of which the real part is meant."""
    _expect(query_positions, key_positions, bar_d)
    places = torch.arange(0, bar_d, 2, dtype=torch.float64, device=query_positions.device)
    thetas = torch.exp(-math.log(base) * places / bar_d)
    at_query, at_key = (
        torch.polar(torch.ones_like(a), a)
        for a in (query_positions.double()[:, None] * thetas, key_positions.double()[:, None] * thetas)
    )
    bias = (at_query @ at_key.mH).real - bar_d // 2
    return torch.einsum("h,mn->hmn", heads / (8 * torch.arange(1.0, heads + 1, device=bias.device).double()), bias).to(
        dtype
    )


@implements(
    "sandwich",
    form="elementwise",
    name="sandwich-from-zero-sines",
    convention="from-zero",
    dtypes=DTYPES,
    strict=True,
)
def from_zero_sines(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    base: float = 10000.0,
    bar_d: int = 128,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Minus twice the squared sines of half the angles, which is cos - 1, frequency by frequency."""
    _expect(query_positions, key_positions, bar_d)
    apart = query_positions.double().unsqueeze(1).sub(key_positions.double())
    bias = torch.zeros_like(apart)
    for i in range(bar_d // 2):
        bias = bias - 2 * (apart / (2 * base ** (2 * i / bar_d))).sin().square()
    found = torch.empty(heads, *apart.shape, dtype=torch.float64, device=apart.device)
    for head in range(heads):
        found[head] = bias.div(8 * (head + 1)).mul(heads)
    return found.to(dtype)
