"""The relative positions of Transformer-XL in five forms. No form uses another, or anything that another uses.

`content_bias` and `position_bias` are (heads, dim), for the heads of q (..., heads, nq, dim); or (dim,) for all alike.
"""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_consecutive, expect_contents, expect_pairs

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements(
    "transformer-xl", form="naive", layout="interleaved", name="transformer-xl-naive", dtypes=DTYPES, strict=True
)
def naive(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """(q + u) . k + (q + v) . R, with a row of its own, sine and cosine by turns, for every query and key."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    offsets = query_positions.double()[:, None] - key_positions.double()[None, :]
    exponents = torch.arange(0, q.shape[-1], 2, dtype=torch.float64, device=q.device) / q.shape[-1]
    angles = offsets[..., None] / base**exponents
    rows = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2).to(q.dtype)
    contents = (q + content_bias.unsqueeze(-2)) @ k.mT
    return contents + torch.einsum("...md,mnd->...mn", q + position_bias.unsqueeze(-2), rows)


@implements(
    "transformer-xl",
    form="skewed",
    layout="half",
    name="transformer-xl-skewed",
    positions="contiguous",
    dtypes=DTYPES,
    strict=True,
)
def skewed(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """Every query meets the rows of all offsets, from the largest down; row i of the products is then shifted.

    A column of zeros in front, read again with one row more, moves row i by nq - 1 - i places: the relative shift.
    """
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    expect_consecutive(query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    offsets = torch.arange(int(m[-1] - n[0]), int(m[0] - n[-1]) - 1, -1, dtype=torch.float64, device=q.device)
    theta = torch.pow(base, -torch.arange(q.shape[-1] // 2, dtype=torch.float64, device=q.device) * 2 / q.shape[-1])
    angles = torch.outer(offsets, theta)
    rows = torch.cat([torch.sin(angles), torch.cos(angles)], dim=1).to(q.dtype)
    products = torch.matmul(q + position_bias.unsqueeze(-2), rows.T)
    padded = torch.cat([torch.zeros_like(products[..., :1]), products], dim=-1)
    again = padded.reshape(*padded.shape[:-2], padded.shape[-1], padded.shape[-2])[..., 1:, :]
    shifted = again.reshape(products.shape)[..., : len(n)]
    return torch.matmul(q + content_bias.unsqueeze(-2), k.transpose(-1, -2)) + shifted


@implements("transformer-xl", form="gather", layout="half", name="transformer-xl-gather", dtypes=DTYPES, strict=True)
def gather(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """The four terms by name; a row for every offset that occurs, and each pair takes the product of its own."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    offsets, of_pair = torch.unique(
        query_positions.double().unsqueeze(1) - key_positions.double().unsqueeze(0), return_inverse=True
    )
    frequencies = torch.exp(torch.arange(0, q.shape[-1], 2, device=q.device).double() * (-math.log(base) / q.shape[-1]))
    angles = offsets[:, None] * frequencies
    rows = torch.cat([angles.sin(), angles.cos()], dim=-1).to(q.dtype)
    content_content = torch.einsum("...id,...jd->...ij", q, k)
    content_position = torch.einsum("...id,rd->...ir", q, rows)
    global_content = (content_bias.unsqueeze(-2) * k).sum(-1).unsqueeze(-2)
    global_position = torch.einsum("...d,rd->...r", position_bias, rows).unsqueeze(-2)
    met = content_position + global_position
    index = of_pair.expand(*met.shape[:-2], *of_pair.shape)
    return content_content + global_content + met.gather(-1, index)


@implements(
    "transformer-xl",
    form="augmented",
    layout="interleaved",
    name="transformer-xl-augmented",
    dtypes=DTYPES,
    strict=True,
)
def augmented(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """One product of lengthened vectors: [q + u; q + v turned by its position] . [k; cos and sin at the key].

    a sin(m - n) + b cos(m - n) = (a sin m + b cos m) cos n + (b sin m - a cos m) sin n, pair by pair.
    """
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    theta = torch.tensor(
        [base ** (-2 * i / q.shape[-1]) for i in range(q.shape[-1] // 2)], dtype=torch.float64, device=q.device
    )
    at_query, at_key = (torch.outer(p.double(), theta) for p in (query_positions, key_positions))
    wide = torch.promote_types(q.dtype, torch.float32)
    a, b = (q.to(wide) + position_bias.to(wide)[..., None, :]).unflatten(-1, (-1, 2)).unbind(-1)
    sin, cos = at_query.sin().to(wide), at_query.cos().to(wide)
    turned = torch.cat([a * sin + b * cos, b * sin - a * cos], dim=-1)
    table = torch.cat([at_key.cos(), at_key.sin()], dim=-1).to(wide).expand(*k.shape[:-1], -1)
    queries = torch.cat([q.to(wide) + content_bias.to(wide)[..., None, :], turned], dim=-1)
    return (queries @ torch.cat([k.to(wide), table], dim=-1).mT).to(q.dtype)


@implements("transformer-xl", form="complex", layout="half", name="transformer-xl-complex", dtypes=DTYPES, strict=True)
def complex_numbers(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """The position's share is the real part of sum_i (b_i + i a_i) e^(-i m theta_i) e^(i n theta_i), (a, b) = q + v."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    wide = torch.promote_types(q.dtype, torch.float32)
    imaginary, real = (q.to(wide) + position_bias.to(wide).unsqueeze(-2)).chunk(2, dim=-1)
    steps = torch.logspace(0, -1, real.shape[-1] + 1, base=base, dtype=torch.float64, device=q.device)[:-1]
    back, forth = (
        torch.polar(torch.ones((), dtype=torch.float64, device=q.device), sign * torch.outer(p.double(), steps))
        for sign, p in ((-1, query_positions), (1, key_positions))
    )
    turned = torch.complex(real, imaginary)
    turned = turned * back.to(turned.dtype)
    positions = (turned @ forth.to(turned.dtype).mT).real
    return ((q.to(wide) + content_bias.to(wide).unsqueeze(-2)) @ k.to(wide).mT + positions).to(q.dtype)
