"""Whether the nearest row of the sinusoidal table is always the next one: for a while, in enough dimensions."""

from collections.abc import Callable, Iterable
from itertools import count

import numpy as np
from flint import arb

from spec.lemmas.lemma import lemma
from spec.lemmas.similarity import similarities, similarity

APART = (16, 24, 32, 64, 128)
REACH = 50_000
RETURNING = (2, 4, 8)


@lemma("certified")
def neighbours_are_nearest() -> bool:
    """In 16, 24, 32, 64 and 128 dimensions no row at a distance of 2 to 50000 is as near as the next row is."""
    return _stay_apart(APART, REACH)


@lemma("certified")
def neighbours_are_not_always_nearest() -> bool:
    """In 2, 4 and 8 dimensions the row at distance 6 is nearer than the next row, and it is the first that is."""
    return _return_first_at(6)


@lemma("theorem", cites="volumes: disjoint balls of radius r/2 in a ball of radius b + r/2 are at most (1 + 2b/r)^dim")
def bounded_rows_come_close_again() -> bool:
    """Rows of bounded length in finitely many dimensions cannot all keep the distance of neighbours.

    So no bounded encoding has distances that depend on the offset only and grow with it for ever. The check stands in
    for the theorem: in 2, 4 and 8 dimensions sinusoidal rows come nearer than neighbours before the room is used up.
    """
    return _return_within_the_room(lambda dim: dim)


def _return_within_the_room(power: Callable[[int], int]) -> bool:
    """Whether rows return before they are as many as rows of length sqrt(dim / 2) and neighbours' distance can be."""
    lengths = {dim: (arb(dim) / 2).sqrt() for dim in RETURNING}
    steps = {dim: (dim - 2 * similarity(dim, 1)).sqrt() for dim in RETURNING}
    return all(_first_return(dim) < (1 + 2 * lengths[dim] / steps[dim]) ** power(dim) for dim in RETURNING)


def _return_first_at(distance: int) -> bool:
    """Whether every row is farther away than the next one before this distance, and at this distance nearer."""
    return all(_first_return(dim) == distance and similarity(dim, distance) > similarity(dim, 1) for dim in RETURNING)


def _first_return(dim: int) -> int:
    """The first distance at which a row is not certified to be farther away than the next row."""
    return next(k for k in count(2) if not similarity(dim, k) < similarity(dim, 1))


def _stay_apart(dims: Iterable[int], reach: int) -> bool:
    """Whether the similarity at every distance from 2 on is smaller than at distance 1, by more than the rounding."""
    found = (similarities(dim, np.arange(1, reach + 1)) for dim in dims)
    return all(bool(np.all(values[1:] + errors[1:] < values[0] - errors[0])) for values, errors in found)
