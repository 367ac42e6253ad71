"""Where tokens stand: text on the diagonal, and images between texts."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, takewhile
from math import prod
from typing import Any

from spec.definitions.placing import Place, Segment
from spec.definitions.runs import MIXED, Lay, Run, behind, flat, grid, pictures, step
from spec.proving.exhaustive import ADJACENT, ALL, BETWEEN, TEXTS, VIDEOS, over
from spec.statements import contract, exhaustive
from spec.statements.needs import assigns_positions, has_rows_and_columns, places_text


@exhaustive("assignment", over([*TEXTS, *MIXED, *VIDEOS]), assigns_positions, places_text)
def text_on_the_diagonal(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Pure text takes the places 0, 1, 2, ... on every axis: whatever axis a pair follows, RoPE is RoPE-1D on it."""
    text = flat([*takewhile(lambda run: run[0][0] == "text", lay(segments))])
    return all(set(place) == {i} for i, place in enumerate(text))


@exhaustive("assignment", over([*TEXTS, *MIXED, *VIDEOS]), assigns_positions, places_text)
def unit_text_steps(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Tokens of text that follow each other lie one step apart on every axis, also behind an image."""
    texts = [places for segment, places in lay(segments) if segment[0] == "text"]
    return all(set(step(*pair)) == {1} for places in texts for pair in pairwise(places))


@exhaustive("assignment", over(ALL, lambda m: m["a"] == m["b"]), assigns_positions, places_text, has_rows_and_columns)
def text_back_on_the_diagonal(lay: Lay, segments: Sequence[Segment]) -> bool:
    """All text lies on the diagonal, also behind an image."""
    return all(len(set(place)) == 1 for segment, places in lay(segments) if segment[0] == "text" for place in places)


@exhaustive("assignment", over(ALL), assigns_positions)
def distinct_positions(lay: Lay, segments: Sequence[Segment]) -> bool:
    """No two tokens stand in the same place."""
    places = flat(lay(segments))
    return len({*places}) == len(places)


@exhaustive(
    "assignment",
    over(ALL, lambda m: (m["s"] % m["unit"] == 0) & (m["t"] % m["unit"] == 0)),
    assigns_positions,
)
def integral_positions(lay: Lay, segments: Sequence[Segment]) -> bool:
    """All positions are integers."""
    return all(Fraction(x).denominator == 1 for place in flat(lay(segments)) for x in place)


@exhaustive(
    "assignment",
    over(ALL, lambda m: (m["h"] * m["s"] < m["a"]) & (m["w"] * m["t"] < m["b"]) & (m["s"] * m["t"] > 0)),
    assigns_positions,
    places_text,
)
def ordered_around_text(lay: Lay, segments: Sequence[Segment]) -> bool:
    """On every axis what precedes a text lies below it and what follows it above: images lie strictly between texts."""
    laid = lay(segments)
    texts = [index for index, (segment, _) in enumerate(laid) if segment[0] == "text"]
    return all(_below(laid[:i], laid[i : i + 1]) and _below(laid[i : i + 1], laid[i + 1 :]) for i in texts)


def _below(one: Sequence[Run], other: Sequence[Run]) -> bool:
    lower, upper = flat(one), flat(other)
    sides = zip(zip(*lower, strict=True), zip(*upper, strict=True), strict=True) if lower and upper else []
    return all(max(low) < min(high) for low, high in sides)


@exhaustive(
    "assignment",
    over(
        ALL,
        lambda m: ((m["h"] + 1) * m["s"] == m["a"]) & ((m["w"] + 1) * m["t"] == m["b"]),
    ),
    assigns_positions,
    places_text,
)
def equal_gaps(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Between two texts, an image has the same gap before its first patch as behind its last."""
    laid = lay(segments)
    sides = {i: [laid[j][0][0] for j in (i - 1, i + 1) if 0 <= j < len(laid)] for i, _ in pictures(laid)}
    return all(_as_far(laid, i) for i, kinds in sides.items() if kinds == ["text", "text"])


@exhaustive("assignment", over(ADJACENT), assigns_positions, places_text)
def adjacent_images_keep_gaps(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Also where two images follow each other, each has the same gap before its first patch as behind its last."""
    laid = lay(segments)
    return all(_as_far(laid, i) for i, _ in pictures(laid) if 0 < i < len(laid) - 1)


def _as_far(laid: Sequence[Run], i: int) -> bool:
    before, here, after = (laid[j][1] for j in (i - 1, i, i + 1))
    return step(before[-1], here[0]) == step(here[-1], after[0])


@exhaustive(
    "assignment",
    over(BETWEEN, lambda m: (m["h"] + 1) * m["s"] == (m["w"] + 1) * m["t"]),
    assigns_positions,
    places_text,
    has_rows_and_columns,
)
def balanced_image(lay: Lay, segments: Sequence[Segment]) -> bool:
    """With steps s from row to row and t from column to column, (h + 1) s = (w + 1) t.

    That is how far the first patch and the last are from the text before them, added up.
    """
    ways = [[step(before[-1], places[end])[-2:] for end in (0, -1)] for before, places in _behind_text(lay(segments))]
    return all(len({*map(sum, zip(*each, strict=True))}) == 1 for each in ways)


@exhaustive(
    "assignment",
    over(BETWEEN, lambda m: m["rows"].sum(axis=2) * m["w"] == m["columns"].sum(axis=2) * m["h"]),
    assigns_positions,
    places_text,
    has_rows_and_columns,
)
def centred_image(lay: Lay, segments: Sequence[Segment]) -> bool:
    """The centroid of an image lies on the diagonal through the text before it."""
    offsets = [[step(before[-1], place) for place in places] for before, places in _behind_text(lay(segments))]
    return all(len({*map(sum, zip(*each, strict=True))}) == 1 for each in offsets)


def _behind_text(laid: Sequence[Run]) -> list[tuple[Sequence[Place], Sequence[Place]]]:
    """The places of every text that an image follows, and those of the image."""
    return [(before[1], run[1]) for before, run in pairwise(laid) if before[0][0] == "text" != run[0][0]]


@exhaustive(
    "assignment",
    over(ALL, lambda m: ((m["h"] + 1) * m["s"] == m["a"]) & ((m["w"] + 1) * m["t"] == m["b"])),
    assigns_positions,
)
def point_reflection(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Reversing the sequence reflects all places in one point."""
    forwards, backwards = flat(lay(segments)), flat(lay(segments[::-1]))[::-1]
    sums = {tuple(x + y for x, y in zip(*pair, strict=True)) for pair in zip(forwards, backwards, strict=True)}
    return len(sums) == 1


@exhaustive("assignment", over(ALL), assigns_positions, has_rows_and_columns)
def transposition(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Exchanging rows and columns of every image exchanges the coordinates of row and column, and nothing else."""
    exchanged = lay([(*each[:-2], each[-1], each[-2]) if each[0] != "text" else each for each in segments])
    return all(
        {_swapped(cell): _swapped(place) for cell, place in grid(run).items()} == grid(other)
        for run, other in zip(lay(segments), exchanged, strict=True)
    )


def _swapped(cell: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*cell[:-2], *cell[:-3:-1])


@exhaustive(
    "assignment",
    over(ALL, lambda m: (m["a"] == m["b"]) & (m["a"] == (m["h"] * m["w"] + 1) * m["unit"])),
    assigns_positions,
    places_text,
)
def equivalent_text_length(lay: Lay, segments: Sequence[Segment]) -> bool:
    """An image takes as much room as it has patches: text goes on where it would behind as many tokens of text."""
    as_text = [("text", prod(segment[1:])) for segment in segments]
    return behind(lay, segments) == behind(lay, as_text)


@exhaustive("assignment", over([*MIXED, *VIDEOS]), assigns_positions, places_text)
def single_patch_like_a_token(lay: Lay, segments: Sequence[Segment]) -> bool:
    """An image of a single patch is placed like one token of text."""
    as_text = [each if each[0] == "text" else ("text", 1) for each in segments]
    return flat(lay(_shrunk(segments))) == flat(lay(as_text))


@exhaustive("assignment", over(ALL), assigns_positions, places_text)
def size_independence(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Text behind an image stands where it would behind a single patch: the size of the image does not matter."""
    return behind(lay, segments) == behind(lay, _shrunk(segments))


def _shrunk(segments: Sequence[Segment]) -> list[Segment]:
    return [each if each[0] == "text" else (each[0], *[1] * (len(each) - 1)) for each in segments]


@exhaustive("assignment", over(ALL), assigns_positions)
def prefix_independence(lay: Lay, segments: Sequence[Segment]) -> bool:
    """What comes later moves nothing: the places of a beginning are those that it has by itself."""
    whole = flat(lay(segments))
    beginnings = (flat(lay(segments[:count])) for count in range(1, len(segments)))
    return all(whole[: len(beginning)] == beginning for beginning in beginnings)


@contract("interface", assigns_positions)
def bad_segments_refused() -> None:
    """A segment of an unknown kind, or with a size missing or below 1, is refused with an error that says so."""
