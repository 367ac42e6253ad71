"""What the survey says of the sinusoidal table: its entries, its waves, and what a shift of the position does."""

from itertools import pairwise, product

import sympy
from flint import arb
from sympy import Matrix, cos, sin

from spec.claims.claim import conditional, false, true, undecidable
from spec.definitions.symbols import THETA
from spec.encodings.sinusoidal import ENCODING as TABLE
from spec.lemmas.decay import (
    neighbours_grow_more_alike,
    similarity_of_neighbours_grows_with_the_base,
    slow_waves_fall_to_the_end,
    waves_that_fall,
)
from spec.lemmas.similarity import first_as_similar
from spec.lemmas.waves import components, period_of_a_pair, wavelengths_are_geometric
from spec.numbers.balls import different, less
from spec.numbers.exact import at_position, frequencies
from spec.proving.vanishing import vanishes
from spec.truth import holds

DIM, LENGTH = 16, 1000
P, K, A, B = sympy.symbols("p k a b", real=True)


@conditional("C166", "survey", "2.6, advantages")
def only_the_first_row_is_no_sine_or_cosine() -> tuple[bool, bool]:
    """Apart from the first row, all values of the position matrix are results of sine and cosine.

    So are all the others. The exception is none: the first row, (0, 1, 0, 1, ...), is sin 0 and cos 0.
    """
    rows = [[entry for theta in _thetas() for entry in at_position(TABLE, p, theta)] for p in range(6)]
    waves = [[f for theta in _thetas() for f in (p * theta).sin_cos()] for p in range(6)]
    agree = [not different(row, wave) for row, wave in zip(rows, waves, strict=True)]
    return all(agree[1:]), not agree[0]


@true("C167", "survey", "2.6, advantages")
def entries_lie_between_minus_one_and_one() -> bool:
    """All entries of the table lie between -1 and 1.

    In every pair the two squares add up to 1.
    """
    return holds("sinusoidal", "boundedness")


@true("C170", "survey", "2.6, example")
def wavelengths_grow_geometrically() -> bool:
    """The wavelengths of the sines grow geometrically with the dimension.

    By the factor base^(2/dim) from pair to pair; both coordinates of a pair share one.
    """
    return wavelengths_are_geometric()


@false("C171", "survey", "3.3")
def near_rows_are_near_in_every_dimension_and_far_rows_far() -> bool:
    """Adjacent positions change little in every dimension, and positions far apart differ much in every dimension.

    Neither is so in a single dimension: the first, sin p, moves by 0.84 from position 0 to 1 and by 0.00006 from 0 to
    710. What is true is of whole rows: with 16 dimensions or more none nearby is nearer than the neighbour.
    """
    return all(
        less(_largest_step(column), _smallest_move(column, 100)) is not False for column in components(DIM, range(720))
    )


@false("C172", "survey", "3.3")
def sines_and_cosines_are_monotone() -> bool:
    """That near rows are alike and far rows are not is guaranteed by the continuity and monotonicity of sine and
    cosine.

    They are continuous, but not monotone: sin 1 < sin 2, and sin 2 > sin 3.
    """
    return all(_falls(column) or _falls(column[::-1]) for column in components(DIM, range(720)))


@true("C173", "survey", "3.3")
def slow_frequencies_help_monotonicity() -> bool:
    """Some small frequencies, omega < pi / L, may help to ensure monotonicity.

    The cosine of each falls with every step from 0 to L; of 32 pairs the slow ones do so over 1000 positions.
    """
    slow = waves_that_fall(64, LENGTH)
    cosines = components(64, range(LENGTH + 1))[1::2]
    return slow_waves_fall_to_the_end() and bool(slow) and all(_falls(cosines[i]) for i in slow)


FAST_FREQUENCIES = undecidable(
    "C174",
    "survey",
    "3.3",
    says="Some large frequencies, omega > pi, smooth the whole pattern, as they give all positions a random bias.",
    because="A figure of speech about learned frequencies; the usual table has none, as its largest is 1.",
)


