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


def expect_cells(positions: Tensor, cells: Sequence[int]) -> None:
    """Whole places (n, axes) on a grid of so many cells along each axis."""
    if positions.ndim != 2 or positions.shape[1] != len(cells):
        raise ValueError(f"expected places of shape (n, {len(cells)}); got {tuple(positions.shape)}")
    for along, count in zip(positions.unbind(1), cells, strict=True):
        expect_within(count, along)


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


def expect_multiples(segments: Sequence[Segment], side: int, frames: int = 1) -> None:
    """Images and videos that divide into squares of so many patches, and videos into groups of so many frames."""
    for kind, *sizes in segments:
        by = {"text": (1,), "image": (side, side), "video": (frames, side, side)}[kind]
        if any(size % each for size, each in zip(sizes, by, strict=True)):
            raise ValueError(f"segment {(kind, *sizes)}: its sizes have to be multiples of {by}, which are merged")


def expect_seconds(segments: Sequence[Segment], seconds: Sequence[float]) -> None:
    """Seconds for every video, where there are any."""
    videos = sum(kind == "video" for kind, *_ in segments)
    if seconds and len(seconds) < videos:
        raise ValueError(f"second_per_grid_ts has {len(seconds)} numbers for {videos} videos; expected one a video")
