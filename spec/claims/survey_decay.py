"""What the survey says of distance: symmetry, decay, what projections leave of them, and what periods can tell."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import sympy
from flint import arb
from sympy import Expr, Matrix, cos

from spec.claims.claim import conditional, false, true, undecidable
from spec.lemmas.decay import about_half_of_all_steps_rise, falls_by, fluctuates, means_fall_with_every_doubling
from spec.lemmas.fusion import bits, first_collision
from spec.lemmas.fusion import cosines as cosines_of
from spec.lemmas.methods import channels
from spec.lemmas.projection import ANY, EYE, A, B, J, commuting, falls_on_average, generic, is_relative, pair
from spec.lemmas.returns import the_similarity_returns_to_its_top
from spec.lemmas.similarity import similarity
from spec.proving.vanishing import vanishes
from spec.truth import holds

M, N, SHIFT = sympy.symbols("m n shift", real=True)
Q, KEY = (Matrix(sympy.symbols(f"{name}:2", real=True)) for name in "xy")


@false("C183", "survey", "3.6 and 4.2")
def a_smaller_dot_product_is_a_larger_distance() -> bool:
    """The dot product of two rows reflects their distance: the smaller it is, the farther apart they are.

    Not from step to step: it rises first from distance 11 to 12 at 128 dimensions, and then at about half of all steps.
    True of the means over [2^j, 2^(j+1)), to about the base.
    """
    return holds("sinusoidal", "monotone-decay")


@conditional("C184", "survey", "4.1")
def symmetric_distances_hide_the_direction() -> tuple[bool, bool]:
    """The dot product is symmetric in the offset, so that the encoding cannot learn direction.

    Of the bare table. Queries and keys are projected, and W = J makes the product odd: sin((n - m) theta).
    """
    return _symmetric(EYE), _symmetric(J)


@true("C253", "survey", "4.1")
def equal_steps_are_equally_long() -> bool:
    """The distance from t to t + k is that from j to j + k: it depends on k, and on neither t nor j.

    The squared distance is twice the sum of 1 - cos(k theta_i). No learned table has this of itself.
    """
    return holds("sinusoidal", "distance-invariance") and not holds("learned", "distance-invariance")


@true("C185", "survey", "4.1")
def decays_but_not_monotonically() -> bool:
    """The dot product decays with distance, but is not monotone.

    The means over [2^j, 2^(j+1)) fall up to 2^14, at 32 to 512 dimensions; the first steps rise at distances of 3 to
    43.
    """
    return means_fall_with_every_doubling() and not holds("sinusoidal", "monotone-decay")


@conditional("C186", "survey", "4.2")
def the_dot_product_gradually_decreases() -> tuple[bool, bool]:
    """As the relative distance grows the dot product of two rows gradually decreases: there is remote decay.

    On average, and to about the base: the means fall to 2^14, and then rise again. At long range it does not fall
    monotonically, as the survey goes on (C187).
    """
    return means_fall_with_every_doubling(), falls_by(128, windows=18, least=0)


@conditional("C248", "survey", "4.2")
def a_good_curve() -> tuple[bool, bool]:
    """A good curve falls steadily and monotonically over unlimited length, fast nearby and slowly far away, with as
    little oscillation as possible.

    A wish, and so a definition. The factor that ALiBi's bias puts on a weight meets it: exp(-slope k). The similarity
    of the sinusoidal table does not: it oscillates, and comes back to its top as closely as you like.
    """
    bias = [channels("alibi").logit(Matrix([0]), Matrix([0]), k, 0) for k in range(20)]
    rows = [similarity(128, k) for k in range(20)]
    met = len(set(_steps(bias))) == 1 and _is_good([arb(int(b.p)) / int(b.q) for b in bias])
    return met, _is_good(rows) or not the_similarity_returns_to_its_top()


@true("C187", "survey", "4.2")
def oscillates_locally_and_within_a_range() -> bool:
    """At long range there are two oscillations: one inside local windows, one that settles in a range of fluctuation.

    At 128 dimensions 444 of the 900 steps from 100 to 1000 rise; from 10000 to 40000 the share of the top stays within
    0.3 and passes both 0.25 and -0.25.
    """
    return about_half_of_all_steps_rise() and fluctuates(128, 10_000, 40_000, within=0.3, beyond=0.25)


@conditional("C188", "survey", "4.3, TENER")
def projections_destroy_relativity_and_decay() -> tuple[bool, bool]:
    """With random projections, PE_t^T W PE_(t + k), the good properties, relativity and remote decay, are destroyed.

    So for a generic W. One that commutes with the rotations, aI + bJ in every pair, keeps the product relative.
    """
    return all(map(_destroys, generic(3, 64))), any(map(_destroys, commuting(3, 64)))


@conditional("C189", "survey", "4.3, four terms")
def only_the_fourth_term_is_relative() -> tuple[bool, bool]:
    """Of the four terms of the logit, content with position and position with content carry no relative information,
    and position with position does.

    The fourth does where W commutes with the rotations; any other W brings in the sum of the two positions.
    """
    return _only_the_fourth(A * EYE + B * J), _only_the_fourth(ANY)


@true("C190", "survey", "4.3")
def dot_products_are_lengths_and_a_cosine() -> bool:
    """q . k = |q| |k| cos(q, k).

    By the law of cosines in the plane that two vectors span: with an orthonormal basis of it, at the angles m and n.
    """
    r, s = sympy.symbols("r s", nonnegative=True)
    q, k = (length * pair(angle, sympy.Integer(1)) for length, angle in ((r, M), (s, N)))
    lengths = vanishes(q.dot(q) - r**2) and vanishes(k.dot(k) - s**2)
    return lengths and vanishes(q.dot(k) - r * s * cos(M - N))


@conditional("C249", "survey", "4.3, quoting Su")
def longer_or_closer_keys_count_more() -> tuple[bool, bool]:
    """To give a position more weight a model can lengthen its key, or increase the cosine between query and key.

    Lengthening helps where the cosine is positive. Where it is negative the logit falls; turning the key helps always.
    """
    return _helps(sympy.Symbol("c", positive=True)), _helps(sympy.Symbol("c", negative=True))


TRAINED_ANGLES = undecidable(
    "C191",
    "survey",
    "4.3, quoting Su",
    says="Models lengthen keys rather than turn them, so cos(q, k) is trained too little: why longer texts fail.",
    because="A statement on trained models. The decomposition into lengths and angle is exact, see C190.",
)


@false("C192", "survey", "3.5")
def any_different_periods_encode_positions() -> bool:
    """As long as there are several functions of different periods and the same shape, cosines say, they can encode
    positions.

    Cosines of the periods 4 and 2 take the same two values at the positions 1 and 3.
    """
    return first_collision(cosines_of([4, 2]), 4) is None


@conditional("C193", "survey", "3.5")
def several_periods_are_a_counter() -> tuple[bool, bool]:
    """A code of several dimensions with different periods is equivalent to a code that counts.

    If all of them together are injective, as bits are; cosines of the periods 4 and 2 are not.
    """
    return first_collision(bits(4), 16) is None, first_collision(cosines_of([4, 2]), 4) is None


@conditional("C194", "survey", "3.5")
def quarter_half_and_whole_turns_are_thresholds() -> tuple[bool, bool]:
    """Only when the angle goes through 0 to pi/2 in training does a model see that cos is negative and sin not
    monotone; at pi, that cos is not monotone and sin negative; at 2 pi, all values of (cos, sin).

    It has to go beyond pi/2 and pi: up to them nothing of it has happened. At 2 pi all pairs have been seen.
    """
    return _seen(5, 9, 16), _seen(4, 8, 16)


def _helps(cosine: sympy.Symbol) -> bool:
    """Whether |q| |k| cos grows with |k|, and with the cosine."""
    q, k = sympy.symbols("q k", positive=True)
    logit = q * k * cosine
    return all(bool(logit.diff(choice).is_positive) for choice in (k, cosine))


def _steps(values: Sequence[Any]) -> list[Any]:
    return [later - earlier for earlier, later in pairwise(values)]


def _is_good(logits: list[arb]) -> bool:
    """Whether the exponentials fall with every step, and each step is smaller than the one before."""
    falls = [-step for step in _steps([logit.exp() for logit in logits])]
    return all(fall > 0 for fall in falls) and all(later < earlier for earlier, later in pairwise(falls))


def _symmetric(w: Matrix) -> bool:
    return vanishes((pair(M).T * w * pair(N))[0] - (pair(N).T * w * pair(M))[0])


def _destroys(w: np.ndarray) -> bool:
    return not is_relative(w) and not falls_on_average(w)


def _only_the_fourth(w: Matrix) -> bool:
    terms: list[Callable[[Expr, Expr], Expr]] = [
        lambda m, n: (Q.T * w * pair(n))[0],
        lambda m, n: (pair(m).T * w * KEY)[0],
        lambda m, n: (pair(m).T * w * pair(n))[0],
    ]
    return [vanishes(term(M + SHIFT, N + SHIFT) - term(M, N)) for term in terms] == [False, False, True]


def _seen(quarter: int, half: int, whole: int) -> bool:
    """Whether each fact has shown when training ends at its angle, in eighths of half a turn."""
    sines, cosines = zip(*((arb(j) / 8).sin_cos_pi() for j in range(whole + 1)), strict=True)
    first = _negative(cosines[: quarter + 1]) and not _monotone(sines[: quarter + 1])
    second = _negative(sines[: half + 1]) and not _monotone(cosines[: half + 1])
    directions = {j % 16 for j in range(whole + 1)}
    return first and second and len(directions) == 16


def _negative(wave: tuple[arb, ...]) -> bool:
    return any(value < 0 for value in wave)


def _monotone(wave: tuple[arb, ...]) -> bool:
    return any(all(later > earlier for earlier, later in pairwise(way)) for way in (wave, wave[::-1]))
