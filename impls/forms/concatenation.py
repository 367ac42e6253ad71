"""The sinusoidal table beside the input, in four forms. No form uses another, or anything that another uses."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_contents, expect_pairs

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements(
    "concatenation", form="augmented", layout="interleaved", name="concatenation-augmented", dtypes=DTYPES, strict=True
)
def augmented(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """[q; PE_m] . [k; PE_n]: what the name says."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)

    def beside(x: Tensor, positions: Tensor) -> Tensor:
        exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64, device=x.device) / x.shape[-1]
        angles = positions.double()[:, None] / base**exponents
        table = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2).to(x.dtype)
        return torch.cat([x, table.expand_as(x)], dim=-1)

    return beside(q, query_positions) @ beside(k, key_positions).mT


@implements("concatenation", form="naive", layout="half", name="concatenation-naive", dtypes=DTYPES, strict=True)
def naive(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """q . k, and the products of sines and of cosines, added up."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    theta = torch.exp(
        torch.arange(q.shape[-1] // 2, dtype=torch.float64, device=q.device) * (-2 * math.log(base) / q.shape[-1])
    )
    m, n = torch.outer(query_positions.double(), theta), torch.outer(key_positions.double(), theta)
    return q @ k.mT + (m.sin() @ n.sin().T + m.cos() @ n.cos().T).to(q.dtype)


@implements(
    "concatenation", form="toeplitz", layout="interleaved", name="concatenation-toeplitz", dtypes=DTYPES, strict=True
)
def toeplitz(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The table's share is g(n - m), the sum of the cosines of the offset: one number for every offset that occurs."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    apart = key_positions.to(torch.float64) - query_positions.to(torch.float64)[:, None]
    offsets, of_pair = torch.unique(apart.abs(), return_inverse=True)
    theta = torch.pow(base, -torch.arange(0, q.shape[-1], 2, dtype=torch.float64, device=q.device) / q.shape[-1])
    bias = torch.cos(offsets[:, None] * theta).sum(dim=1)[of_pair]
    return torch.einsum("...md,...nd->...mn", q, k) + bias.to(q.dtype)


@implements(
    "concatenation", form="complex", layout="interleaved", name="concatenation-complex", dtypes=DTYPES, strict=True
)
def complex_numbers(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The table's share is the real part of sum_i e^(i m theta_i) times the conjugate of e^(i n theta_i)."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    steps = torch.logspace(0, -1, q.shape[-1] // 2 + 1, base=base, dtype=torch.float64, device=q.device)[:-1]
    waves = [torch.exp(1j * p.double()[:, None] * steps) for p in (query_positions, key_positions)]
    bias = torch.einsum("mi,ni->mn", waves[0], waves[1].conj()).real
    return torch.matmul(q, k.mT) + bias.to(q.dtype)
