"""Positions with rows and columns with one mistake each: sides exchanged, and text in the wrong place behind."""

from collections.abc import Callable, Sequence
from math import prod

import torch
from torch import Tensor

from impls.expect import expect_segments
from impls.faults import fault
from impls.faults.right_places import cubed, framed, longer, stepped
from spec.definitions.placing import Segment


@fault("simple-2d", name="simple-text-behind-shorter-side")
def text_behind_shorter_side(segments: Sequence[Segment]) -> Tensor:
    """Text goes on behind the shorter side of an image."""
    return framed(segments, stepped, lambda h, w: min(h, w) + 1)


@fault("simple-2d", name="simple-image-takes-one-place")
def image_takes_one_place(segments: Sequence[Segment]) -> Tensor:
    """Text goes on as if the image were a single patch."""
    return framed(segments, stepped, lambda h, w: 2)


@fault("simple-2d", name="simple-columns-two-apart")
def columns_two_apart(segments: Sequence[Segment]) -> Tensor:
    """Columns are two places apart."""
    return framed(segments, lambda h, w, i, j: (i, 2 * j - 1), lambda h, w: max(h, 2 * w - 1) + 1)


@fault("simple-2d", name="simple-row-plus-column")
def row_plus_column(segments: Sequence[Segment]) -> Tensor:
    """Both coordinates of a patch are the sum of its row and column."""
    return framed(segments, lambda h, w, i, j: (i + j - 1, i + j - 1), lambda h, w: h + w)


@fault("simple-2d", name="simple-text-beside-diagonal")
def text_beside_diagonal(segments: Sequence[Segment]) -> Tensor:
    """Text goes on at (1, 1) from the last patch, beside the diagonal."""
    return _beside(segments, exchanged=False)


@fault("parallel-2d", name="parallel-sides-exchanged")
def sides_exchanged(segments: Sequence[Segment]) -> Tensor:
    """Text goes on at (w + 1, h + 1) from the text before an image instead of (h + 1, w + 1)."""
    return _beside(segments, exchanged=True)


@fault("parallel-2d", name="parallel-back-on-the-diagonal")
def back_on_the_diagonal(segments: Sequence[Segment]) -> Tensor:
    """Text goes on behind the longer side, on the diagonal."""
    return framed(segments, stepped, longer)


@fault("parallel-2d", name="parallel-text-along-the-row")
def text_along_the_row(segments: Sequence[Segment]) -> Tensor:
    """Text behind an image stays in its row."""
    places, done, seen = _beside(segments, exchanged=False), 0, False
    for kind, *sizes in segments:
        count = sizes[0] if kind == "text" else sizes[0] * sizes[1]
        if kind == "text" and seen:
            places[done : done + count, 0] = places[done, 0].clone()
        seen, done = seen or kind == "image", done + count
    return places


def _beside(segments: Sequence[Segment], *, exchanged: bool) -> Tensor:
    """Segments side by side on both axes, each where the one before ends; for `exchanged`, on the other axis."""
    expect_segments(segments, "text", "image")
    places, row, column = [], 0, 0
    for kind, *sizes in segments:
        h, w = (sizes * 2)[:2]
        places += [(row + i, column + j) for i in range(h) for j in range(w) if kind == "image" or i == j]
        row, column = (row + w, column + h) if exchanged else (row + h, column + w)
    return torch.tensor(places)


@fault("unified-2d", name="unified-columns-run-on")
def columns_run_on(segments: Sequence[Segment]) -> Tensor:
    """The columns of an image are counted on from the text before it."""
    return _typeset(segments, run_on=True)


@fault("unified-2d", name="unified-text-in-last-row")
def text_in_last_row(segments: Sequence[Segment]) -> Tensor:
    """Text behind an image begins in the last row of the image, over its patches."""
    return _typeset(segments, back=1)


@fault("unified-2d")
def unified_axes_exchanged(segments: Sequence[Segment]) -> Tensor:
    """The coordinates are (column, row)."""
    return _typeset(segments).flip(-1)


def _typeset(segments: Sequence[Segment], *, run_on: bool = False, back: int = 0) -> Tensor:
    """Rows below one another; images may begin where the text ends, and text so many rows too early."""
    expect_segments(segments, "text", "image")
    places, row, column = [], 0, 0
    for kind, *sizes in segments:
        if kind == "text":
            places += [(row, column + j) for j in range(sizes[0])]
            column += sizes[0]
            continue
        row += 1 if column else 0
        places += [(row + i, column * run_on + j) for i in range(sizes[0]) for j in range(sizes[1])]
        row, column = row + sizes[0] - back, 0
    return torch.tensor(places)


