"""Claims of the survey on codes of digits, binary ones and others."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from spec.claims.claim import conditional, true
from spec.lemmas.wave_bits import WIDTH, bit, bits_jump, bits_toggle, column, minimal_period, toggle_intervals
from spec.truth import holds


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


@true("C224", "survey", "2.4 Binary")
def two_in_binary() -> bool:
    """The position 2 is 0010 in binary.

    Most significant digit first, of four.
    """
    return "".join(map(str, reversed(_code(2, 4)))) == "0010"


@conditional("C225", "survey", "2.5 Requirements")
def later_codes_are_larger() -> tuple[bool, bool]:
    """In the methods so far later tokens have larger codes than earlier ones: they are monotone functions.

    True of integers, whole or divided by the length. Binary codes are larger neither digit by digit nor in length: that
    of 7 is sqrt(3) long, that of 8 is 1; only the number that they spell grows.
    """
    positions = range(2**WIDTH)

    def grow(codes: Sequence[Sequence[Fraction]]) -> bool:
        return all(all(a < b for a, b in zip(*pair, strict=True)) for pair in pairwise(codes))

    digits = [[Fraction(digit) for digit in _code(p, WIDTH)] for p in positions]
    lengths = [[sum((digit**2 for digit in code), Fraction(0))] for code in digits]
    whole, divided = ([[Fraction(p, by)] for p in positions] for by in (1, len(positions)))
    return grow(whole) and grow(divided), grow(digits) or grow(lengths)


@true("C241", "survey", "2.5 Requirements")
def digits_are_bounded_unique_and_the_same_at_every_length() -> bool:
    """So far values are in a range, and codes are unique and the same in sequences of different lengths.

    True of digits: they are bounded, no two positions that they can count share a code, and no length enters. Integers
    miss the first, fractions the last.
    """
    solved = ("boundedness", "injectivity", "length-independence")
    missed = {name: [s for s in solved if not holds(name, s)] for name in ("binary", "integer", "normalised")}
    return missed == {"binary": [], "integer": [solved[0]], "normalised": [solved[2]]}
