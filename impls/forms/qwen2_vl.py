"""Qwen2-VL's positions in two forms: counted in nested loops, and as grids of indices."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_multiples, expect_segments
from spec.definitions.placing import Segment

TRANSFORMERS = (
    "https://github.com/huggingface/transformers/blob/main/src/transformers/models/qwen2_vl/modeling_qwen2_vl.py"
)


@implements("qwen2-vl", form="sequential", name="qwen2-vl-sequential", strict=True)
def sequential(segments: Sequence[Segment], *, spatial_merge_size: int = 1, temporal_merge_size: int = 1) -> Tensor:
    """Every segment begins one behind the largest coordinate of all before it."""
    return _counted(segments, spatial_merge_size, temporal_merge_size, last=0)


@implements(
    "qwen2-vl",
    form="sequential",
    name="qwen2-vl-sequential-by-sides",
    source=TRANSFORMERS,
    convention="spatial-advance",
    strict=True,
)
def sequential_by_sides(
    segments: Sequence[Segment], *, spatial_merge_size: int = 1, temporal_merge_size: int = 1
) -> Tensor:
    """Every segment begins one behind the largest row or column of the last one before it."""
    return _counted(segments, spatial_merge_size, temporal_merge_size, last=1)


def _counted(segments: Sequence[Segment], side: int, group: int, *, last: int) -> Tensor:
    """Token by token; the coordinates from `last` on say where the next segment begins."""
    expect_segments(segments, "text", "image", "video")
    expect_multiples(segments, side, group)
    positions: list[tuple[int, int, int]] = []
    first = 0
    for kind, *sizes in segments:
        if kind == "text":
            positions += [(first + i, first + i, first + i) for i in range(sizes[0])]
            first += sizes[0]
            continue
        start = first
        for frame in range(0, sizes[0] if kind == "video" else group, group):
            for row in range(0, sizes[-2], side):
                for column in range(0, sizes[-1], side):
                    place = (start + frame // group, start + row // side, start + column // side)
                    positions.append(place)
                    first = max(first, *(each + 1 for each in place[last:]))
    return torch.tensor(positions)


@implements("qwen2-vl", form="vectorised", name="qwen2-vl-vectorised", strict=True)
def vectorised(segments: Sequence[Segment], *, spatial_merge_size: int = 1, temporal_merge_size: int = 1) -> Tensor:
    """Grids (time, rows, columns) of merged patches, moved by the longest sides of the grids before."""
    return _gridded(segments, spatial_merge_size, temporal_merge_size, [0, 1, 2])


@implements(
    "qwen2-vl", form="vectorised", name="qwen2-vl-vectorised-by-sides", convention="spatial-advance", strict=True
)
def vectorised_by_sides(
    segments: Sequence[Segment], *, spatial_merge_size: int = 1, temporal_merge_size: int = 1
) -> Tensor:
    """Grids of merged patches, moved by the longer sides of the frames before."""
    return _gridded(segments, spatial_merge_size, temporal_merge_size, [1, 2])


def _gridded(segments: Sequence[Segment], side: int, group: int, counted: list[int]) -> Tensor:
    """Segment by segment, moved by the sizes of those before, on the axes that are counted."""
    expect_segments(segments, "text", "image", "video")
    expect_multiples(segments, side, group)
    merge = torch.tensor([group, side, side])
    pieces, start = [], 0
    for kind, *sizes in segments:
        if kind == "text":
            own = torch.arange(sizes[0]).view(-1, 1).expand(-1, 3)
        else:
            grid = torch.tensor(sizes if kind == "video" else [group, *sizes]) // merge
            own = torch.ones(*grid.tolist()).nonzero()
        pieces.append(own + start)
        start += int(own[-1, counted].max()) + 1
    return torch.cat(pieces)