@fault("qwen2-vl", name="qwen2-vl-image-flattened")
def image_flattened(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Patches are counted in one line, the same on all axes."""
    return cubed([("text", prod(sizes)) for _, *sizes in _merged(segments, spatial_merge_size)])


@fault("qwen2-vl", name="qwen2-vl-sides-exchanged")
def qwen_sides_exchanged(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """The height of the grid is taken for its width, and the width for its height."""
    merged = _merged(segments, spatial_merge_size)
    return cubed([(*each[:-2], each[-1], each[-2]) if each[0] != "text" else each for each in merged])


@fault("qwen2-vl", name="qwen2-vl-frames-share-time")
def frames_share_time(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """All frames of a video have the time of the first."""
    return cubed(_merged(segments, spatial_merge_size), lambda t, i, j: (0, i, j))


@fault("qwen2-vl", name="qwen2-vl-time-doubled")
def time_doubled(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Frames are two places apart in time."""
    return cubed(_merged(segments, spatial_merge_size), lambda t, i, j: (2 * t, i, j))


@fault("qwen2-vl", name="qwen2-vl-merge-ignored")
def merge_ignored(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Every patch gets a position, though several of them are merged into one token."""
    return cubed(segments)


@fault("qwen2-vl", name="qwen2-vl-text-behind-patches")
def text_behind_patches(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Text goes on behind as many places as the image has patches, not behind its longest side."""
    merged = _merged(segments, spatial_merge_size)
    places, start, done = cubed(merged), 0, 0
    for _, *sizes in merged:
        count = prod(sizes)
        places[done : done + count] += start - places[done].clone()
        start, done = start + count, done + count
    return places


@fault("qwen2-vl", name="qwen2-vl-text-behind-sides")
def text_behind_sides(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Text goes on behind the longer side of a video, though it may have more frames."""
    return _advanced(_merged(segments, spatial_merge_size), lambda sizes: max(sizes[-2:]))


@fault("qwen2-vl", name="qwen2-vl-text-behind-columns")
def text_behind_columns(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Text goes on behind the last column, though an image may have more rows."""
    return _advanced(_merged(segments, spatial_merge_size), lambda sizes: sizes[-1])


@fault("qwen2-vl", name="qwen2-vl-text-one-late")
def qwen_text_one_late(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Text behind an image goes on one place too late."""
    return _advanced(_merged(segments, spatial_merge_size), lambda sizes: max(sizes) + 1)


@fault("qwen2-vl", name="qwen2-vl-text-behind-unmerged")
def text_behind_unmerged(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> Tensor:
    """Text goes on behind the longest side counted in patches, which are merged into fewer tokens."""
    merged = _merged(segments, spatial_merge_size)
    return _advanced(merged, lambda sizes: max([*sizes[:-2], spatial_merge_size * max(sizes[-2:])]))


@fault("qwen2-vl", name="qwen2-vl-frames-unmerged")
def frames_unmerged(
    segments: Sequence[Segment], *, spatial_merge_size: int = 1, temporal_merge_size: int = 1
) -> Tensor:
    """Frames stand where the first of those does that are merged with it, counted before they are merged."""
    group, merged = temporal_merge_size, _merged(segments, spatial_merge_size)
    grouped = [(each[0], each[1] // group, *each[2:]) if each[0] == "video" else each for each in merged]
    return cubed(grouped, lambda t, i, j: (group * t, i, j))


def _advanced(segments: Sequence[Segment], room: Callable[[Sequence[int]], int]) -> Tensor:
    """Every segment as it lies by itself, behind as much room as those before it take."""
    pieces, start = [], 0
    for kind, *sizes in segments:
        pieces.append(cubed([(kind, *sizes)]) + start)
        start += sizes[0] if kind == "text" else room(sizes)
    return torch.cat(pieces)


@fault("qwen2-vl", name="qwen2-vl-prefix-of-longest", factory=True)
def prefix_of_longest(dim: int, *, spatial_merge_size: int = 1) -> Callable[..., Tensor]:
    """The positions of the longest sequence so far are kept, and a shorter one gets their beginning."""
    longest = torch.zeros(0, 3)

    def assign(segments: Sequence[Segment]) -> Tensor:
        nonlocal longest
        places = cubed(_merged(segments, spatial_merge_size))
        longest = places if len(places) >= len(longest) else longest
        return longest[: len(places)].clone()

    return assign


def _merged(segments: Sequence[Segment], size: int) -> list[Segment]:
    expect_segments(segments, "text", "image", "video")
    return [each if each[0] == "text" else (*each[:-2], each[-2] // size, each[-1] // size) for each in segments]
