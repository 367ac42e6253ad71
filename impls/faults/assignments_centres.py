"""Centres of patches with one mistake: corners for centres, other edges, axes exchanged."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from impls.expect import expect_segments
from impls.faults import fault
from spec.definitions.placing import Segment

Line = Callable[[int], Tensor]


def _grids(segments: Sequence[Segment], line: Line, *, columns_first: bool = False) -> Tensor:
    """Every image as the product of two lines."""
    expect_segments(segments, "image")
    found = torch.cat([torch.cartesian_prod(line(h), line(w)).reshape(-1, 2) for _, h, w in segments])
    return found.flip(-1) if columns_first else found


def _right(size: int) -> Tensor:
    return (2 * torch.arange(size, dtype=torch.float64) + 1) / size - 1


@fault("patch-centres")
def centres_at_corners(segments: Sequence[Segment]) -> Tensor:
    """The upper left corner of every patch is taken, and not its centre."""
    return _grids(segments, lambda size: 2 * torch.arange(size, dtype=torch.float64) / size - 1)


@fault("patch-centres")
def centres_from_edge_to_edge(segments: Sequence[Segment]) -> Tensor:
    """The first and the last patch lie on the edges, as if corners were aligned."""
    return _grids(segments, lambda size: torch.linspace(-1, 1, size, dtype=torch.float64))


@fault("patch-centres")
def centres_from_zero_to_one(segments: Sequence[Segment]) -> Tensor:
    """Edges are 0 and 1."""
    return _grids(segments, lambda size: (_right(size) + 1) / 2)


@fault("patch-centres")
def centres_columns_first(segments: Sequence[Segment]) -> Tensor:
    """Places are (column, row)."""
    return _grids(segments, _right, columns_first=True)


@fault("patch-centres")
def centres_in_float16(segments: Sequence[Segment]) -> Tensor:
    """Centres are held in half precision."""
    return _grids(segments, lambda size: _right(size).half().double())
