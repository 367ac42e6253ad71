"""Claims of the survey on the table's formula and on codes by integers, products and fractions."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import sympy
from flint import arb_mat
from sympy import Matrix

from spec.claims.claim import conditional, false, true, undecidable
from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.encodings.sinusoidal import ENCODING as TABLE
from spec.lemmas.scalars import multiplicative_scalars
from spec.lemmas.waves import exact_theta, wave
from spec.numbers.balls import less
from spec.numbers.exact import frequencies
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes

M, N, P, K = sympy.symbols("m n p k", real=True)
DIM = 8
LENGTHS = (5, 10, 13, 20)


@false("C126", "survey", "2 The code")
def positions_are_scaled_by_growing_powers() -> bool:
    """div_term scales the positions by the sufficiently small numbers 10000^(2i/d).

    The sign of the exponent is missing: the numbers are 10000^(-2i/d); those as printed run from 1 up to 10000.
    """
    return all(exact_theta(i, DIM) == sympy.Integer(10_000) ** sympy.Rational(2 * i, DIM) for i in range(DIM // 2))


@true("C130", "survey", "2 The code")
def sine_of_a_sum() -> bool:
    """PE(p + k, 2i) = PE(p, 2i) PE(k, 2i+1) + PE(p, 2i+1) PE(k, 2i).

    The sine of a sum.
    """
    (sin_p, cos_p), (sin_k, cos_k) = wave(P), wave(K)
    return vanishes(wave(P + K)[0] - sin_p * cos_k - cos_p * sin_k)


@false("C131", "survey", "2 The code")
def pair_index_runs_to_the_dimension() -> bool:
    """In the docstring of the class: PE(pos, 2i) = sin(pos / 10000^(2i / d_model)), 0 <= i <= d_model.

    Only for 0 <= i < d_model / 2, as C227 has it: there are as many columns as dimensions.
    """
    return all(2 * i + 1 < DIM for i in range(DIM + 1))


@conditional("C132", "survey", "2 The code")
def only_one_dimension_is_linearly_related() -> tuple[bool, bool]:
    """Only the values of one and the same dimension i, at different positions, are linearly related.

    With i the pair, as in the line before: the shift by k is linear in its sine and cosine, and no pair is linear in
    another one. With i a single component it is not so: the shift mixes both, and a component obeys only a recurrence
    of the second order.
    """
    pair = all(map(vanishes, wave(P + K) - Matrix(rotation(K * THETA)).T * wave(P)))
    alone = all(vanishes(wave(P)[i] * wave(N + K)[i] - wave(N)[i] * wave(P + K)[i]) for i in range(2))
    return pair and independent(0, 1), alone


def independent(*pairs: int) -> bool:
    """Whether sines and cosines of these pairs, as functions of the position, are linearly independent."""
    thetas = [frequencies(TABLE, DIM, {"base": 10000})[i] for i in pairs]
    values = [[value for theta in thetas for value in (p * theta).sin_cos()] for p in range(2 * len(pairs))]
    return not arb_mat(values).det().contains(0)


@true("C227", "survey", "2.6 Sinusoids")
def pair_index_of_512_dimensions() -> bool:
    """2i are the even dimensions and 2i + 1 the odd ones; for d_model = 512, i ranges from 0 to 255.

    Every dimension belongs to one of these pairs, and to no other.
    """
    pairs: list[list[int]] = TABLE.coordinates(512, {}, "interleaved").tolist()
    return pairs == [[2 * i, 2 * i + 1] for i in range(256)]


@true("C228", "survey", "2.6 Sinusoids")
def pairs_share_a_frequency_and_slow_down() -> bool:
    """Sine and cosine of a group share a frequency; those of groups differ: low dimensions have high ones, high
    dimensions low ones.

    theta_i falls with i, from 1 on.
    """
    shared = list(wave(P)) == [sympy.sin(P * THETA), sympy.cos(P * THETA)] == list(Symbolic(TABLE).at(P))
    return shared and all(
        less(slower, faster)
        for dim in (16, 512)
        for faster, slower in pairwise(frequencies(TABLE, dim, {"base": 10000}))
    )


@true("C136", "survey", "2.1 Integers")
def integers_grow_and_subtract() -> bool:
    """The integer code grows without bound and monotonically, and its differences are those of the positions.

    Position b + 1 exceeds every bound b.
    """
    one = Matrix([1] * DIM)
    steps = (P + 1) * one - P * one - one
    differences = M * one - N * one - (M - N) * one
    return all(vanishes(entry) for entry in [*steps, *differences]) and all(
        min((b + 1) * one) > b for b in (10**k for k in range(12))
    )


@conditional("C251", "survey", "2.1 Integers")
def dot_products_do_not_subtract() -> tuple[bool, bool]:
    """m - n cannot be combined with attention, as vectors meet in dot products: multiplication, not subtraction.

    True of the codes as they are: their product, d m n, knows more than the offset. With a 1 beside them it is not:
    (m, 1) . (1, -n) = m - n, which projections of the code and a constant do give.
    """
    bare = (P * Matrix([1] * DIM)).dot(K * Matrix([1] * DIM))
    beside = Matrix([P, 1]).dot(Matrix([1, -K]))
    return _changes_with_both(bare), _changes_with_both(beside)


def _changes_with_both(product: sympy.Expr) -> bool:
    """Whether a product of p with k changes when both grow by as much."""
    moved = product.subs({P: P + N, K: K + N}, simultaneous=True)
    return not vanishes(moved - product)


LARGER_IS_HEAVIER = undecidable(
    "C137",
    "survey",
    "2.1 Integers",
    says="The larger the number, the larger the weight of this position.",
    because="A matter of the weights that are learned: with a projection of the other sign the larger number has the "
    "smaller logit.",
)


@true("C138", "survey", "2.2 Products")
def products_forget_the_order() -> bool:
    """Multiplication commutes and cannot tell which position comes first, nor can dot products of vectors.

    More than that: the only real functions whose products depend on the offset are constants up to alternating signs.
    """
    v, w = Matrix(sympy.symbols("v:4", real=True)), Matrix(sympy.symbols("w:4", real=True))
    return vanishes(v.dot(w) - w.dot(v)) and multiplicative_scalars()


@false("C139", "survey", "2.2 Products")
def rotations_do_not_commute() -> bool:
    """The products of matrices R_m R_n do not commute, and so suit the purpose.

    Rotations of a pair do commute. The direction is carried by the transpose: R_m^T R_n is R_(n-m), not R_(m-n).
    """
    at_m, at_n = (Matrix(rotation(position * THETA)) for position in (M, N))
    return not all(vanishes(entry) for entry in at_m * at_n - at_n * at_m)


def _fractions(length: int, denominator: int) -> list[Fraction]:
    return [Fraction(p, denominator) for p in range(length)]


@true("C140", "survey", "2.3 Normalised")
def normalised_to_the_unit_interval() -> bool:
    """Dividing by the length normalises the positions to [0, 1], an arithmetic progression.

    All lie in it, in equal steps; p / length ends at (length - 1) / length, and it takes length - 1 to reach 1.
    """

    def lies_within(codes: Sequence[Fraction]) -> bool:
        steps = {after - before for before, after in pairwise(codes)}
        return len(steps) == 1 and all(0 <= code <= 1 for code in codes)

    return all(lies_within(_fractions(length, length)) for length in LENGTHS)


@false("C142", "survey", "2.3 Normalised")
def neighbours_differ_by_a_positive_step() -> bool:
    """PE(first) - PE(second) is 1/13 at the positions 2 and 3 of 13, and 1/20 at the positions 0 and 1 of 20.

    The sign is wrong: the differences are -1/13 and -1/20.
    """
    return all(
        codes[p] - codes[p + 1] == Fraction(1, len(codes))
        for p, codes in ((2, _fractions(13, 13)), (0, _fractions(20, 20)))
    )


@true("C240", "survey", "2.3 Normalised")
def steps_differ_by_orders_of_magnitude() -> bool:
    """The codes of two neighbours may differ by orders of magnitude less in a long text than in a short one.

    By 1/10 in a text of 10, and by 1/1000 in one of 1000: a hundredth.
    """
    short, long = (_fractions(length, length)[1] for length in (10, 1000))
    return short / long == 100


@true("C143", "survey", "2.3 Normalised")
def the_same_position_has_different_codes() -> bool:
    """In sentences of different lengths the same position has different codes.

    At every position but the first, which is 0 in all of them.
    """
    return all(
        len({_fractions(length, length)[p] for length in LENGTHS}) == len(LENGTHS) for p in range(1, min(LENGTHS))
    )
