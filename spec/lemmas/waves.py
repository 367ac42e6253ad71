"""How sines and cosines repeat, and when they do not.

Every pair repeats after 2 pi / theta. On the integers nothing repeats at all, not even in a single component; on the
reals whole rows repeat for three dimensions only.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import lcm

import sympy
from flint import arb
from sympy import Matrix, Rational, cos, pi, sin

from spec.definitions.symbols import BASE, DIM, INDEX, THETA
from spec.encodings.sinusoidal import ENCODING
from spec.lemmas.lemma import lemma
from spec.lemmas.similarity import thetas
from spec.numbers.balls import ball, different
from spec.proving.vanishing import vanishes

DIMENSIONS = (8, 12, 64)
POSITIONS = range(256)
FIELD = range(2, 130, 2)
P, STEP, X = sympy.symbols("p step x", real=True)
DEFAULT_BASE = 10_000
ANY_BASE = sympy.exp(sympy.Symbol("ln_base", real=True))


def exact_theta(i: int, dim: int) -> sympy.Expr:
    """The frequency of pair i as an exact algebraic number, at the usual base."""
    return ENCODING.blocks.frequency.subs({INDEX: i, DIM: dim, BASE: DEFAULT_BASE})


def components(dim: int, positions: Iterable[int]) -> list[list[arb]]:
    """The columns of the table, each over all positions: sine and cosine of every pair."""
    rows = [[value for theta in thetas(dim) for value in (theta * p).sin_cos()] for p in positions]
    return [list(column) for column in zip(*rows, strict=True)]


def all_differ(values: Sequence[arb]) -> bool:
    """Whether numbers are certified to be pairwise different: sorted, each is below the next."""
    return all(one < next_one for one, next_one in pairwise(sorted(values, key=float)))


def wave(position: sympy.Expr) -> Matrix:
    """Sine and cosine of one pair at a position."""
    return Matrix([sin(position * THETA), cos(position * THETA)])


@lemma("theorem", cites="Lindemann-Weierstrass: e^a, e^b, ... are independent for different algebraic a, b, ...")
def every_component_is_injective() -> bool:
    """Of the sinusoidal table every single sine and cosine takes different values at different positions 0, 1, 2, ...

    theta is algebraic and not 0, so i p theta, -i p theta, i q theta, -i q theta differ for different p, q >= 0, and
    neither sin p theta = sin q theta nor cos p theta = cos q theta is possible. The check stands in for the theorem:
    all columns of 8, 12 and 64 dimensions at the positions 0..255, apart by balls.
    """
    return _components_separate(POSITIONS)


@lemma("certified")
def rows_repeat_on_the_reals() -> bool:
    """Over real positions the rows of the table repeat for 2, 4 and 8 dimensions, after 2 pi, 200 pi and 2000 pi, and
    for no other dimension up to 128 (base 10000).

    Pair 0 turns by its position, so a period is 2 pi k with a whole number k, and k theta_i must be whole for all i:
    impossible where theta_1 = 10^(-8/dim) is irrational, and the least common denominator of the theta_i elsewhere.
    """
    repeating = {2: 1, 4: 100, 8: 1000}
    return _periods_on_the_reals() == repeating and all(_turns_return(*period) for period in repeating.items())


@lemma("proof")
def period_of_a_pair() -> bool:
    """Sine and cosine of p theta, as a pair, have the smallest period 2 pi / theta, and not twice as much.

    A step of any size moves the pair by 2 - 2 cos(step theta) in the square, wherever it starts; that is 0 first where
    the step is 2 pi / theta.
    """
    moved = wave(P + STEP) - wave(P)
    return vanishes(moved.dot(moved) - 2 + 2 * cos(STEP * THETA)) and first_return() == 2 * pi


@lemma("proof")
def wavelengths_are_geometric() -> bool:
    """The wavelengths 2 pi / theta_i are 2 pi base^(2 i / dim): they grow by the factor base^(2 / dim), from 2 pi to
    2 pi base^(1 - 2 / dim), which is less than 2 pi base."""
    return _wavelengths_are(lambda i, dim: Rational(2 * i, dim))


@lemma("proof")
def recurrence_of_the_components() -> bool:
    """Every sine and cosine obeys f(p + 1) + f(p - 1) = 2 cos(theta) f(p): a recurrence of the second order."""
    return _recurs(2 * cos(THETA))


def _components_separate(positions: Iterable[int]) -> bool:
    places = list(positions)
    return all(all_differ(column) for dim in DIMENSIONS for column in components(dim, places))


def _periods_on_the_reals() -> dict[int, int]:
    """The dimensions whose rows repeat, with the smallest period in turns of pair 0."""
    return {dim: turns for dim in FIELD if (turns := _common_turns(dim)) is not None}


def _common_turns(dim: int) -> int | None:
    """How many turns of pair 0 are whole turns of every pair; theta_i is the i-th power of theta_1."""
    if not exact_theta(1, dim).is_rational:
        return None
    return lcm(*(int(exact_theta(i, dim).q) for i in range(dim // 2)))


def _turns_return(dim: int, turns: int) -> bool:
    """Whether balls agree: rows that many turns of pair 0 apart cannot be told apart, and those a part of it can."""
    parts = {turns // prime for prime in sympy.primefactors(turns)}
    starts = [Fraction(p, 8) for p in range(1, 40, 7)]
    return not any(_differ(dim, p, turns) for p in starts) and all(
        _differ(dim, p, part) for p, part in product(starts, parts)
    )


def _differ(dim: int, position: Fraction, turns: int) -> bool | None:
    """Whether two rows, `turns` of pair 0 apart, differ; None where the balls cannot tell."""
    start = ball(position)
    here, there = (
        [value for theta in thetas(dim) for value in (theta * (start + k * 2 * arb.pi())).sin_cos()] for k in (0, turns)
    )
    return different(here, there)


def first_return() -> sympy.Expr:
    """The smallest angle above 0 whose cosine is 1, out of all up to two turns."""
    return min(sympy.solveset(sympy.Eq(cos(X), 1), X, sympy.Interval.Lopen(0, 4 * pi)))


def _wavelengths_are(exponent: Callable[[int, int], sympy.Expr]) -> bool:
    """Whether the wavelength of every pair is 2 pi times this power of the base, for every base."""
    return all(
        vanishes(
            1 / ENCODING.blocks.frequency.subs({INDEX: i, DIM: dim, BASE: ANY_BASE}) - ANY_BASE ** exponent(i, dim)
        )
        for dim in DIMENSIONS
        for i in range(dim // 2)
    )


def _recurs(factor: sympy.Expr) -> bool:
    """Whether the step forward and the step back add up to this multiple of the place itself."""
    return all(vanishes(entry) for entry in wave(P + 1) + wave(P - 1) - factor * wave(P))
