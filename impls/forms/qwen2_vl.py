"""Qwen2-VL's positions in two forms: counted in nested loops, and as grids of indices."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


def _expect_mergeable(segments: Sequence[Segment], size: int) -> None:
    for kind, *sizes in segments:
        if kind != "text" and any(side % size for side in sizes[-2:]):
            raise ValueError(f"segment {(kind, *sizes)}: its rows and columns have to be multiples of {size}")


@implements("qwen2-vl", form="sequential", name="qwen2-vl-sequential", strict=True)
def sequential(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Every segment begins one behind the largest coordinate of all before it."""
    expect_segments(segments, "text", "image", "video")
    _expect_mergeable(segments, spatial_merge_size)
    positions: list[tuple[int, int, int]] = []
    largest = -1
    for kind, *sizes in segments:
        first = largest + 1
        if kind == "text":
            positions += [(first + i, first + i, first + i) for i in range(sizes[0])]
        else:
            frames = sizes[0] if kind == "video" else 1
            for t in range(frames):
                for row in range(0, sizes[-2], spatial_merge_size):
                    for column in range(0, sizes[-1], spatial_merge_size):
                        place = (t, row // spatial_merge_size, column // spatial_merge_size)
                        positions.append((first + place[0], first + place[1], first + place[2]))
        largest = max(max(place) for place in positions)
    return torch.tensor(positions)


@implements("qwen2-vl", form="vectorised", name="qwen2-vl-vectorised", strict=True)
def vectorised(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Grids (time, rows, columns) of merged patches, moved by the longest sides of the grids before."""
    expect_segments(segments, "text", "image", "video")
    _expect_mergeable(segments, spatial_merge_size)
    merge = torch.tensor([1, spatial_merge_size, spatial_merge_size])
    pieces, start = [], 0
    for kind, *sizes in segments:
        if kind == "text":
            own = torch.arange(sizes[0]).view(-1, 1).expand(-1, 3)
        else:
            grid = torch.tensor([1, *sizes][-3:]) // merge
            own = torch.ones(*grid.tolist()).nonzero()
        pieces.append(own + start)
        start = int(pieces[-1].max()) + 1
    return torch.cat(pieces)
