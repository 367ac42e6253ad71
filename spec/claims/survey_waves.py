"""Claims of the survey on sines: their periods, their frequencies, and whether they tell positions apart."""

from collections.abc import Sequence
from itertools import pairwise

import sympy
from flint import arb
from sympy import Rational, cos, pi, sin

from spec.claims.claim import conditional, false, true
from spec.lemmas.similarity import thetas
from spec.lemmas.wave_bits import WIDTH, bit, bits_are_square_waves
from spec.lemmas.wave_floats import sines_collide_in_float32, slow_cosines_round_to_one
from spec.lemmas.waves import (
    every_component_is_injective,
    exact_theta,
    first_return,
    period_of_a_pair,
    rows_repeat_on_the_reals,
    wave,
)
from spec.proving.vanishing import vanishes

DIMENSIONS = (16, 64, 512)
P = sympy.Symbol("p", real=True)


def _repeats(theta: sympy.Expr, i: int, j: int) -> bool:
    """Whether the pairs at two positions are the same, for an angle that sympy evaluates exactly."""
    return all(sympy.simplify(f(i * theta) - f(j * theta)) == 0 for f in (sin, cos))


@conditional("C150", "survey", "2.5 Requirements and 3.5 Absolute positions")
def sines_alternate_like_bits() -> tuple[bool, bool]:
    """Sines can express the alternation of binary digits, slower from one dimension to the next.

    Exactly so if only the sign counts: the digit is the square wave of the sine. The sine itself is no digit, except
    the fastest one.
    """
    itself = all((1 - sin(pi * Rational(2 * p + 1, 2 ** (j + 1)))) / 2 == bit(p, j) for p in range(8) for j in range(3))
    return bits_are_square_waves(), itself


def _first_periods_are_one_and_two(divisors: Sequence[sympy.Expr]) -> bool:
    """Whether sin(t / a) has the period 2 pi in the first dimension, 4 pi in the second, and longer ones behind."""
    periods = [2 * pi * divisor for divisor in divisors]
    return periods[:2] == [2 * pi, 4 * pi] and all(bool(one < other) for one, other in pairwise(periods))


@conditional("C151", "survey", "2.5 Requirements")
def periods_begin_with_one_turn_and_two() -> tuple[bool, bool]:
    """Each dimension divides t by its index: the first sine has the period 2 pi, the second 4 pi, and so on.

    So it is for division by 1, 2, 3, ... or 1, 2, 4, ...; not for the powers 10000^(2i/d) of the table.
    """
    dims = range(WIDTH)
    by_index, doubling = [sympy.Integer(j + 1) for j in dims], [sympy.Integer(2) ** j for j in dims]
    geometric = [1 / exact_theta(j, 2 * WIDTH) for j in dims]
    meant = _first_periods_are_one_and_two(by_index) and _first_periods_are_one_and_two(doubling)
    return meant, _first_periods_are_one_and_two(geometric)


@conditional("C152", "survey", "2.5 Requirements")
def every_sine_is_unique() -> tuple[bool, bool]:
    """Codes of sines are unique in every single dimension: different positions have different values there.

    True of exact values at positions 0, 1, 2, ...; in float32 sines of different positions coincide.
    """
    return every_component_is_injective(), not sines_collide_in_float32()


@false("C153", "survey", "2.5 Requirements and 3.3 Many frequencies")
def periodicity_makes_unique() -> bool:
    """Uniqueness in every dimension is guaranteed by the periodicity and the phase difference of sine and cosine.

    Pairs of sine and cosine with the period 2, 3, 4, ... have both, and repeat. What makes the table unique is that no
    frequency of it is a rational multiple of pi.
    """
    return not any(_repeats(2 * pi / period, 1, 1 + period) for period in range(2, 9))


@true("C154", "survey", "2.6 Sinusoids")
def wavelength_is_a_turn_by_the_frequency() -> bool:
    """Sine and cosine have the period 2 pi; the wavelength of pair i of RoPE is 2 pi / theta_i.

    A step s moves a pair by 2 - 2 cos(s theta_i) in the square, which is 0 first at s = 2 pi / theta_i.
    """
    return period_of_a_pair()


