"""RoPE between two sequences with shared indices, in five forms. No form uses another, or what another uses."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_contents, expect_pairs

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements(
    "cross-attention",
    form="elementwise",
    layout="interleaved",
    name="cross-attention-elementwise",
    dtypes=DTYPES,
    strict=True,
    batched=True,
)
def elementwise(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """Both sides are turned, each by its own index: (a, b) -> (a cos - b sin, b cos + a sin).

    Each row of a batch (batch, heads, n, dim) may have indices of its own, (batch, n).
    """
    expect_contents(q, k, query_positions, key_positions, batched=True)
    expect_pairs(q)
    theta = base ** (-torch.arange(0, q.shape[-1], 2, dtype=torch.float64, device=q.device) / q.shape[-1])

    def turned(x: Tensor, positions: Tensor) -> Tensor:
        angles = (positions[:, None] if positions.ndim == 2 else positions).double()[..., None] * theta
        a, b, c, s = x[..., 0::2], x[..., 1::2], angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        return torch.stack([a * c - b * s, b * c + a * s], dim=-1).flatten(-2)

    return turned(q, query_positions) @ turned(k, key_positions).mT


@implements(
    "cross-attention", form="rotate-half", layout="half", name="cross-attention-rotate-half", dtypes=DTYPES, strict=True
)
def rotate_half(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """x * (c, c) + (-b, a) * (s, s) for x = (a, b), on both sides."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    inverse = torch.exp(
        torch.arange(q.shape[-1] // 2, device=q.device).double() * (-2 * math.log(base) / q.shape[-1])
    ).repeat(2)
    sides = []
    for x, positions in ((q, query_positions), (k, key_positions)):
        angles = torch.outer(positions.to(torch.float64), inverse)
        a, b = x.chunk(2, dim=-1)
        sides.append(x * angles.cos().to(x.dtype) + torch.cat([-b, a], dim=-1) * angles.sin().to(x.dtype))
    return torch.einsum("...md,...nd->...mn", *sides)


@implements(
    "cross-attention", form="complex", layout="interleaved", name="cross-attention-complex", dtypes=DTYPES, strict=True
)
def complex_numbers(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The real part of sum_i q_i e^(i m theta_i) times the conjugate of k_i e^(i n theta_i)."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    wide = torch.promote_types(q.dtype, torch.float32)
    steps = torch.logspace(0, -1, q.shape[-1] // 2 + 1, base=base, dtype=torch.float64, device=q.device)[:-1]
    sides = []
    for x, positions in ((q, query_positions), (k, key_positions)):
        z = torch.view_as_complex(x.to(wide).unflatten(-1, (-1, 2)).contiguous())
        sides.append(z * torch.exp(1j * torch.outer(positions.double(), steps)).to(z.dtype))
    return torch.matmul(sides[0], sides[1].mH).real.to(q.dtype)


@implements("cross-attention", form="matrix", layout="half", name="cross-attention-matrix", dtypes=DTYPES, strict=True)
def matrix(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(R_m q) . (R_n k), with (dim, dim) rotations that hold cosines and sines in four diagonal blocks."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    half = q.shape[-1] // 2
    theta = torch.tensor([1 / base ** (i / half) for i in range(half)], dtype=torch.float64, device=q.device)
    rotations = []
    for positions in (query_positions, key_positions):
        angles = positions.double().unsqueeze(-1) * theta
        c, s = torch.diag_embed(angles.cos()), torch.diag_embed(angles.sin())
        rotations.append(torch.cat([torch.cat([c, -s], dim=-1), torch.cat([s, c], dim=-1)], dim=-2).to(q.dtype))
    queries = torch.einsum("mij,...mj->...mi", rotations[0], q)
    keys = torch.einsum("nij,...nj->...ni", rotations[1], k)
    return torch.matmul(queries, keys.mT)


@implements(
    "cross-attention", form="toeplitz", layout="half", name="cross-attention-toeplitz", dtypes=DTYPES, strict=True
)
def toeplitz(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """q . R_(n-m) k by the offset alone: pair by pair, dot product times cosine, less cross product times sine."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    exponents = -torch.arange(q.shape[-1] // 2, dtype=torch.float64, device=q.device) / (q.shape[-1] // 2)
    angles = (key_positions.double() - query_positions.double()[:, None])[..., None] * torch.pow(base, exponents)
    wide = torch.promote_types(q.dtype, torch.float32)
    sides = (q.to(wide)[..., :, None, :], k.to(wide)[..., None, :, :])
    (a, b), (x, y) = (side.unflatten(-1, (2, -1)).unbind(-2) for side in sides)
    c, s = angles.cos().to(wide), angles.sin().to(wide)
    logits: Tensor = ((a * x + b * y) * c - (a * y - b * x) * s).sum(dim=-1)
    return logits.to(q.dtype)
