"""What rounding leaves of the sinusoidal table: single components collide, though no exact ones do."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from math import frexp

import numpy as np
from flint import arb

from spec.lemmas.lemma import lemma
from spec.lemmas.rounding import DIGITS
from spec.lemmas.similarity import thetas

BITS = DIGITS | {"float64": 53}
DIM = 512
ONES = {"float32": 3, "float16": 214, "bfloat16": 604}
SINES = 50_000


def rounded(value: arb, bits: int) -> Fraction:
    """The nearest number with so many binary digits; ValueError where the ball does not decide which."""
    shift = bits - frexp(float(value))[1]
    nearest = (value * arb(2) ** shift + arb(0.5)).floor().unique_fmpz()
    if nearest is None:
        raise ValueError(f"more precision is needed to round {value} to {bits} bits")
    return Fraction(int(nearest)) / Fraction(2) ** shift


def slow_cosine(position: int) -> arb:
    """The last cosine of a row of 512 dimensions: cos(p 10000^(-510/512))."""
    return (thetas(DIM)[-1] * position).cos()


@lemma("certified")
def slow_cosines_round_to_one() -> bool:
    """Rounded to nearest, the last cosine of 512 dimensions is 1 at the first 3 positions in float32, the first 214 in
    float16 and the first 604 in bfloat16, and not at the next."""
    return _ones_are(ONES)


@lemma("certified")
def slow_cosines_compute_to_one() -> bool:
    """Computed in float32 throughout, the last cosine of 512 dimensions has the same bits at the positions 0, 1 and 2,
    and others at 3."""
    return _computed_alike("float32") == 3


@lemma("certified")
def sines_collide_in_float32() -> bool:
    """Rounded to float32, sin p takes the same value at two different positions below 50000."""
    return _colliding_sines("float32") is not None


def _ones_are(expected: Mapping[str, int]) -> bool:
    """Whether so many positions from 0 on round to 1, and the next does not."""
    return all(_leading_ones(BITS[dtype]) == ones for dtype, ones in expected.items())


def _leading_ones(bits: int) -> int:
    return next(p for p in count() if rounded(slow_cosine(p), bits) != 1)


def _computed_alike(dtype: str) -> int:
    """How many positions from 0 on have the bits of position 0."""
    angles = np.arange(100, dtype=dtype) * np.dtype(dtype).type(float(thetas(DIM)[-1]))
    return int(np.argmin(np.cos(angles) == 1))


def _colliding_sines(dtype: str) -> tuple[int, int] | None:
    """Two positions below SINES whose sines are certified to differ and to round alike, if there are any."""
    floats = np.sin(np.arange(SINES)).astype(dtype)
    order = np.argsort(floats, kind="stable")
    alike = np.flatnonzero(floats[order[1:]] == floats[order[:-1]])
    pairs = ((int(order[n]), int(order[n + 1])) for n in alike)
    return next((pair for pair in pairs if _collide(*pair, BITS[dtype])), None)


def _collide(p: int, q: int, bits: int) -> bool:
    one, other = ((thetas(DIM)[0] * position).sin() for position in (p, q))
    return one != other and rounded(one, bits) == rounded(other, bits)
