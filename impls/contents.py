"""What forms in query and key refuse: contents that do not meet, and places that are none."""

import torch
from torch import Tensor


def expect_contents(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, axes: int = 1) -> None:
    """Queries and keys of one dimension, one place each: (n,), or (n, axes) on a grid. Raises ValueError otherwise."""
    if q.ndim < 2 or k.ndim < 2 or q.shape[-1] != k.shape[-1]:
        raise ValueError(f"expected q (..., nq, dim) and k (..., nk, dim); got {tuple(q.shape)} and {tuple(k.shape)}")
    for name, x, places in (("query", q, query_positions), ("key", k, key_positions)):
        wanted = (x.shape[-2],) if axes == 1 else (x.shape[-2], axes)
        if tuple(places.shape) != wanted:
            raise ValueError(f"expected {name} positions of shape {wanted}, a place a token; got {tuple(places.shape)}")


def expect_pairs(q: Tensor) -> None:
    """Coordinates that form pairs. Raises ValueError for an odd dimension."""
    if q.shape[-1] % 2:
        raise ValueError(f"the dimension must be even to be split into pairs; got {q.shape[-1]}")


def whole(positions: Tensor) -> Tensor:
    """Positions as int64. Raises ValueError for those between the integers."""
    rounded = positions.long()
    if not torch.equal(rounded.to(positions.dtype), positions):
        raise ValueError(f"positions must be whole numbers, there is nothing between them; got {positions.tolist()}")
    return rounded


def expect_rows(table: Tensor, rows: int, dim: int) -> None:
    """A learned table of so many rows. Raises ValueError for another shape."""
    if tuple(table.shape) != (rows, dim):
        raise ValueError(f"expected a table of shape {(rows, dim)}; got {tuple(table.shape)}")


def expect_within(positions: Tensor, rows: int) -> Tensor:
    """Whole positions that have a row in a table. Raises ValueError for those beyond its ends."""
    found = whole(positions)
    if len(found) and not 0 <= int(found.min()) <= int(found.max()) < rows:
        raise ValueError(f"positions must lie in 0 ... {rows - 1}; got {int(found.min())} ... {int(found.max())}")
    return found


def expect_consecutive(positions: Tensor) -> Tensor:
    """Whole positions that rise by 1. Raises ValueError for all others."""
    found = whole(positions)
    if not torch.equal(found, found[:1] + torch.arange(len(found))):
        raise ValueError(f"positions must follow one another, for rows are shifted; got {found.tolist()}")
    return found
