"""How alike two positions are: g(k) = cos(k theta_0) + ... + cos(k theta_(dim/2 - 1)), theta_i = base^(-2i/dim).

It is the dot product of two rows of the sinusoidal table that are k apart, and RoPE's logit of equal unit contents.
Signs are certified: float64 decides where the value is a thousand times as large as its rounding can be, Arb elsewhere.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
from flint import arb

from spec.numbers.exact import frequencies
from spec.truth import ENCODINGS

ROUNDING = 2.0**-40
"""A thousand times the relative rounding of an angle or a cosine in float64, and of the sum of up to a thousand."""


def thetas(dim: int, base: float = 10000) -> tuple[arb, ...]:
    """theta_i of every pair, as balls, in radians per position."""
    return frequencies(ENCODINGS["rope"], dim, {"base": base})


def similarity(dim: int, distance: int, base: float = 10000) -> arb:
    """g(distance), as a ball."""
    return sum(((distance * theta).cos() for theta in thetas(dim, base)), arb(0))


def similarities(dim: int, distances: np.ndarray, base: float = 10000) -> tuple[np.ndarray, np.ndarray]:
    """g at each distance in float64, and how far each may be from the truth; shapes (n,)."""
    theta = _rounded(dim, base)
    margin = ROUNDING * (np.abs(distances) * theta.sum() + len(theta))
    return np.cos(np.multiply.outer(distances, theta)).sum(axis=-1), margin


def signs(dim: int, distances: np.ndarray, base: float = 10000) -> np.ndarray:
    """The sign of g at each distance, -1 or 1, shape (n,); raises ValueError where 128 bits do not suffice."""
    values, margins = similarities(dim, distances, base)
    found: np.ndarray = np.sign(values)
    for at in np.flatnonzero(np.abs(values) <= margins):
        found[at] = sign(similarity(dim, int(distances[at]), base))
    return found


def sign(value: arb) -> int:
    """-1 or 1; raises ValueError where the ball contains zero."""
    if value.contains(0):
        raise ValueError(f"{value} may be zero; take more bits")
    return 1 if value > 0 else -1


def first_negative(dim: int, limit: int, base: float = 10000) -> int | None:
    """The smallest distance below `limit` at which g is negative; None where there is none."""
    for distances in _doubling(limit):
        negative = np.flatnonzero(signs(dim, distances, base) < 0)
        if negative.size:
            return int(distances[negative[0]])
    return None


def first_increase(dim: int, limit: int, base: float = 10000) -> int | None:
    """The smallest distance k below `limit` with g(k + 1) > g(k); None where there is none."""
    values = [similarity(dim, k, base) for k in range(limit + 1)]
    rises = [sign(later - earlier) > 0 for earlier, later in pairwise(values)]
    return rises.index(True) if True in rises else None


def first_as_similar(dim: int, limit: int, base: float = 10000, *, distance: int) -> int | None:
    """The smallest distance beyond `distance`, to `limit`, that is as similar, within rounding, or more so; or None."""
    values, margins = similarities(dim, np.arange(distance, limit + 1), base)
    found = np.flatnonzero(values[1:] + margins[1:] >= values[0] - margins[0])
    return distance + 1 + int(found[0]) if found.size else None


def _doubling(limit: int) -> Iterator[np.ndarray]:
    start, stop = 0, 64
    while start < limit:
        yield np.arange(start, min(stop, limit))
        start, stop = stop, 2 * stop


@lru_cache(maxsize=64)
def _rounded(dim: int, base: float) -> np.ndarray:
    return np.array([float(theta) for theta in thetas(dim, base)])