@conditional("C155", "survey", "2.6 Sinusoids")
def periods_reach_the_base() -> tuple[bool, bool]:
    """The periods go from 2 pi to 10000 * 2 pi: T lies in [2 pi, 10000 * 2 pi].

    All of them lie there. But the longest is 2 pi 10000^(1 - 2/d), which is less; it is 10000 * 2 pi with the exponents
    i / (d/2 - 1) of tensor2tensor.
    """
    turns = [[1 / exact_theta(i, dim) for i in range(dim // 2)] for dim in (16, 64)]
    within = all(bool(turn >= 1) and bool(turn <= 10_000) for each in turns for turn in each)
    return within, all((each[0], each[-1]) == (1, 10_000) for each in turns)


@conditional("C156", "survey", "2.6 Sinusoids")
def period_of_each_dimension() -> tuple[bool, bool]:
    """Dimension i has the period 10000^(i/d) 2 pi, for 0 <= i < d.

    True of even i; an odd i shares the period of i - 1.
    """

    def as_told(dimensions: range) -> bool:
        wavelengths = (1 / exact_theta(i // 2, 64) for i in dimensions)
        told = (sympy.Integer(10_000) ** Rational(i, 64) for i in dimensions)
        return all(one == other for one, other in zip(wavelengths, told, strict=True))

    return as_told(range(0, 64, 2)), as_told(range(1, 64, 2))


@false("C157", "survey", "2.6 Sinusoids")
def frequency_of_each_group() -> bool:
    """Group k has the frequency f_k = 2 pi 10000^(2k/d), k = 1, ..., d/2.

    That is a wavelength, and of the groups from 0 to d/2 - 1; the frequency is 10000^(-2k/d).
    """
    told = (
        (2 * arb.pi() * arb(10_000) ** (arb(2 * k) / dim), dim, k) for dim in DIMENSIONS for k in range(1, dim // 2 + 1)
    )
    return all(frequency.overlaps(thetas(dim)[k - 1]) for frequency, dim, k in told)


@false("C158", "survey", "3.5 Absolute positions")
def last_hand_of_the_clock() -> bool:
    """Hand 0 of the clock has the frequency 1, the last one 1/10000.

    The last one has 10000^(-(d-2)/d): 1.0366e-4 for d = 512.
    """
    return any((exact_theta(0, dim), exact_theta(dim // 2 - 1, dim)) == (1, Rational(1, 10_000)) for dim in DIMENSIONS)


@true("C252", "survey", "3.5 Absolute positions")
def sine_and_cosine_tell_where_a_hand_points() -> bool:
    """Where a hand of the clock points is told without ambiguity by (sin theta, cos theta), theta being its angle.

    Two angles with the same pair differ by whole turns.
    """
    return period_of_a_pair()


@false("C246", "survey", "3.5 Absolute positions")
def the_code_has_a_period_like_the_clock() -> bool:
    """The clock has a period, 12 hours, and so has the sinusoidal encoding.

    Each hand has one, 2 pi / theta, all together have none: at whole positions no row comes back, and at real ones only
    in 2, 4 and 8 dimensions.
    """
    return not (every_component_is_injective() and rows_repeat_on_the_reals())


@false("C159", "survey", "3.5 Absolute positions")
def progression_of_the_angles() -> bool:
    """With B = 10000^(1/d), theta_k = 1 / B^(k-1) is a geometric progression of d columns, with the periods 2 pi,
    2 B pi, ..., 2 B^(d-1) pi.

    The ratio is B^2, and there are d/2 frequencies.
    """
    ratio = sympy.Integer(10_000) ** Rational(1, 16)
    return [ratio**-k for k in range(16)] == [exact_theta(i, 16) for i in range(8)]


@false("C160", "survey", "3.5 Absolute positions")
def pairs_have_the_period_four_pi() -> bool:
    """The vectors (sin x, cos x) have the period 4 pi.

    They return after 2 pi already.
    """
    return bool(first_return() == 4 * pi)


@false("C161", "survey", "3.5 Absolute positions")
def repetitions_are_multiples_of_four_pi() -> bool:
    """If positions i and j repeat in subspace k, there is a whole m with theta_k = 4 m pi / (j - i).

    theta = 2 pi / (j - i) repeats too, with m = 1/2: there is a whole m with theta_k = 2 m pi / (j - i).
    """
    i, j = 3, 8
    repeating = [theta for theta in (half * pi / (j - i) for half in range(1, 9)) if _repeats(theta, i, j)]
    return bool(repeating) and all((theta * (j - i) / (4 * pi)).is_integer for theta in repeating)


@conditional("C162", "survey", "3.5 Absolute positions")
def frequencies_without_pi_never_repeat() -> tuple[bool, bool]:
    """As long as theta_k contains no pi, the angles i theta_k never repeat.

    True of algebraic theta, by Lindemann. What the formula contains is no criterion: 4 arccos 0 is a whole turn.
    """
    written = sympy.Mul(4, sympy.acos(0, evaluate=False), evaluate=False)
    return every_component_is_injective(), written.has(pi) or not _repeats(written.doit(), 0, 1)


@conditional("C163", "survey", "2.6 Sinusoids")
def positions_differ_in_every_dimension() -> tuple[bool, bool]:
    """Different positions have different sines or cosines in one and the same dimension.

    True of exact values at positions 0, 1, 2, ...; the last cosine of 512 dimensions rounds to 1 at the first three of
    them in float32, and at the first 604 in bfloat16.
    """
    return every_component_is_injective(), not slow_cosines_round_to_one()


@false("C164", "survey", "2.6 Sinusoids and 3.2 Many dimensions")
def dimensions_differ_at_every_position() -> bool:
    """At one position the different dimensions have different values.

    Position 0 is 0, 1, 0, 1, ...
    """
    start = [entry for i in range(8) for entry in (sin(0 * exact_theta(i, 16)), cos(0 * exact_theta(i, 16)))]
    return len(set(start)) == len(start)


@false("C165", "survey", "3.2 Many dimensions")
def steps_are_equal() -> bool:
    """The sinusoidal code satisfies f(pos + 1) - f(pos) = f(pos) - f(pos - 1).

    That is an arithmetic progression. Sinusoids obey f(pos + 1) - 2 cos(theta) f(pos) + f(pos - 1) = 0.
    """
    return all(vanishes(entry) for entry in (wave(P + 1) - wave(P)) - (wave(P) - wave(P - 1)))
