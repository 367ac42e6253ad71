"""Where the tokens of text and the patches of images sit in a mixed sequence: every assignment of positions, exactly.

Segments are ("text", n), ("image", h, w) with h rows of w patches, and, where everything is put in one line,
("video", t, h, w). Patches come row by row. n tokens of text take start .. start + n - 1 (twice, where there are two
axes), so that pure text is what every one-dimensional encoding counts. On two axes a place is (row, column), and an
image lies between two texts as its frame says: L is the place of the last token before it, K that of the first behind.

    L . . . .
    . . . . .      patch (i, j), i = 1..h and j = 1..w, at (L + i s, L + j t)
    . p p p .      here h = 1, w = 3 and s = 2, t = 1: the gap before the first patch is the one behind the last
    . . . . .
    . . . . K
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from math import gcd, prod
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from spec.definitions.words import Undefined

Number = int | Fraction
Place = tuple[Number, ...]
Segment = tuple[Any, ...]
SIZES = {"text": 1, "image": 2, "video": 3}


class Places(Protocol):
    """A place for every token and patch, in the order of the sequence."""

    def __call__(self, segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
        """The places; `start` is that of a first token of text. Undefined for a segment that has none here."""


class Frame(NamedTuple):
    """How an image lies between two texts: the step from row to row and column to column, and K - L on either axis."""

    steps: tuple[Number, Number]
    reach: tuple[Number, Number]


def tie_frame(h: int, w: int) -> Frame:
    """RoPE-Tie: steps w + 1 and h + 1, the simplest formula with equal gaps and integers only."""
    return Frame((w + 1, h + 1), ((w + 1) * (h + 1),) * 2)


def minimal_frame(h: int, w: int) -> Frame:
    """RoPE-Tie with the least steps that are integers."""
    common = gcd(h + 1, w + 1)
    return Frame(((w + 1) // common, (h + 1) // common), ((w + 1) * (h + 1) // common,) * 2)


def fractional_frame(h: int, w: int) -> Frame:
    """RoPE-Tie in which an image takes as much room as its h w patches in a line."""
    return Frame((Fraction(w * h + 1, h + 1), Fraction(w * h + 1, w + 1)), (w * h + 1,) * 2)


def simple_frame(h: int, w: int) -> Frame:
    """Steps of 1; the text goes on behind the last row and the last column, on the diagonal."""
    return Frame((1, 1), (max(h, w) + 1,) * 2)


def parallel_frame(h: int, w: int) -> Frame:
    """Steps of 1; the text goes on at (1, 1) from the last patch, parallel to the diagonal."""
    return Frame((1, 1), (h + 1, w + 1))


FRAMES: Mapping[str, Callable[[int, int], Frame]] = MappingProxyType(
    {
        "rope-tie": tie_frame,
        "rope-tie-minimal": minimal_frame,
        "rope-tie-fractional": fractional_frame,
        "simple": simple_frame,
        "parallel": parallel_frame,
    }
)


def rope_tie(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """Text (n, n); patches (L + i (w + 1), L + j (h + 1)); text again at K = L + (w + 1)(h + 1)."""
    return _framed(segments, start, tie_frame)


def rope_tie_minimal(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """RoPE-Tie with its steps divided by gcd(h + 1, w + 1); text again at K = L + lcm(h + 1, w + 1)."""
    return _framed(segments, start, minimal_frame)


def rope_tie_fractional(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """RoPE-Tie with steps (w h + 1) / (h + 1) and (w h + 1) / (w + 1); text again at K = L + w h + 1."""
    return _framed(segments, start, fractional_frame)


def simple(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """Text (n, n); patches (L + i, L + j); text again at K = L + max(h, w) + 1."""
    return _framed(segments, start, simple_frame)


def parallel(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """Patches (L + i, L' + j); text again at (L + h + 1, L' + w + 1): on the diagonal while images are square."""
    return _framed(segments, start, parallel_frame)


def unified_2d(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """Typesetting: a run of text is one row, an image h rows; rows and columns count from `start`."""
    places: list[Place] = []
    row = column = start
    for kind, *sizes in known(segments, "text", "image"):
        if kind == "text":
            places += [(row, column + i) for i in range(sizes[0])]
            column += sizes[0]
        else:
            row += 1 if column > start else 0
            places += [(row + i, start + j) for i, j in cells(*sizes)]
            row, column = row + sizes[0], start
    return places


def flatten(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """Everything in one line: row x and column y of an image, counted from 0, sit x w + y behind its first patch."""
    return in_line(segments, start, lambda h, w: (range(h * w), h * w))


def flatten_with_separators(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """In one line with a place left free behind every row of patches, for a separating token: x (w + 1) + y."""
    return in_line(segments, start, lambda h, w: ([x * (w + 1) + y for x, y in cells(h, w)], h * (w + 1)))


def hilbert(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """In one line along the Hilbert curve of the smallest square of side 2^k around the image."""
    return in_line(segments, start, lambda h, w: (_hilbert_ranks(h, w), h * w))


VARIANTS: Mapping[str, Places] = MappingProxyType(
    {
        "flatten": flatten,
        "flatten-with-separators": flatten_with_separators,
        "hilbert": hilbert,
        "unified-2d": unified_2d,
        "simple": simple,
        "parallel": parallel,
        "rope-tie": rope_tie,
        "rope-tie-minimal": rope_tie_minimal,
        "rope-tie-fractional": rope_tie_fractional,
    }
)


def marked(segments: Sequence[Segment]) -> list[Segment]:
    """The same sequence with a token before and a token behind every image, which are placed as text is."""
    marker: Segment = ("text", 1)
    return [item for segment in segments for item in ([marker, segment, marker] if segment[0] != "text" else [segment])]


def _framed(segments: Sequence[Segment], start: int, frame: Callable[[int, int], Frame]) -> list[Place]:
    """Text along (1, 1), and every image in its frame; x and y are those of the last token of text, or as if of one."""
    places: list[Place] = []
    x: Number = start - 1
    y: Number = start - 1
    for kind, *sizes in known(segments, "text", "image"):
        if kind == "text":
            (n,) = sizes
            places += [(x + i, y + i) for i in range(1, n + 1)]
            x, y = x + n, y + n
        else:
            (s, t), (a, b) = frame(*sizes)
            places += [(x + (i + 1) * s, y + (j + 1) * t) for i, j in cells(*sizes)]
            x, y = x + a - 1, y + b - 1
    return places


def in_line(
    segments: Sequence[Segment], start: int, scan: Callable[[int, int], tuple[Sequence[int], int]]
) -> list[Place]:
    """One axis; `scan` tells where the patches of an image go, row by row, and how much room they take together."""
    places: list[Place] = []
    for kind, *sizes in known(segments, *SIZES):
        if kind == "text":
            places += [(start + i,) for i in range(sizes[0])]
            start += sizes[0]
            continue
        *frames, h, w = sizes
        order, room = scan(h, w)
        for _ in range(prod(frames)):
            places += [(start + behind,) for behind in order]
            start += room
    return places


def cells(h: int, w: int) -> Iterator[tuple[int, int]]:
    """Row and column of every patch, counted from 0, row by row."""
    return product(range(h), range(w))


def known(segments: Sequence[Segment], *kinds: str) -> Iterator[Segment]:
    """The segments. Undefined for one that is of no such kind, or has other sizes than such a segment has."""
    for segment in segments:
        kind, *sizes = segment
        if kind not in kinds:
            raise Undefined(f"segment {segment}: this assignment places {', '.join(kinds)}")
        if len(sizes) != SIZES[kind] or min(sizes) < 1:
            raise Undefined(f"segment {segment}: {kind} takes {SIZES[kind]} size(s), each at least 1")
        yield segment


@cache
def _hilbert_ranks(h: int, w: int) -> tuple[int, ...]:
    """For each cell of the image, row by row, how many of its cells the curve meets before."""
    order = (max(h, w) - 1).bit_length()
    met = (cell for cell in _hilbert_curve(order) if cell[0] < h and cell[1] < w)
    rank = {cell: i for i, cell in enumerate(met)}
    return tuple(rank[cell] for cell in cells(h, w))


def _hilbert_curve(order: int) -> list[tuple[int, int]]:
    """The cells of a square of side 2^order in the order of the curve, from the top left to the top right."""
    if order == 0:
        return [(0, 0)]
    quarter, side = _hilbert_curve(order - 1), 2 ** (order - 1)
    return [
        *((column, row) for row, column in quarter),
        *((row + side, column) for row, column in quarter),
        *((row + side, column + side) for row, column in quarter),
        *((side - 1 - column, 2 * side - 1 - row) for row, column in quarter),
    ]