@conditional("C175", "survey", "3.2, avoiding repetition")
def a_larger_base_makes_neighbours_alike_a_smaller_one_collisions() -> tuple[bool, bool]:
    """With a large alpha neighbours nearly coincide; with a small one vectors of different positions may coincide.

    Nearly: the similarity of neighbours grows with the base, and at 16 dimensions a distance to 20000 is more similar
    than they are for the bases 1.1 and 2, none for 10 to 10^6. Exactly equal are no two rows at whole positions,
    whatever the base: k positions turn pair 0 by k radians.
    """
    small, large = (1.1, 2), (10, 100, 10000, 10**6)
    returns = {base: first_as_similar(DIM, 20000, base, distance=1) is not None for base in (*small, *large)}
    alike = similarity_of_neighbours_grows_with_the_base() and neighbours_grow_more_alike(DIM, [*small, *large])
    equal = [first_as_similar(DIM, 20000, base, distance=0) is not None for base in (*small, *large)]
    return alike and [base for base in returns if returns[base]] == [*small], any(equal)


@false("C176", "survey", "3.4")
def alternating_sine_and_cosine_lengthens_the_period() -> bool:
    """Alternating sine and cosine makes the period longer.

    The period of the pair is 2 pi, that of the sine alone. What the cosine adds is that no two positions within one
    period share their values.
    """
    x = sympy.Symbol("x", real=True)
    alone = sympy.periodicity(sin(x), x)
    return bool(alone == 2 * sympy.pi) and not period_of_a_pair()


@conditional("C177", "survey", "3.4")
def interleaving_does_not_matter() -> tuple[bool, bool]:
    """Interleaving sine and cosine or setting one behind the other makes no difference: the layers behind can permute.

    So it is with the same frequencies. The library that sets one behind the other has others: its last is 1/10000.
    """
    return _only_permuted(None), _only_permuted("tensor2tensor")


@false("C181", "survey", "3.6")
def the_base_of_the_derivation_is_a_thousand() -> bool:
    """In the derivation of the shift the base is 1000.

    A slip: everywhere else it is 10000, and the frequencies of 1000 are others. The derivation holds for any frequency.
    """
    return not different(_thetas(base=1000), _thetas())


@true("C182", "survey", "3.6")
def the_dot_product_knows_the_offset_only() -> bool:
    """PE_p . PE_(p + k) depends on k only.

    It is the sum of cos(k theta_i) over the pairs.
    """
    return holds("sinusoidal", "dot-product-invariance")


def _thetas(convention: str | None = None, base: float = 10000) -> tuple[arb, ...]:
    return frequencies(TABLE.under(convention), DIM, {"base": base})


def _largest_step(column: list[arb]) -> arb:
    return max((abs(later - earlier) for earlier, later in pairwise(column)), key=float)


def _smallest_move(column: list[arb], distance: int) -> arb:
    """By how little the column differs from its start, at that distance or farther."""
    return min((abs(entry - column[0]) for entry in column[distance:]), key=float)


def _falls(column: list[arb]) -> bool:
    return all(later < earlier for earlier, later in pairwise(column))


def _only_permuted(convention: str | None) -> bool:
    """Whether the table with all sines in front, at these frequencies, is a permutation that weights can absorb."""
    to_front = Matrix(4, 4, lambda to, at: int(at == (0, 2, 1, 3)[to]))
    angles, waves = (P * THETA, P * sympy.Symbol("phi", positive=True)), (sin, cos)
    interleaved = Matrix([wave(angle) for angle, wave in product(angles, waves)])
    behind = Matrix([wave(angle) for wave, angle in product(waves, angles)])
    weights = Matrix(3, 4, sympy.symbols("w:12", real=True))
    absorbed = _zero(weights * behind - (weights * to_front) * interleaved)
    return absorbed and not different(_thetas(convention), _thetas())


def _zero(matrix: Matrix) -> bool:
    return all(vanishes(entry) for entry in matrix)
