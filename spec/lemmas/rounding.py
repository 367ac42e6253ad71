"""Where rounding makes neighbours one: the scalar 1 / sqrt(n), in which causal attention without positions keeps n."""

from bisect import bisect_left
from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from math import isqrt

from flint import arb

from spec.lemmas.lemma import lemma

DIGITS = {"bfloat16": 8, "float16": 11, "float32": 24}
"""Binary digits of a number, the leading one included."""
FIRST_EQUAL = {"bfloat16": 111, "float16": 660, "float32": 6660630}


@lemma("certified")
def inverse_roots_become_equal() -> bool:
    """Rounded to nearest, 1 / sqrt(n) and 1 / sqrt(n + 1) are first equal at n = 111 in bfloat16, 660 in float16 and
    6660630 in float32."""
    return _first_equal_are(FIRST_EQUAL)


def inverse_root(n: int, digits: int) -> Fraction:
    """1 / sqrt(n) rounded to nearest, exactly; at a tie n would be a power of four divided by an odd square."""
    shift = _shift(n, digits)
    return Fraction((isqrt(4 ** (shift + 1) // n) + 1) // 2, 2**shift)


def first_equal(digits: int) -> int:
    """The first n whose 1 / sqrt(n) rounds to the same number as that of n + 1.

    Within 4^j < n <= 4^(j+1) the spacing of the rounded numbers is one, and the gap to the next root falls with n: as
    long as it is the larger, neighbours cannot round alike, and only what comes after is gone through.
    """
    for j in count():
        block = range(4**j + 1, 4 ** (j + 1) + 1)
        for n in block[_first_close(block, digits) :]:
            if inverse_root(n, digits) == inverse_root(n + 1, digits):
                return n
    raise AssertionError("unreachable")


def _first_close(block: range, digits: int) -> int:
    """How many numbers of the block come before the first whose gap may be within the spacing."""
    spacing = arb(2) ** -_shift(block[0], digits)
    return bisect_left(block, True, key=lambda n: not _gap(n) > spacing)


def _shift(n: int, digits: int) -> int:
    """The power of two that gives 1 / sqrt(n) so many binary digits in front of the point."""
    return digits - 1 + ((n - 1).bit_length() + 1) // 2


def _gap(n: int) -> arb:
    return arb(n).rsqrt() - arb(n + 1).rsqrt()


def _first_equal_are(told: Mapping[str, int]) -> bool:
    return all(first_equal(DIGITS[dtype]) == n for dtype, n in told.items())
