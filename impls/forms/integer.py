"""Integer positions in three forms. Float16 is not declared: it ends at 65504."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16")


@implements("integer", form="elementwise", name="integer-elementwise", dtypes=DTYPES, strict=True)
def elementwise(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_p = (p, p, ..., p)."""
    return positions.to(dtype)[:, None].repeat(1, dim)


@implements("integer", form="matrix", name="integer-matrix", dtypes=DTYPES, strict=True)
def matrix(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE = p 1^T, the outer product of the positions with a row of ones."""
    return torch.outer(positions.double(), torch.ones(dim, dtype=torch.float64, device=positions.device)).to(dtype)


@implements(
    "integer", form="recurrence", name="integer-recurrence", positions="non-negative", dtypes=DTYPES, strict=True
)
def recurrence(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_0 = 0 and PE_(p + 1) = PE_p + 1: the sums of rows of ones."""
    if positions.is_floating_point() or (positions < 0).any():
        raise ValueError(f"a recurrence from 0 reaches the positions 0, 1, 2, ...; got {positions.tolist()}")
    rows = torch.ones(int(positions.max()) + 1, dtype=torch.float64, device=positions.device).cumsum(dim=0) - 1
    return rows[positions.long()].to(dtype)[:, None].expand(-1, dim).clone()
