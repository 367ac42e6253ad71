"""Exact values: every number here is a ball of Arb that is certified to contain the true value.

Frequencies and blocks are evaluated from the sympy definition itself, at 128 bits. `rows` hands them on as extended
precision arrays with the radius of their rounding; no implementation, and no float64 cosine, is involved.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from flint import arb, ctx

from spec.encoding import Encoding
from spec.symbols import DIM, INDEX, POSITION, THETA, parameter

Items = tuple[tuple[str, float], ...]

PRECISION = 128
RADIUS = float(np.finfo(np.longdouble).eps)
"""The largest error of a sine or cosine once it is held in the machine's extended precision."""

_FUNCTIONS: dict[str, Callable[..., arb]] = {
    "cos": lambda x: arb(x).cos(),
    "sin": lambda x: arb(x).sin(),
    "exp": lambda x: arb(x).exp(),
    "log": lambda x: arb(x).log(),
    "sqrt": lambda x: arb(x).sqrt(),
    "ratio": lambda p, q: arb(p) / q,
}


def ball(value: float | int | Fraction) -> arb:
    """The ball of an exactly given number."""
    exact = Fraction(value)
    return arb(exact.numerator) / exact.denominator


def less(one: arb, other: arb) -> bool | None:
    """Whether one number is smaller than another; None where their balls are too wide to tell."""
    return True if one < other else False if one >= other else None


def equal(one: Sequence[arb], other: Sequence[arb]) -> bool | None:
    """Whether two lists of numbers are the same, entry by entry; None where their balls are too wide to tell."""
    pairs = list(zip(one, other, strict=True))
    return True if all(a == b for a, b in pairs) else False if any(a != b for a, b in pairs) else None


def every(answers: Iterable[bool | None]) -> bool | None:
    """Whether all answers are yes: no at the first no, and None where none is no but some could not be told."""
    certain = True
    for answer in answers:
        if answer is False:
            return False
        certain = certain and answer is True
    return certain or None


def compiled(letters: Sequence[sympy.Symbol], expression: Any) -> Callable[..., Any]:
    """An expression as a function of balls; fractions in it stay exact."""
    ratio = sympy.Function("ratio")
    exact = sympy.sympify(expression).replace(
        lambda part: part.is_Rational and not part.is_Integer, lambda part: ratio(part.p, part.q)
    )
    evaluate: Callable[..., Any] = sympy.lambdify(letters, exact, modules=[_FUNCTIONS], cse=True)
    return evaluate


@lru_cache(maxsize=512)
def _thetas(encoding: Encoding, dim: int, given: Items, convention: str | None) -> tuple[arb, ...]:
    blocks = encoding.covered(dim, dict(given)) // encoding.width
    frequency = encoding.conventions[convention] if convention else encoding.frequency
    evaluate = compiled([INDEX, DIM, *(parameter(name) for name, _ in given)], frequency)
    return tuple(arb(evaluate(arb(i), arb(dim), *(ball(value) for _, value in given))) for i in range(blocks))


def frequencies(
    encoding: Encoding, dim: int, parameters: Mapping[str, float], convention: str | None = None
) -> tuple[arb, ...]:
    """theta_i of every block, as balls, in radians per position."""
    ctx.prec = PRECISION
    return _thetas(encoding, dim, tuple(sorted(parameters.items())), convention)


@lru_cache(maxsize=64)
def _block(encoding: Encoding) -> Callable[..., list[Any]]:
    return compiled([POSITION, THETA], sympy.Tuple(*encoding.block))


def at_position(encoding: Encoding, position: float, theta: arb | None = None) -> list[arb]:
    """The entries of one block at a position, row by row, as balls; theta is 1, that of pair 0, by default."""
    ctx.prec = PRECISION
    return [arb(entry) for entry in _block(encoding)(ball(position), arb(1) if theta is None else theta)]


@lru_cache(maxsize=16384)
def _row(encoding: Encoding, position: float, dim: int, given: Items, convention: str | None) -> np.ndarray:
    thetas = frequencies(encoding, dim, dict(given), convention)
    entries = [[_extended(entry) for entry in at_position(encoding, position, theta)] for theta in thetas]
    return np.array(entries, dtype=np.longdouble).reshape(len(thetas), *encoding.block.shape)


def _extended(entry: arb) -> np.longdouble:
    if not float(entry.rad()) < RADIUS / 4:
        raise ValueError(f"{PRECISION} bits do not suffice for an exact value here: {entry}; take smaller positions")
    high = float(entry)
    return np.longdouble(high) + np.longdouble(float(entry - high))


def rows(
    encoding: Encoding,
    positions: Sequence[float],
    dim: int,
    parameters: Mapping[str, float],
    convention: str | None = None,
) -> np.ndarray:
    """The blocks at each position, shape (n, blocks, width, width or 1), each entry within RADIUS of the truth.

    Raises ValueError at positions so large (about 10^19) that PRECISION does not reach that far.
    """
    given = tuple(sorted(parameters.items()))
    return np.stack([_row(encoding, position, dim, given, convention) for position in positions])


@lru_cache(maxsize=65536)
def kernel(encoding: Encoding, dim: int, distance: int) -> arb:
    """The logit of equal contents (1, 0) in every block, `distance` apart; for a table, the product of two rows."""
    thetas = frequencies(encoding, dim, encoding.configured(dim, {}))
    if encoding.acts_on == "query-key":
        return sum((at_position(encoding, distance, theta)[0] for theta in thetas), arb(0))
    pairs = ((at_position(encoding, distance, theta), at_position(encoding, 0, theta)) for theta in thetas)
    return sum((a * b for row, start in pairs for a, b in zip(row, start, strict=True)), arb(0))
