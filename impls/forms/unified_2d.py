"""The unified layout in two forms: typeset token by token, and as grids placed below one another."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("unified-2d", form="sequential", name="unified-2d-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """A cursor goes along the row; behind a row of patches, and before an image, it returns to the edge."""
    expect_segments(segments, "text", "image")
    positions: list[list[int]] = []
    row = column = 0
    for kind, *sizes in segments:
        if kind == "image" and column > 0:
            row, column = row + 1, 0
        rows, width = sizes if kind == "image" else (1, sizes[0])
        for _ in range(rows):
            for _ in range(width):
                positions.append([row, column])
                column += 1
            if kind == "image":
                row, column = row + 1, 0
    return torch.tensor(positions)


@implements("unified-2d", form="vectorised", name="unified-2d-vectorised", strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """Runs of text joined to one row, every grid's rows counted on from the rows above it."""
    expect_segments(segments, "text", "image")
    grids: list[list[int]] = []
    for index, (kind, *sizes) in enumerate(segments):
        if kind == "text" and index and segments[index - 1][0] == "text":
            grids[-1][1] += sizes[0]
        else:
            grids.append([1, sizes[0]] if kind == "text" else sizes)
    below = torch.tensor([rows for rows, _ in grids]).cumsum(0)
    indices = [torch.ones(shape).nonzero() for shape in grids]
    tops = [int(end) - rows for end, (rows, _) in zip(below, grids, strict=True)]
    return torch.cat([index + torch.tensor([top, 0]) for index, top in zip(indices, tops, strict=True)])
