"""Claims of the survey on the table's formula and on codes by integers, products, fractions and digits."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import sympy
from sympy import Matrix

from spec.claims.claim import conditional, false, true, undecidable
from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.lemmas.scalars import multiplicative_scalars
from spec.lemmas.wave_bits import WIDTH, bit, bits_jump, bits_toggle, column, minimal_period, toggle_intervals
from spec.lemmas.waves import exact_theta, wave
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
    """The columns 2i and 2i + 1 exist for 0 <= i <= d_model.

    Only for 0 <= i < d_model / 2: there are as many columns as dimensions.
    """
    return all(2 * i + 1 < DIM for i in range(DIM + 1))


@false("C132", "survey", "2 The code")
def one_component_is_linear_by_itself() -> bool:
    """Only the values of one and the same dimension i, at different positions, are linearly related.

    The shift by k mixes sine and cosine of a pair; a component by itself is no multiple of what it was, and obeys only
    a recurrence of the second order.
    """
    return all(vanishes(wave(P)[i] * wave(N + K)[i] - wave(N)[i] * wave(P + K)[i]) for i in range(2))


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


@true("C143", "survey", "2.3 Normalised")
def the_same_position_has_different_codes() -> bool:
    """In sentences of different lengths the same position has different codes.

    At every position but the first, which is 0 in all of them.
    """
    return all(
        len({_fractions(length, length)[p] for length in LENGTHS}) == len(LENGTHS) for p in range(1, min(LENGTHS))
    )


@conditional("C144", "survey", "2.4 Binary")
def digits_cycle() -> tuple[bool, bool]:
    """The least significant digit cycles between 0 and 1 every token, the most significant of n every 2^(n-1) tokens.

    True of the distance between changes; the cycle, there and back, is twice as long.
    """
    last = WIDTH - 1
    intervals = toggle_intervals(column(0)) == {1} and toggle_intervals(column(last)) == {2**last}
    return intervals and bits_toggle(), minimal_period(column(0)) == 1 and minimal_period(column(last)) == 2**last


@conditional("C145", "survey", "3.5 Absolute positions")
def columns_have_half_their_period() -> tuple[bool, bool]:
    """Column i has the period 2^i: after so many numbers it alternates.

    It changes every 2^i numbers, as the words after the colon say; what is called a period elsewhere is 2^(i+1).
    """
    changes = all(toggle_intervals(column(i)) == {2**i} for i in range(WIDTH))
    return changes, all(minimal_period(column(i)) == 2**i for i in range(WIDTH))


def _code(position: int, width: int) -> tuple[int, ...]:
    return tuple(bit(position, j) for j in range(width))


@true("C146", "survey", "2.4 Binary")
def digits_are_bounded() -> bool:
    """All values of the binary code are bounded: they lie between 0 and 1.

    They are 0 and 1.
    """
    return {digit for p in range(2**WIDTH) for digit in _code(p, WIDTH)} == {0, 1}


@true("C147", "survey", "2.4 Binary")
def digits_jump() -> bool:
    """The binary code lives in a discrete space, and from one position to another it jumps.

    From 2^j - 1 to 2^j there change j + 1 digits: 7 and 8 are at the distance 2, 0 and 8 at 1.
    """
    distance = {p: sum((a - b) ** 2 for a, b in zip(_code(p, WIDTH), _code(8, WIDTH), strict=True)) for p in (0, 7)}
    return bits_jump() and distance == {0: 1, 7: 4}


@true("C148", "survey", "2.4 Binary")
def the_dimension_suffices() -> bool:
    """The model dimension is large enough for the binary code of every position wanted.

    d digits tell 2^d positions apart, and not one more: with 512 of them, more than 10^150.
    """

    def told_apart(width: int) -> bool:
        codes = [_code(p, width) for p in range(2**width + 1)]
        return len(set(codes[:-1])) == 2**width and codes[-1] == codes[0]

    return all(told_apart(width) for width in range(1, 11)) and 2**512 > 10**150


def _digits(position: int, radix: int, width: int) -> list[int]:
    return [position // radix**j % radix for j in range(width)]


@conditional("C149", "survey", "2.4 Binary")
def larger_radix() -> tuple[bool, bool]:
    """A larger radix needs fewer dimensions, and does not shrink the gap between adjacent numbers.

    True of the digits as they are, up to radix - 1. Brought to [0, 1], a step of one digit is 1 / (radix - 1).
    """
    radices, positions = (2, 6, 8, 16), range(256)

    def improves(scale: Callable[[int], int]) -> bool:
        widths = [next(w for w in range(1, 9) if r**w >= len(positions)) for r in radices]
        gaps = [
            min(
                max(Fraction(abs(a - b), scale(r)) for a, b in zip(_digits(p, r, w), _digits(p + 1, r, w), strict=True))
                for p in positions[:-1]
            )
            for r, w in zip(radices, widths, strict=True)
        ]
        return widths == sorted(widths, reverse=True) and widths[-1] < widths[0] and gaps == sorted(gaps)

    return improves(lambda radix: 1), improves(lambda radix: radix - 1)
