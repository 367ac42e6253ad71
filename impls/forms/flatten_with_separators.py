"""Flattened sequences with a place free behind every row, in two forms: counted, and cut from a wider grid."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("flatten-with-separators", form="sequential", name="flatten-with-separators-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """Behind every row of patches one number is left out."""
    expect_segments(segments, "text", "image", "video")
    positions: list[int] = []
    free = 0
    for kind, *sizes in segments:
        *rows, width = sizes
        for _ in range(prod(rows)):
            positions += range(free, free + width)
            free += width + (kind != "text")
    return torch.tensor(positions).unsqueeze(-1)


@implements("flatten-with-separators", form="vectorised", name="flatten-with-separators-vectorised", strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """An image is the grid (h, w + 1) of numbers, without its last column."""
    expect_segments(segments, "text", "image", "video")
    shapes = [(1, *sizes) if kind == "text" else (prod(sizes[:-1]), sizes[-1] + 1) for kind, *sizes in segments]
    grids = [torch.arange(rows * columns).view(rows, columns) for rows, columns in shapes]
    ends = torch.tensor([grid.numel() for grid in grids]).cumsum(0)
    kept = [grid if kind == "text" else grid[:, :-1] for grid, (kind, *_) in zip(grids, segments, strict=True)]
    starts = [int(end) - grid.numel() for end, grid in zip(ends, grids, strict=True)]
    return torch.cat([(grid + start).flatten() for grid, start in zip(kept, starts, strict=True)])[:, None]
