"""How the similarity g of two positions falls with their distance: on average, logarithmically, never step by step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import sympy
from flint import arb
from sympy import Ci, Expr, Rational, cos, log, sin

from spec.definitions.symbols import BASE
from spec.lemmas.lemma import lemma
from spec.lemmas.similarity import first_increase, first_negative, similarities, similarity, thetas
from spec.numbers.balls import ball
from spec.proving.vanishing import vanishes
from spec.statements.relational import window_means
from spec.truth import ENCODINGS

FIRST_INCREASE = {4: 3, 8: 3, 16: 3, 32: 4, 64: 5, 128: 11, 256: 24, 512: 43}
FIRST_NEGATIVE = {4: 22, 8: 91, 16: 91, 32: 474, 64: 725, 128: 1707, 256: 2653, 512: 3284}
FIRST_NEGATIVE_AT_128 = {500: 171, 10000: 1707, 500000: 18438, 1000000: 27115}
ADJACENT = {64: "0.9662", 128: "0.9702", 512: "0.9731"}
RETURN_AT_128 = 283691
K, OMEGA, T = sympy.symbols("k omega t", positive=True)
UNIT_INTERVAL = arb(0.5, 0.5)


@lemma("certified")
def first_rise_of_the_similarity() -> bool:
    """The similarity first rises after k = 3, 3, 3, 4, 5, 11, 24, 43 for d = 4, 8, ..., 512, base 10000."""
    return _as_told(first_increase, FIRST_INCREASE)


@lemma("certified")
def about_half_of_all_steps_rise() -> bool:
    """At d = 128 the similarity rises at 444 of the 900 steps from 100 to 1000."""
    return rises(128, 100, 1000) == 444


@lemma("proof")
def slow_waves_fall_to_the_end() -> bool:
    """A cosine of frequency at most pi / L falls with every step from 0 to L, for every L >= 1."""
    return _falls_below(Rational(1))


@lemma("certified")
def means_fall_with_every_doubling() -> bool:
    """The mean similarity over [2^j, 2^(j+1)) falls for j = 0..13, each time by 0.043 of g(0) or more; base 10000,
    d = 32, 64, 128, 256, 512."""
    return all(falls_by(dim, windows=14, least=0.043) for dim in (32, 64, 128, 256, 512))


@lemma("proof")
def integral_over_all_frequencies() -> bool:
    """The integral of cos(k base^-t) over t is -Ci(k base^-t) / ln(base), so that over all frequencies the mean of
    the cosines is about (Ci(k) - Ci(k / base)) / ln(base)."""
    return _antiderivative(-Ci(K * BASE**-T) / log(BASE))


@lemma("certified")
def logarithmic_law() -> bool:
    """From distance 8 to 4096 the mean similarity over [2^j, 2^(j+1)), as a share of g(0), is within 2/d of the mean of
    1 - (ln k + gamma) / ln(base); base 10000, d = 128, 256, 512."""
    return all(_follows(dim, slope=1, windows=range(3, 12)) for dim in (128, 256, 512))


@lemma("certified")
def first_negative_similarity() -> bool:
    """The similarity is first negative at k = 22, 91, 91, 474, 725, 1707, 2653, 3284 for d = 4, 8, ..., 512."""
    return _as_told(first_negative, FIRST_NEGATIVE)


@lemma("certified")
def envelope_comes_back() -> bool:
    """At d = 128 the largest similarity falls from decade to decade up to 10^4, yet at 283691 it is larger again than
    anywhere from 1000 to 10^4."""
    return _comes_back(128, [1, 10, 100, 1000, 10000], RETURN_AT_128)


@lemma("theorem", cites="Lindemann-Weierstrass: a sum of exponentials of distinct algebraic numbers is not zero")
def no_two_rows_are_orthogonal() -> bool:
    """The similarity is zero at no integer distance: no two rows of the sinusoidal table are orthogonal.

    Stands in for the theorem: certified for 0 < k < 3000 at d = 2, 8, 64.
    """
    return all(_never_zero(thetas(dim), 3000) for dim in (2, 8, 64))


@lemma("certified")
def adjacent_rows_are_nearly_parallel() -> bool:
    """Neighbours have the cosine 0.9662, 0.9702, 0.9731 at d = 64, 128, 512, and at least cos 1 for every d and base,
    since the cosine falls from 0 to 1 and no theta exceeds 1."""
    return _neighbours(ADJACENT) and falls_everywhere(UNIT_INTERVAL)


@lemma("proof")
def similarity_of_neighbours_grows_with_the_base() -> bool:
    """d/db cos(b^-e) = e b^(-e-1) sin(b^-e), which is not negative for b >= 1 and e >= 0."""
    e = sympy.Symbol("e", nonnegative=True)
    return _is_derivative(cos(BASE**-e), e * BASE ** (-e - 1) * sin(BASE**-e)) and falls_everywhere(UNIT_INTERVAL)


@lemma("certified")
def the_base_bounds_the_context() -> bool:
    """At d = 128 and the bases 500, 10^4, 5 10^5, 10^6 the similarity is first negative at k = 171, 1707, 18438,
    27115: it is not negative below these distances."""
    return _as_told(lambda base, limit: first_negative(128, limit, base), FIRST_NEGATIVE_AT_128)


def falls_by(dim: int, *, windows: int, least: float) -> bool:
    """Whether the means over the dyadic windows fall from each to the next by at least `least` times g(0)."""
    means = window_means(ENCODINGS["rope"], dim, windows)
    return all(earlier - later > ball(least) * dim / 2 for earlier, later in pairwise(means))


def rises(dim: int, start: int, stop: int) -> int:
    """At how many k in [start, stop) the similarity is larger at k + 1 than at k; ValueError where undecided."""
    values, margins = similarities(dim, np.arange(start, stop + 1))
    if (np.abs(np.diff(values)) <= margins[1:] + margins[:-1]).any():
        raise ValueError("two neighbours are too close to compare in float64")
    return int((np.diff(values) > 0).sum())


def neighbours_grow_more_alike(dim: int, bases: Sequence[float]) -> bool:
    """Whether the similarity at distance 1 grows from base to base."""
    return all(similarity(dim, 1, later) > similarity(dim, 1, earlier) for earlier, later in pairwise(bases))


def falls_everywhere(interval: arb) -> bool:
    """Whether the cosine falls all over a ball of numbers from 0 on: its derivative is -x sinc(x)."""
    return bool(interval.sinc() > 0)


def fluctuates(dim: int, start: int, stop: int, *, within: float, beyond: float) -> bool:
    """Whether the share of g(0) at the distances from start to stop stays within +-within, and passes both +-beyond."""
    values, margins = similarities(dim, np.arange(start, stop))
    low, high, margin = (float(2 * value / dim) for value in (values.min(), values.max(), margins.max()))
    return -within + margin < low < -beyond - margin and beyond + margin < high < within - margin


def waves_that_fall(dim: int, length: int) -> list[int]:
    """The pairs i with theta_i <= pi / length; each of their cosines falls with every step from 0 to length."""
    return [i for i, theta in enumerate(thetas(dim)) if theta * length <= arb.pi()]


def _as_told(first: Callable[[int, int], int | None], told: Mapping[int, int]) -> bool:
    return all(first(size, distance + 1) == distance for size, distance in told.items())


def _falls_below(share: Rational) -> bool:
    """For k < L and w <= share pi / L: cos(k w) - cos((k + 1) w) = 2 sin((k + 1/2) w) sin(w / 2), (k + 1/2) w < pi."""
    step = cos(K * OMEGA) - cos((K + 1) * OMEGA) - 2 * sin((K + Rational(1, 2)) * OMEGA) * sin(OMEGA / 2)
    further = sympy.Symbol("n", integer=True, nonnegative=True)
    length = 1 + further
    left_to_pi = sympy.expand(length - share * (length - Rational(1, 2)))
    return vanishes(step) and bool(left_to_pi.is_positive)


def _antiderivative(claimed: Expr) -> bool:
    return _is_derivative(claimed, cos(K * BASE**-T), T)


def _is_derivative(function: Expr, claimed: Expr, letter: sympy.Symbol = BASE) -> bool:
    return bool(sympy.expand(sympy.diff(function, letter) - claimed) == 0)


def _follows(dim: int, *, slope: float, windows: Iterable[int]) -> bool:
    means = list(window_means(ENCODINGS["rope"], dim, max(windows) + 1))
    return all(abs(means[j] * 2 / dim - _law(j, slope)) < ball(2) / dim for j in windows)


def _law(j: int, slope: float) -> arb:
    """The mean of 1 - slope (ln k + gamma) / ln(10000) over [2^j, 2^(j+1)): ln Gamma is the sum of the logarithms."""
    logarithms = (arb(2 ** (j + 1)).lgamma() - arb(2**j).lgamma()) / 2**j
    return 1 - slope * (logarithms + arb.const_euler()) / arb(10000).log()


def _comes_back(dim: int, decades: list[int], late: int) -> bool:
    values, margins = similarities(dim, np.arange(decades[-1]))
    tops = [values[start:stop].max() for start, stop in pairwise(decades)]
    falls = all(earlier - later > 2 * margins.max() for earlier, later in pairwise(tops))
    return falls and bool(similarity(dim, late) > tops[-1] + margins.max())


def _never_zero(angles: tuple[arb, ...], limit: int) -> bool:
    return not any(sum(((k * theta).cos() for theta in angles), arb(0)).contains(0) for k in range(1, limit))


def _neighbours(cosines: Mapping[int, str]) -> bool:
    """Whether the cosine of two neighbours rounds to the given four digits."""
    half = arb(1) / 20000
    return all(abs(similarity(dim, 1) * 2 / dim - arb(digits)) < half for dim, digits in cosines.items())
