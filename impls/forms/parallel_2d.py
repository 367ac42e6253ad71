"""Parallel 2D positions in two forms: rows and columns counted side by side, and grids moved as a whole."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("parallel-2d", form="sequential", name="parallel-2d-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """Row and column count on separately, each from where the segment before ends on its axis."""
    expect_segments(segments, "text", "image")
    positions: list[tuple[int, int]] = []
    row = column = 0
    for kind, *sizes in segments:
        h, w = sizes if kind == "image" else sizes * 2
        cells = [(i, j) for i in range(h) for j in range(w) if kind == "image" or i == j]
        positions += [(row + i, column + j) for i, j in cells]
        row, column = row + h, column + w
    return torch.tensor(positions)


@implements("parallel-2d", form="vectorised", name="parallel-2d-vectorised", strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """Text moves by (n, n) and an image by (h, w): the moves before a segment, added up, are where it starts."""
    expect_segments(segments, "text", "image")
    sides = torch.tensor([sizes if kind == "image" else sizes * 2 for kind, *sizes in segments])
    starts = torch.cat([torch.zeros(1, 2, dtype=torch.int64), sides.cumsum(0)[:-1]])
    pieces = []
    for start, (kind, *sizes) in zip(starts, segments, strict=True):
        axes = [torch.arange(size) for size in sizes]
        pieces.append(start + (torch.cartesian_prod(*axes) if kind == "image" else axes[0][:, None].expand(-1, 2)))
    return torch.cat(pieces)
