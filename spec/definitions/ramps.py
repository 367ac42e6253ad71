"""Frequencies of longer contexts: those of RoPE, divided by a factor, wholly or in part; and how often they round.

Between a pair that keeps its frequency and one that turns `factor` times as slowly lies a ramp r from 0 to 1:

    theta_i = b^(-2i/d) ((1 - r_i) + r_i / factor)

Roundings are counted beside those of a power of the same size (spec.numbers.bounds), in units of the precision of the
angles.
"""

from dataclasses import dataclass
from functools import cached_property

from sympy import Abs, Expr, Heaviside, KroneckerDelta, Max, Min, Rational, log, pi

from spec.definitions.symbols import BASE, DIM, INDEX, parameter

FACTOR = parameter("factor")
ORIGINAL = parameter("original_max_position_embeddings")
POWER = BASE ** (-2 * INDEX / DIM)
NEAR = Rational(1, 1024)
"""So close to an end, and no closer, rounding may take a pair for one on the ramp, or off it."""
AT_ONCE = Rational(1, 2**60)
"""The width of a ramp whose ends meet."""
TURNS = ORIGINAL * POWER / (2 * pi)
"""How often a pair turns round in the original context."""
AS_WRITTEN = {"evaluate": False}
"""Left to the numbers that are put in: sympy looks long for signs that are not known before."""


def scaled(by: Expr, roundings: Expr | int) -> Expr:
    """Roundings of the power times `by`, made with so many, beside those that are counted for a power of its size.

    Those are 3 |ln theta|, and theta is not the power: where |ln power| is larger, the difference is added.
    """
    of_power, of_theta = (Abs(log(each), **AS_WRITTEN) for each in (POWER, POWER * by))
    return roundings + 3 * Max(0, of_power - of_theta, **AS_WRITTEN)


@dataclass(frozen=True)
class Ramp:
    """From 0, where a pair keeps its frequency, to 1, where it is divided by the factor; `line` goes on beyond both.

    `off` is the largest absolute error of the line, in roundings; `exact_at_ends` where they lie on whole numbers.
    """

    line: Expr
    off: Expr
    exact_at_ends: bool = False

    @cached_property
    def share(self) -> Expr:
        """What is left of the frequency: (1 - r) + r / factor."""
        r = Min(1, Max(0, self.line, **AS_WRITTEN), **AS_WRITTEN)
        return 1 - r + r / FACTOR

    @property
    def roundings(self) -> Expr:
        """None where r is 0; else four, and the error of r unless it is 1.

        Of (1 - r) b^x + r b^x / factor round 1 - r, and r again if it is made of that, the division, each product and
        the sum: no more than four on the way of either term. An error of r moves the share by as much, and no more.
        """
        near = 0 if self.exact_at_ends else NEAR
        ends = (self.line, 1 - self.line)
        begun, unfinished = (Heaviside(beyond + near, bool(near), **AS_WRITTEN) for beyond in ends)
        return scaled(self.share, begun * (4 + unfinished * self.off / self.share))


def by_turns(few: Expr, many: Expr) -> Ramp:
    """Pairs that turn `many` times or more in the original context keep their frequency; with `few` it is divided.

    The power is off by 3 |ln power| + 6 roundings, the constant, product and quotient by 3 more, relative to the turns;
    their difference from `many` and the quotient add 3 relative to the line. Where both ends are the same, as in Llama
    4, there is no ramp: a pair turns either more often or less.
    """
    width = many - few + AT_ONCE * KroneckerDelta(many, few)
    line = (many - TURNS) / width
    off = TURNS * (3 * Abs(log(POWER)) + 9) / width + 3 * Abs(line)
    return Ramp(line, off)
