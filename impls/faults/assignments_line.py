"""Positions in one line with one mistake each: another order, a place too many or too few, a count that starts anew."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from impls.expect import expect_segments
from impls.faults import fault
from impls.faults.right_places import behind_separators, by_rows, in_line, patches
from spec.definitions.placing import Segment


@fault("flatten", name="flatten-columns-first")
def columns_first(segments: Sequence[Segment]) -> Tensor:
    """The patches of an image are counted column by column, while they come row by row."""
    return in_line(segments, lambda h, w: [j * h + i for i in range(h) for j in range(w)], patches)


@fault("flatten", name="flatten-starts-at-one")
def starts_at_one(segments: Sequence[Segment]) -> Tensor:
    """The first token stands at 1."""
    return in_line(segments, by_rows, patches, first=1)


@fault("flatten", name="flatten-text-one-late")
def text_one_late(segments: Sequence[Segment]) -> Tensor:
    """What follows an image begins one place too late."""
    return in_line(segments, by_rows, lambda h, w: h * w + 1)


@fault("flatten", name="flatten-restarts")
def restarts(segments: Sequence[Segment]) -> Tensor:
    """Every segment is counted from 0 again."""
    expect_segments(segments, "text", "image", "video")
    return torch.cat([torch.arange(prod(sizes)) for _, *sizes in segments])[:, None]


@fault("flatten", name="flatten-odd-rows-backwards")
def odd_rows_backwards(segments: Sequence[Segment]) -> Tensor:
    """Every other row of an image is counted backwards."""
    return in_line(
        segments, lambda h, w: [i * w + (w - 1 - j if i % 2 else j) for i in range(h) for j in range(w)], patches
    )


@fault("flatten", name="flatten-frames-coincide")
def frames_coincide(segments: Sequence[Segment]) -> Tensor:
    """All frames of a video stand where its first one does."""
    expect_segments(segments, "text", "image", "video")
    places, start = [], 0
    for kind, *sizes in segments:
        frames, size = (sizes[0], prod(sizes[1:])) if kind == "video" else (1, prod(sizes))
        places += [*range(start, start + size)] * frames
        start += size
    return torch.tensor(places)[:, None]


@fault("flatten", name="flatten-segments-consumed")
def segments_consumed(segments: list[Segment]) -> Tensor:
    """The segments are taken out of the list that was handed in."""
    expect_segments(segments, "text", "image", "video")
    places: list[int] = []
    while segments:
        _, *sizes = segments.pop(0)
        places += range(len(places), len(places) + prod(sizes))
    return torch.tensor(places)[:, None]


@fault("flatten", name="flatten-nonsense-accepted")
def nonsense_accepted(segments: Sequence[Segment]) -> Tensor:
    """Any kind of segment is counted, and one of negative size as nothing."""
    return (
        torch.cat([torch.ones([max(size, 0) for size in sizes]).flatten() for _, *sizes in segments]).cumsum(0)[:, None]
        - 1
    )


@fault("flatten", name="flatten-without-axis")
def without_axis(segments: Sequence[Segment]) -> Tensor:
    """The positions come without an axis for their coordinates."""
    return in_line(segments, by_rows, patches)[:, 0]


@fault("flatten", name="flatten-single-token-without-axes")
def single_token_without_axes(segments: Sequence[Segment]) -> Tensor:
    """The position of a single token comes as a number, without axes."""
    places = in_line(segments, by_rows, patches)
    return places.squeeze() if len(places) == 1 else places


@fault("flatten-with-separators")
def separators_forgotten(segments: Sequence[Segment]) -> Tensor:
    """No place is left free for the separators."""
    return in_line(segments, by_rows, patches)


@fault("flatten-with-separators")
def separators_between_rows_only(segments: Sequence[Segment]) -> Tensor:
    """There is no separator behind the last row."""
    return in_line(segments, behind_separators, lambda h, w: h * (w + 1) - 1)


@fault("flatten-with-separators")
def separators_counted_by_columns(segments: Sequence[Segment]) -> Tensor:
    """An image takes a separator for every column instead of every row."""
    return in_line(segments, behind_separators, lambda h, w: (h + 1) * w)


@fault("boustrophedon", name="boustrophedon-even-rows-turned")
def even_rows_turned(segments: Sequence[Segment]) -> Tensor:
    """The even rows are read backwards, and not the odd ones."""
    return in_line(
        segments, lambda h, w: [i * w + (j if i % 2 else w - 1 - j) for i in range(h) for j in range(w)], patches
    )


@fault("boustrophedon", name="boustrophedon-turned-on-across-frames")
def turned_across_frames(segments: Sequence[Segment]) -> Tensor:
    """Rows are counted on from frame to frame, so that a frame may begin with a row read backwards."""
    expect_segments(segments, "text", "image", "video")
    places: list[int] = []
    for kind, *sizes in segments:
        start, rows = len(places), 1 if kind == "text" else prod(sizes[:-1])
        places += [start + place for place in _ploughed(rows, sizes[-1], turned=1)]
    return torch.tensor(places)[:, None]


@fault("boustrophedon", name="boustrophedon-never-turned")
def never_turned(segments: Sequence[Segment]) -> Tensor:
    """Every row is read forwards."""
    return in_line(segments, by_rows, patches)


@fault("hilbert", name="hilbert-not-closed-up")
def not_closed_up(segments: Sequence[Segment]) -> Tensor:
    """What the curve passes outside the image is counted as well."""
    return in_line(segments, lambda h, w: _curve(h, w, order=(max(h, w) - 1).bit_length()), patches)


@fault("hilbert", name="hilbert-transposed")
def transposed(segments: Sequence[Segment]) -> Tensor:
    """The curve begins along the first row instead of down the first column."""

    def order(h: int, w: int) -> list[int]:
        found = _ranked(_curve(w, h, order=(max(h, w) - 1).bit_length()))
        return [found[j * h + i] for i in range(h) for j in range(w)]

    return in_line(segments, order, patches)


def _ploughed(h: int, w: int, *, turned: int) -> list[int]:
    """Row by row, the even (0) or odd (1) rows read backwards."""
    return [i * w + (w - 1 - j if i % 2 == turned else j) for i in range(h) for j in range(w)]


def _curve(h: int, w: int, *, order: int) -> list[int]:
    """How far along the Hilbert curve of order `order` each cell lies, row by row."""

    def along(x: int, y: int, bits: int) -> int:
        if bits == 0:
            return 0
        half = 1 << (bits - 1)
        right, low = x >= half, y >= half
        x, y = x % half, y % half
        if not low:
            x, y = (half - 1 - y, half - 1 - x) if right else (y, x)
        return (3 * right ^ low) * half * half + along(x, y, bits - 1)

    return [along(x, y, order) for y in range(h) for x in range(w)]


def _ranked(found: Sequence[int]) -> list[int]:
    return [sorted(found).index(n) for n in found]
