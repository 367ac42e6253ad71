"""Rows in which every two values of different axes stand together at least once: few mistakes need three to show."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

Row = tuple[Any, ...]
Pair = tuple[tuple[int, int], tuple[int, int]]
"""Two axes, each with the index of one of its values."""


def pairwise(axes: Sequence[Sequence[Any]], fits: Callable[[Row], bool] = lambda row: True) -> Iterator[Row]:
    """Rows that fit, one value of each axis, which show every pair of values that can stand in such a row.

    The first value of an axis is its plainest: a pair can stand where it fits with the first values of all others.

    >>> list(pairwise([(1, 2), "ab", (0,)]))
    [(1, 'a', 0), (1, 'b', 0), (2, 'a', 0), (2, 'b', 0)]
    """
    if len(axes) == 1:
        yield from (row for row in zip(*axes, strict=True) if fits(row))
    left = dict.fromkeys(pair for pair in _pairs(axes) if fits(_values(axes, _filled(axes, dict(pair)))))
    while left:
        chosen = dict(next(iter(left)))
        for axis, values in enumerate(axes):
            if axis not in chosen:
                possible = [{**chosen, axis: at} for at in range(len(values))]
                fitting = [each for each in possible if fits(_values(axes, _filled(axes, each)))]
                shown = [sum(_pair(each, axis, other) in left for other in each) for each in fitting]
                chosen = fitting[shown.index(max(shown))]
        for one, other in combinations(range(len(axes)), 2):
            left.pop(_pair(chosen, one, other), None)
        yield _values(axes, chosen)


def _pairs(axes: Sequence[Sequence[Any]]) -> Iterator[Pair]:
    for (i, of_one), (j, of_other) in combinations(enumerate(axes), 2):
        yield from (((i, a), (j, b)) for a in range(len(of_one)) for b in range(len(of_other)))


def _pair(chosen: dict[int, int], one: int, other: int) -> Pair:
    first, second = sorted((one, other))
    return (first, chosen[first]), (second, chosen[second])


def _filled(axes: Sequence[Sequence[Any]], chosen: dict[int, int]) -> dict[int, int]:
    """The plainest values where nothing is chosen."""
    return {axis: chosen.get(axis, 0) for axis in range(len(axes))}


def _values(axes: Sequence[Sequence[Any]], chosen: dict[int, int]) -> Row:
    return tuple(values[chosen[axis]] for axis, values in enumerate(axes))
