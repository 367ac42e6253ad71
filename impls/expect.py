"""What forms refuse: contents that do not meet, places that are none, and segments that no sequence has.

Each raises ValueError for what it does not expect. None of them returns anything, so that forms which share them have
nothing in common that they compute with.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from spec.definitions.placing import SIZES, Segment


def expect_contents(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, axes: int = 1, batched: bool = False
) -> None:
    """Queries and keys of one dimension, one place each: (n,), or (n, axes) on a grid; `batched`: or (batch, n)."""
    if q.ndim < 2 or k.ndim < 2 or q.shape[-1] != k.shape[-1]:
        raise ValueError(f"expected q (..., nq, dim) and k (..., nk, dim); got {tuple(q.shape)} and {tuple(k.shape)}")
    for name, x, places in (("query", q, query_positions), ("key", k, key_positions)):
        wanted = (x.shape[-2],) if axes == 1 else (x.shape[-2], axes)
        rows = batched and x.ndim == 4 and tuple(places.shape) == (len(x), x.shape[-2])
        if tuple(places.shape) != wanted and not rows:
            raise ValueError(f"expected {name} positions of shape {wanted}, a place a token; got {tuple(places.shape)}")


def expect_pairs(q: Tensor) -> None:
    """Coordinates that form pairs: an even dimension."""
    if q.shape[-1] % 2:
        raise ValueError(f"the dimension must be even to be split into pairs; got {q.shape[-1]}")


def expect_rows(table: Tensor, rows: int, dim: int) -> None:
    """A learned table of so many rows."""
    if tuple(table.shape) != (rows, dim):
        raise ValueError(f"expected a table of shape {(rows, dim)}; got {tuple(table.shape)}")


def expect_whole(*several: Tensor) -> None:
    """Positions that are integers, of whatever dtype."""
    for positions in several:
        if not torch.equal(positions.long().to(positions.dtype), positions):
            said = "positions must be whole numbers, there is nothing between them"
            raise ValueError(f"{said}; got {positions.tolist()}")


def expect_within(rows: int, *several: Tensor) -> None:
    """Whole positions that have a row in a table."""
    expect_whole(*several)
    for positions in several:
        if len(positions) and not 0 <= int(positions.min()) <= int(positions.max()) < rows:
            ends = f"{int(positions.min())} ... {int(positions.max())}"
            raise ValueError(f"positions must lie in 0 ... {rows - 1}; got {ends}")


def expect_consecutive(*several: Tensor) -> None:
    """Whole positions that rise by 1."""
    expect_whole(*several)
    for positions in several:
        if not torch.equal(
            positions.long(), positions[:1].long() + torch.arange(len(positions), device=positions.device)
        ):
            raise ValueError(
                f"positions must follow one another, for rows are shifted; got {positions.long().tolist()}"
            )


def expect_segments(segments: Sequence[Segment], *kinds: str) -> None:
    """Segments of these kinds alone, with the sizes of their kind: ("text", n), ("image", h, w), ("video", t, h, w)."""
    for kind, *sizes in segments:
        if kind not in kinds:
            raise ValueError(f"segment {(kind, *sizes)}: expected one of {', '.join(kinds)}")
        if len(sizes) != SIZES[kind] or any(size < 1 for size in sizes):
            raise ValueError(f"segment {(kind, *sizes)}: expected {SIZES[kind]} size(s) of at least 1")
