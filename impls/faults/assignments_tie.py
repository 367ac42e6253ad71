"""RoPE-Tie with one mistake each: steps or axes exchanged, and text in the wrong place behind an image."""

from collections.abc import Callable, Sequence
from math import gcd

from torch import Tensor

from impls.expect import expect_segments
from impls.faults import fault
from impls.faults.right_places import cut, framed, longer, tied
from spec.definitions.placing import Segment


def _fractional(h: int, w: int, i: int, j: int) -> tuple[float, float]:
    return i * (h * w + 1) / (h + 1), j * (h * w + 1) / (w + 1)


@fault("rope-tie", name="tie-steps-exchanged")
def steps_exchanged(segments: Sequence[Segment]) -> Tensor:
    """The steps s and t are exchanged: rows h + 1 apart and columns w + 1."""
    return framed(segments, lambda h, w, i, j: (i * (h + 1), j * (w + 1)), cut)


@fault("rope-tie", name="tie-columns-first")
def columns_first(segments: Sequence[Segment]) -> Tensor:
    """The patches of an image are placed column by column, while they come row by row."""
    return framed(segments, lambda h, w, i, j: tied(h, w, *_by_columns(h, w, i, j)), cut)


def _by_columns(h: int, w: int, i: int, j: int) -> tuple[int, int]:
    column, row = divmod((i - 1) * w + j - 1, h)
    return row + 1, column + 1


@fault("rope-tie", name="tie-axes-exchanged")
def axes_exchanged(segments: Sequence[Segment]) -> Tensor:
    """The coordinates are (column, row)."""
    return framed(segments, lambda h, w, i, j: tied(h, w, i, j)[::-1], cut)


@fault("rope-tie", name="tie-text-one-late")
def text_one_late(segments: Sequence[Segment]) -> Tensor:
    """Text behind an image goes on one place too late."""
    return framed(segments, tied, lambda h, w: cut(h, w) + 1)


@fault("rope-tie", name="tie-text-behind-longer-side")
def text_behind_longer_side(segments: Sequence[Segment]) -> Tensor:
    """Text goes on behind L + max(h, w), as if the image were not stretched."""
    return framed(segments, tied, longer)


@fault("rope-tie", name="tie-patches-from-zero")
def patches_from_zero(segments: Sequence[Segment]) -> Tensor:
    """Rows and columns of patches are counted from 0: the first patch stands where the text before it ends."""
    return framed(segments, lambda h, w, i, j: tied(h, w, i - 1, j - 1), cut)


@fault("rope-tie", name="tie-starts-at-one")
def starts_at_one(segments: Sequence[Segment]) -> Tensor:
    """The first token stands at (1, 1)."""
    return framed(segments, tied, cut, first=1)


@fault("rope-tie", name="tie-images-restart")
def images_restart(segments: Sequence[Segment]) -> Tensor:
    """Images are placed from 0, wherever the text before them ends."""
    places, done = framed(segments, tied, cut), 0
    for kind, *sizes in segments:
        count = sizes[0] if kind == "text" else sizes[0] * sizes[1]
        if kind == "image":
            alone = framed([("image", *sizes)], tied, cut)
            places[done : done + count] = alone + 1
        done += count
    return places


@fault("rope-tie", name="tie-steps-of-largest-image")
def steps_of_largest_image(segments: Sequence[Segment]) -> Tensor:
    """All images are placed with the steps that the largest of the sequence needs."""
    expect_segments(segments, "text", "image")
    h, w = max(([sizes[0], sizes[1]] for kind, *sizes in segments if kind == "image"), default=[1, 1])
    return framed(segments, lambda _h, _w, i, j: tied(h, w, i, j), lambda _h, _w: cut(h, w))


@fault("rope-tie", name="tie-kept-by-total", factory=True)
def kept_by_total(dim: int) -> Callable[..., Tensor]:
    """The positions are kept by the number of tokens, and given to every other sequence of as many."""
    kept: dict[int, Tensor] = {}

    def assign(segments: Sequence[Segment]) -> Tensor:
        places = framed(segments, tied, cut)
        return kept.setdefault(len(places), places)

    return assign


@fault("rope-tie", name="tie-fractional-steps")
def fractional_steps(segments: Sequence[Segment]) -> Tensor:
    """The steps are the fractions that make an image as long as its patches."""
    return framed(segments, _fractional, lambda h, w: h * w + 1)


@fault("rope-tie-minimal", name="tie-minimal-divides-by-sides")
def divides_by_sides(segments: Sequence[Segment]) -> Tensor:
    """The steps are divided by gcd(h, w) instead of gcd(h + 1, w + 1), rounding down."""
    return framed(
        segments,
        lambda h, w, i, j: tuple(x // gcd(h, w) for x in tied(h, w, i, j)),
        lambda h, w: cut(h, w) // gcd(h, w),
    )


@fault("rope-tie-minimal", name="tie-minimal-not-divided")
def not_divided(segments: Sequence[Segment]) -> Tensor:
    """The steps are w + 1 and h + 1, whatever they have in common."""
    return framed(segments, tied, cut)


@fault("rope-tie-fractional", name="tie-fractional-rounded-down")
def rounded_down(segments: Sequence[Segment]) -> Tensor:
    """Positions between the integers are rounded down."""
    return framed(segments, _fractional, lambda h, w: h * w + 1).floor().long()


@fault("rope-tie-fractional", name="tie-fractional-in-float32", dtypes=("float64",))
def in_float32(segments: Sequence[Segment]) -> Tensor:
    """Fractions are rounded to float32, though float64 is named."""
    return framed(segments, _fractional, lambda h, w: h * w + 1).float()


@fault("rope-tie-fractional", name="tie-fractional-text-one-early")
def text_one_early(segments: Sequence[Segment]) -> Tensor:
    """Text goes on at L + h w, one place too early."""
    return framed(segments, _fractional, lambda h, w: h * w)


@fault("rope-tie-marked", name="tie-marked-closing-one-late")
def closing_one_late(segments: Sequence[Segment]) -> Tensor:
    """The closing marker stands one place too late, and so does what follows."""
    return framed(_with_markers(segments), tied, lambda h, w: cut(h, w) + 1)


@fault("rope-tie-marked", name="tie-marked-anchored-before")
def anchored_before(segments: Sequence[Segment]) -> Tensor:
    """The image is placed as if its opening marker were not there, and is not symmetric between its markers."""
    return framed(_with_markers(segments), lambda h, w, i, j: (i * (w + 1) - 1, j * (h + 1) - 1), cut)


def _with_markers(segments: Sequence[Segment]) -> list[Segment]:
    marker = ("text", 1)
    return [each for one in segments for each in ([marker, one, marker] if one[0] == "image" else [one])]
