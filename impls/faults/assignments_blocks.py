"""Patches in merge blocks with one mistake each: another order, another corner, and places that go on."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any, Final

import torch
from torch import Tensor

from impls.expect import expect_segments
from impls.faults import Step, Steps, fault, fault_in
from spec.definitions.placing import Segment

Cells = list[tuple[int, ...]]


def squares(h: int, w: int, side: int) -> Cells:
    """Row and column of every patch of a frame, square by square."""
    corners = product(range(0, h, side), range(0, w, side))
    return [(top + i, left + j) for top, left in corners for i, j in product(range(side), repeat=2)]


RIGHT: Final[Steps] = {
    "order": squares,
    "place": lambda cell, side, rows: cell,
    "frames": lambda cells, frames, h: [cells] * frames,
}
"""In which order patches come, where one is put behind so many rows of other images, and what becomes of frames."""


def blocks(wrong: Steps, segments: Sequence[Segment], *, spatial_merge_size: int = 2) -> Tensor:
    """Every frame counted from 0, square by square."""
    expect_segments(segments, "image", "video")
    steps: dict[str, Any] = {**RIGHT, **wrong}
    places: Cells = []
    rows = 0
    for _, *sizes in segments:
        *frames, h, w = sizes
        cells = steps["order"](h, w, spatial_merge_size)
        put = [steps["place"](cell, spatial_merge_size, rows) for cell in cells]
        places += [place for frame in steps["frames"](put, (*frames, 1)[0], h) for place in frame]
        rows += h
    return torch.tensor(places)


def _fault(step: str, name: str) -> Callable[[Step], Step]:
    return fault_in(blocks, step, "merge-blocks", name=f"merge-blocks-{name}")


@_fault("order", "row-by-row")
def row_by_row(h: int, w: int, side: int) -> Cells:
    """Patches are taken row by row, as if none were merged."""
    return [*product(range(h), range(w))]


@_fault("order", "column-by-column-in-block")
def column_by_column_in_block(h: int, w: int, side: int) -> Cells:
    """The patches of a square are taken column by column."""
    corners = product(range(0, h, side), range(0, w, side))
    return [(top + i, left + j) for top, left in corners for j, i in product(range(side), repeat=2)]


@_fault("order", "blocks-column-by-column")
def blocks_column_by_column(h: int, w: int, side: int) -> Cells:
    """The squares are taken column by column."""
    corners = product(range(0, w, side), range(0, h, side))
    return [(top + i, left + j) for left, top in corners for i, j in product(range(side), repeat=2)]


@_fault("order", "side-fixed")
def side_fixed(h: int, w: int, side: int) -> Cells:
    """Squares have two patches a side, whatever is told."""
    return sorted(product(range(h), range(w)), key=lambda cell: (cell[0] // 2, cell[1] // 2))


@_fault("order", "sides-exchanged")
def sides_exchanged(h: int, w: int, side: int) -> Cells:
    """The height is taken for the width, and the width for the height."""
    return squares(w, h, side)


@_fault("place", "axes-exchanged")
def axes_exchanged(cell: Sequence[int], side: int, rows: int) -> tuple[int, ...]:
    """The coordinates are (column, row)."""
    return (*reversed(cell),)


@_fault("place", "places-of-blocks")
def places_of_blocks(cell: Sequence[int], side: int, rows: int) -> tuple[int, ...]:
    """A patch has the row and the column of its square."""
    return tuple(n // side for n in cell)


@_fault("place", "counted-on")
def counted_on(cell: Sequence[int], side: int, rows: int) -> tuple[int, ...]:
    """The rows of an image are counted on from those of the images before it."""
    return rows + cell[0], cell[1]


@_fault("frames", "frames-below-one-another")
def frames_below_one_another(cells: Cells, frames: int, h: int) -> Iterable[Cells]:
    """The rows of a frame are counted on from those of the frame before it."""
    return [[(t * h + i, j) for i, j in cells] for t in range(frames)]


@_fault("frames", "one-frame-alone")
def one_frame_alone(cells: Cells, frames: int, h: int) -> Iterable[Cells]:
    """A video has the places of one frame alone."""
    return [cells]


@fault("merge-blocks", name="merge-blocks-time-left-out", convention="with-time")
def time_left_out(segments: Sequence[Segment], *, spatial_merge_size: int = 2) -> Tensor:
    """All frames of a video have the time of the first."""
    places = blocks({}, segments, spatial_merge_size=spatial_merge_size)
    return torch.cat([torch.zeros_like(places[:, :1]), places], dim=-1)


@fault("merge-blocks", name="merge-blocks-time-last", convention="with-time")
def time_last(segments: Sequence[Segment], *, spatial_merge_size: int = 2) -> Tensor:
    """The coordinates are (row, column, time)."""
    places = blocks({}, segments, spatial_merge_size=spatial_merge_size)
    sizes = ([1, *sizes][-3:] for _, *sizes in segments)
    time = torch.cat([torch.arange(t).repeat_interleave(h * w) for t, h, w in sizes])
    return torch.cat([places, time[:, None]], dim=-1)


@_fault("order", "side-at-most-three")
def side_at_most_three(h: int, w: int, side: int) -> Cells:
    """Squares have three patches a side at most, whatever is told."""
    return sorted(product(range(h), range(w)), key=lambda cell: [place // min(side, 3) for place in cell])
