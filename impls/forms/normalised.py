"""Positions over the length, which is one more than the largest of them; two forms under each convention."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_from_zero(positions: Tensor) -> None:
    if (positions < 0).any():
        raise ValueError(f"a sequence starts at position 0; got {positions.min().item()}")


def _expect_integers(positions: Tensor) -> None:
    if positions.is_floating_point() or (positions < 0).any():
        raise ValueError(f"rows are looked up at the positions 0, 1, 2, ...; got {positions.tolist()}")


@implements("normalised", form="elementwise", name="normalised-elementwise", dtypes=DTYPES, strict=True)
def elementwise(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_p = (p / L, ..., p / L)."""
    _expect_from_zero(positions)
    shares = positions.double() / (positions.max() + 1)
    return shares.to(dtype).unsqueeze(1).repeat(1, dim)


@implements("normalised", form="matrix", name="normalised-matrix", dtypes=DTYPES, strict=True)
def matrix(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE = p (1/L, ..., 1/L)^T, an outer product."""
    _expect_from_zero(positions)
    row = torch.full((dim,), 1 / (positions.max().item() + 1), dtype=torch.float64, device=positions.device)
    return torch.outer(positions.double(), row).to(dtype)


@implements("normalised", form="gather", name="normalised-gather", positions="non-negative", dtypes=DTYPES, strict=True)
def gather(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The arithmetic progression 0, 1/L, 2/L, ..., looked up."""
    _expect_integers(positions)
    length = int(positions.max()) + 1
    progression = torch.arange(length, dtype=torch.float64, device=positions.device).div(length).to(dtype)
    return progression[positions.long()][:, None].repeat(1, dim)


@implements(
    "normalised",
    form="elementwise",
    name="normalised-reaches-one",
    convention="reaches-one",
    dtypes=DTYPES,
    strict=True,
)
def elementwise_to_one(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_p = p / (L - 1) in every coordinate, and 0 for a single token."""
    _expect_from_zero(positions)
    last = positions.max().clamp(min=1)
    return (positions.double() / last)[:, None].expand(-1, dim).to(dtype)


@implements(
    "normalised",
    form="gather",
    name="normalised-reaches-one-gather",
    convention="reaches-one",
    positions="non-negative",
    dtypes=DTYPES,
    strict=True,
)
def gather_to_one(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The progression from 0 to 1 in L steps, looked up."""
    _expect_integers(positions)
    length = int(positions.amax()) + 1
    column = torch.arange(length, device=positions.device).double() / max(length - 1, 1)
    return column.to(dtype)[positions.long()].repeat(dim, 1).T.contiguous()
