"""Whether the nearest row of the sinusoidal table is always the next one: for a while, in enough dimensions."""

from collections.abc import Iterable
from itertools import count

import numpy as np
from flint import arb

from spec.encodings.sinusoidal import ENCODING
from spec.exact import kernel
from spec.lemma import lemma
from spec.lemmas.waves import thetas

APART = (16, 24, 32, 64, 128)
REACH = 50_000
MARGIN = 1e-3
"""Far above the rounding of the float64 kernels, which is below dim REACH 2^-52 < 2e-9."""
RETURNING = (2, 4, 8)


@lemma("certified")
def neighbours_are_nearest() -> bool:
    """In 16, 24, 32, 64 and 128 dimensions no row at a distance of 2 to 50000 is as near as the next row is."""
    return _stay_apart(APART, REACH)


@lemma("certified")
def neighbours_are_not_always_nearest() -> bool:
    """In 2, 4 and 8 dimensions the row at distance 6 is nearer than the next row, and it is the first that is."""
    return _return_first_at(6)


@lemma(
    "theorem", cites="volumes: balls of radius r/2 that are disjoint, inside one of b + r/2, are at most (1 + 2b/r)^dim"
)
def bounded_rows_come_close_again() -> bool:
    """Rows of bounded length in finitely many dimensions cannot all keep the distance of neighbours.

    So no bounded encoding has distances that depend on the offset only and grow with it for ever. The check stands in
    for the theorem: in 2, 4 and 8 dimensions sinusoidal rows come nearer than neighbours before the room is used up.
    """
    return all(_first_return(dim) < _room(dim) for dim in RETURNING)


def _room(dim: int) -> arb:
    """How many rows of length sqrt(dim / 2) there are at most whose distances are at least that of neighbours."""
    length, step = (arb(dim) / 2).sqrt(), (dim - 2 * kernel(ENCODING, dim, 1)).sqrt()
    return (1 + 2 * length / step) ** dim


def _return_first_at(distance: int) -> bool:
    """Whether every row is farther away than the next one before this distance, and at this distance nearer."""
    return all(
        _first_return(dim) == distance and kernel(ENCODING, dim, distance) > kernel(ENCODING, dim, 1)
        for dim in RETURNING
    )


def _first_return(dim: int) -> int:
    """The first distance at which a row is not certified to be farther away than the next row."""
    return next(k for k in count(2) if not kernel(ENCODING, dim, k) < kernel(ENCODING, dim, 1))


def _stay_apart(dims: Iterable[int], reach: int) -> bool:
    """Whether the kernel at every distance from 2 on is smaller than at distance 1, by far more than the rounding."""
    distances = np.arange(1, reach + 1)
    kernels = (sum(np.cos(distances * float(theta)) for theta in thetas(dim)) for dim in dims)
    return all(bool(np.all(values[1:] < values[0] - MARGIN)) for values in kernels)
