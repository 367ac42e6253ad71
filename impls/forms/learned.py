"""The learned table in three forms: rows are looked up, or selected by a product with one-hot rows."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_rows(positions: Tensor, dim: int, table: Tensor) -> None:
    """Refuse what the table has no row for, and a table of another width."""
    if table.ndim != 2 or table.shape[1] != dim:
        raise ValueError(f"the table must have the shape (entries, {dim}); got {tuple(table.shape)}")
    if positions.is_floating_point() or (positions < 0).any() or (positions >= len(table)).any():
        raise ValueError(
            f"a table of {len(table)} rows has the positions 0 to {len(table) - 1}; got {positions.tolist()}"
        )


@implements("learned", form="gather", name="learned-gather", dtypes=DTYPES, strict=True)
def gather(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """PE_p = table[p]."""
    if len(table) != max_position_embeddings:
        raise ValueError(f"expected a table of {max_position_embeddings} rows; got {len(table)}")
    _expect_rows(positions, dim, table)
    return table[positions.long()].to(dtype)


@implements("learned", form="gather", name="learned-embedding", dtypes=DTYPES, strict=True)
def embedding(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE_p = embedding(p)."""
    _expect_rows(positions, dim, table)
    return torch.nn.functional.embedding(positions, table).to(dtype)


@implements("learned", form="one-hot", name="learned-one-hot", dtypes=DTYPES, strict=True)
def one_hot(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """PE = E table, where row i of E is 1 at position p_i and 0 elsewhere."""
    _expect_rows(positions, dim, table)
    chosen = (positions[:, None] == torch.arange(len(table), device=positions.device)).to(table.dtype)
    return (chosen @ table).to(dtype)
