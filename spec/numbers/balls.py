"""Arithmetic with balls of Arb: what cannot be told from them is never guessed."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import sympy
from flint import arb, ctx

from spec.definitions.encoding import NOTHING
from spec.definitions.words import Undefined

P = ParamSpec("P")
T = TypeVar("T")
PRECISION = 128
RADIUS = float(np.finfo(np.longdouble).eps)
"""The largest error of a sine or cosine once it is held in the machine's extended precision."""

_FUNCTIONS: dict[str, Callable[..., arb]] = {
    "cos": lambda x: arb(x).cos(),
    "sin": lambda x: arb(x).sin(),
    "atan2": lambda y, x: arb.atan2(arb(y), arb(x)),
    "exp": lambda x: arb(x).exp(),
    "log": lambda x: arb(x).log(),
    "sqrt": lambda x: arb(x).sqrt(),
    "floor": lambda x: _floor(arb(x)),
    "whole_times": lambda x, y: _floor(arb(x) / y),
    "remainder": lambda x, y: arb(x) - arb(y) * _floor(arb(x) / y),
    "Abs": lambda x: abs(arb(x)),
    "ceil": lambda x: -_floor(-arb(x)),
    "smallest": lambda *xs: reduce(lambda a, b: a.min(b), map(arb, xs)),
    "largest": lambda *xs: reduce(lambda a, b: a.max(b), map(arb, xs)),
    "step": lambda x, at_zero: arb((0, at_zero, 1)[1 + _sign(arb(x))]),
    "same": lambda x, y: arb(_sign(arb(x) - y) == 0),
    "ratio": lambda p, q: arb(p) / q,
}
_CERTIFIED = {
    sympy.Mod: "remainder",
    sympy.Min: "smallest",
    sympy.Max: "largest",
    sympy.Heaviside: "step",
    sympy.KroneckerDelta: "same",
}
"""What would be written as a comparison of Python, which takes what it cannot tell for no."""


class TooWide(ValueError):
    """Balls are too wide to tell."""


def _floor(x: arb) -> arb:
    floor = x.floor()
    if not floor.is_exact():
        raise TooWide(f"{PRECISION} bits do not suffice to round {x} down")
    return floor


def _sign(x: arb) -> int:
    sign = [x < 0, x == 0, x > 0]
    if not any(sign):
        raise TooWide(f"{PRECISION} bits do not suffice to tell {x} from 0")
    return sign.index(True) - 1


def precise(function: Callable[P, T]) -> Callable[P, T]:
    """A function that computes with PRECISION bits, whatever was set before.

    Arb has one precision for all; it stays, so that what is computed with the balls that are returned has it as well.
    """

    @wraps(function)
    def with_precision(*arguments: P.args, **named: P.kwargs) -> T:
        ctx.prec = PRECISION
        return function(*arguments, **named)

    return with_precision


@lru_cache(maxsize=65536)
@precise
def ball(value: float | int | Fraction) -> arb:
    """The ball of an exactly given number."""
    exact = Fraction(value)
    return arb(exact.numerator) / exact.denominator


def less(one: arb, other: arb) -> bool | None:
    """Whether one number is smaller than another; None where their balls are too wide to tell."""
    return True if one < other else False if one >= other else None


def different(one: Sequence[arb], other: Sequence[arb]) -> bool | None:
    """Whether two lists of numbers differ in some entry; None where their balls are too wide to tell."""
    pairs = list(zip(one, other, strict=True))
    return True if any(a != b for a, b in pairs) else False if all(a == b for a, b in pairs) else None


def every(answers: Iterable[bool | None]) -> bool | None:
    """Whether all answers are yes: no at the first no, and None where none is no but some could not be told."""
    certain = True
    for answer in answers:
        if answer is False:
            return False
        certain = certain and answer is True
    return certain or None


@precise
def compiled(
    letters: Sequence[sympy.Symbol], expression: Any, functions: Mapping[str, Callable[..., Any]] = NOTHING
) -> Callable[..., Any]:
    """An expression as a function of balls; fractions in it stay exact. `functions` are those of integers."""
    exact = sympy.sympify(expression)
    for kind, name in _CERTIFIED.items():
        exact = exact.replace(kind, sympy.Function(name)) if exact.has(kind) else exact
    exact = exact_ratios(exact.replace(sympy.floor, _whole_times))
    of_balls = {name: _of_balls(function) for name, function in functions.items()}
    modules = [of_balls, _FUNCTIONS, {"pi": arb.pi()}]
    evaluate: Callable[..., Any] = sympy.lambdify(letters, exact, modules=modules, cse=True)
    return evaluate


def _whole_times(number: sympy.Expr) -> sympy.Expr:
    """How often a denominator goes into its numerator: 300 / 300 is 1, and 300 (1 / 300) a ball about 1."""
    return sympy.Function("whole_times")(*sympy.fraction(sympy.together(number)))


def exact_ratios(expression: Any) -> Any:
    """An expression whose fractions are written as a function `ratio` of two integers: as Python they would round."""
    ratio = sympy.Function("ratio")
    return expression.replace(lambda part: part.is_Rational and not part.is_Integer, lambda part: ratio(part.p, part.q))


def _of_balls(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *numbers: function(*map(whole, numbers))


def whole(number: Any) -> int:
    """The only integer in a ball. Raises Undefined where there is none."""
    return int(arb(number).unique_fmpz() if arb(number).unique_fmpz() is not None else _no_integer(number))


def _no_integer(number: Any) -> int:
    raise Undefined(f"{number} is no integer; this encoding is defined on integers only")


def extended(entry: arb) -> np.longdouble:
    """A ball in the machine's extended precision. Raises ValueError where it is too wide for that."""
    return np.longdouble(all_extended([entry])[0])


def all_extended(entries: Sequence[arb]) -> np.ndarray:
    """Balls in the machine's extended precision. Raises ValueError where one is too wide for that."""
    high = [float(entry) for entry in entries]
    if any(map(math.isinf, high)):
        return np.array([_scaled(entry) for entry in entries])
    for entry, value in zip(entries, high, strict=True):
        if not float(entry.rad()) < RADIUS / 4 * max(1.0, abs(value)):
            raise ValueError(
                f"{PRECISION} bits do not suffice for an exact value here: {entry}; take smaller positions"
            )
    low = [float(entry - value) for entry, value in zip(entries, high, strict=True)]
    return np.array(high, dtype=np.longdouble) + np.array(low, dtype=np.longdouble)


def _scaled(entry: arb) -> np.longdouble:
    """A ball that may lie beyond float64, by way of one that does not."""
    if not entry.is_finite():
        raise ValueError(f"{entry} is no finite number; take smaller positions")
    mantissa, exponent = entry.mid().man_exp()
    power = max(0, int(mantissa).bit_length() + int(exponent))
    return np.longdouble(np.ldexp(extended(entry * arb(2) ** -power), power))
