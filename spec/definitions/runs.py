"""A mixed sequence as an encoding lays it out, each segment with the places of its tokens, and what rules speak of."""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise, product
from math import prod
from operator import mul
from typing import Any

from spec.definitions.assignment import Assignment
from spec.definitions.encoding import Encoding
from spec.definitions.placing import SIZES, Place, Segment
from spec.definitions.settings import refuse_nonsense
from spec.definitions.verdict import Fails, witness
from spec.definitions.words import Undefined

Run = tuple[Segment, Sequence[Place]]
Lay = Callable[[Sequence[Segment]], Sequence[Run]]
Segments = tuple[Segment, ...]

EXAMPLES: tuple[Segment, ...] = (("text", 3), ("image", 1, 1), ("image", 2, 3), ("image", 3, 1), ("image", 2, 2))
MIXED: list[Segments] = [each for length in (1, 2, 3) for each in product(EXAMPLES, repeat=length)]
"""All sequences of up to three segments out of five."""


def runs(segments: Sequence[Segment], places: Sequence[Place]) -> list[Run]:
    """Every segment with the places of its tokens. ValueError where there are more or fewer places than tokens."""
    ends = list(accumulate((prod(sizes) for _, *sizes in segments), initial=0))
    if ends[-1] != len(places):
        raise ValueError(f"{len(places)} places for {ends[-1]} tokens")
    return [(segment, places[start:end]) for segment, (start, end) in zip(segments, pairwise(ends), strict=True)]


def laid(encoding: Encoding) -> Lay:
    """How an encoding lays out a sequence, with its default parameters."""
    return lambda segments: _laid(encoding, tuple(segments))


@lru_cache(maxsize=8192)
def _laid(encoding: Encoding, segments: Segments) -> tuple[Run, ...]:
    given = handed(segments, encoding.parameters)
    return tuple(laid_out(encoding, given, _placed(encoding, segments), **encoding.parameters))


def _placed(encoding: Encoding, segments: Sequence[Segment]) -> list[Place]:
    return placed(encoding, handed(segments, encoding.parameters), **encoding.parameters)


def handed(segments: Sequence[Segment], parameters: Mapping[str, Any]) -> list[Segment]:
    """The segments, counted in squares and groups of frames that are merged into one token, as they are handed in."""
    side, frames = (parameters.get(f"{name}_merge_size", 1) for name in ("spatial", "temporal"))
    by = {"image": (side, side), "video": (frames, side, side)}
    return [_times(segment, by.get(segment[0], ())) for segment in segments]


def _times(segment: Segment, by: Sequence[int]) -> Segment:
    kind, *sizes = segment
    return (kind, *map(mul, sizes, by)) if len(sizes) == len(by) else segment


def tokens_of(encoding: Encoding, segments: Sequence[Segment], **parameters: Any) -> list[Segment]:
    """The segments that an encoding makes of those that are handed in. Undefined for any that it does not place."""
    refuse_nonsense(parameters)
    return list(_with(assignment_of(encoding).tokens, segments, parameters))


def placed(encoding: Encoding, segments: Sequence[Segment], **parameters: Any) -> list[Place]:
    """The place of every token of a sequence. Undefined for segments that the encoding does not place."""
    return list(_with(assignment_of(encoding).places, tokens_of(encoding, segments, **parameters), parameters))


def laid_out(encoding: Encoding, segments: Sequence[Segment], places: Sequence[Place], **parameters: Any) -> list[Run]:
    """Every segment with the places of its tokens, those of every frame row by row, in whatever order they came."""
    ranks = assignment_of(encoding).ranks
    found = runs(tokens_of(encoding, segments, **parameters), places)
    return found if ranks is None else [_by_rows(run, _with(ranks, run[0], parameters)) for run in found]


def _by_rows(run: Run, ranks: Sequence[int]) -> Run:
    segment, places = run
    frames = range(0, len(places), len(ranks))
    return segment, [places[first + rank] for first in frames for rank in ranks]


def _with(function: Callable[..., Any], segments: Any, parameters: Mapping[str, Any]) -> Any:
    """What a function makes of segments, with those parameters that it names."""
    named = _named(function)
    return function(segments, **{name: each for name, each in parameters.items() if name in named})


@cache
def _named(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def assignment_of(encoding: Encoding) -> Assignment:
    """The definition of an encoding that assigns positions. Undefined for any other, which places no segment."""
    if not isinstance(encoding.definition, Assignment):
        raise Undefined(f"{encoding.name} is {encoding.definition.spoken}: it places no segments")
    return encoding.definition


@cache
def kinds(encoding: Encoding) -> frozenset[str]:
    """The kinds of segments that an encoding places."""
    return frozenset(kind for kind, count in SIZES.items() if _places(encoding, (kind, *[1] * count)))


def _places(encoding: Encoding, segment: Segment) -> bool:
    try:
        return bool(_placed(encoding, [segment]))
    except Undefined:
        return False


def placeable(segments: Sequence[Segment], encoding: Encoding) -> tuple[Segment, ...]:
    """The nearest sequence that an encoding places.

    Where it places no videos, their frames are images; where it places no text, tokens are the patches of a row.
    """
    known = kinds(encoding)
    return tuple(one for each in segments for one in _instead(each, known) if one[0] in known)


def _instead(segment: Segment, known: Collection[str]) -> Sequence[Segment]:
    kind, *sizes = segment
    if kind in known or kind == "image":
        return [segment]
    return [("image", 1, *sizes)] if kind == "text" else [("image", *sizes[1:])] * sizes[0]


@cache
def nothing_but_segments(encoding: Encoding) -> bool:
    """Whether an assignment takes nothing but segments, a start and the parameters, and remembers nothing."""
    place: Callable[..., Any] = assignment_of(encoding).places
    taken = _named(place) - {"segments", "start"}
    known = [placeable(each, encoding) for each in MIXED]
    forwards = [_placed(encoding, each) for each in known]
    backwards = [_placed(encoding, each) for each in reversed(known)]
    return taken <= {*encoding.parameters} and forwards == backwards[::-1]


def breaks(because: str, *segments: Segment) -> Fails:
    """The verdict that something is false, as this sequence shows."""
    return Fails(because=because, witness=witness(segments=segments))


# What rules speak of


def step(here: Place, there: Place) -> Place:
    """From one place to another, along every axis."""
    return tuple(b - a for a, b in zip(here, there, strict=True))


def pictures(laid_out: Sequence[Run]) -> Iterator[tuple[int, Run]]:
    """The images and videos among the runs, each with its index."""
    return ((index, run) for index, run in enumerate(laid_out) if run[0][0] != "text")


def grid(run: Run) -> dict[tuple[int, ...], Place]:
    """The place of every patch, by its row and column counted from 0; in a video by time, row and column."""
    (_, *sizes), places = run
    return dict(zip(product(*map(range, sizes)), places, strict=True))


def neighbours(run: Run) -> Iterator[tuple[int, Place]]:
    """The steps between neighbouring patches, each with the index of the size along which it goes."""
    found = grid(run)
    for cell, place in found.items():
        for axis in range(len(cell)):
            beside = (*cell[:axis], cell[axis] + 1, *cell[axis + 1 :])
            if beside in found:
                yield axis, step(place, found[beside])


def behind(lay: Lay, segments: Sequence[Segment]) -> Place:
    """Where the next token of text stands behind a sequence."""
    return lay([*segments, ("text", 1)])[-1][1][-1]


def flat(laid_out: Sequence[Run]) -> list[Place]:
    """All places, in the order of the sequence."""
    return [place for _, places in laid_out for place in places]
