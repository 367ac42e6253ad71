"""Exact values: every number here is a ball of Arb that is certified to contain the true value.

Frequencies and blocks are evaluated from the sympy definition itself, at 128 bits. `rows` hands them on as extended
precision arrays with the radius of their rounding; no implementation, and no float64 cosine, is involved.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial, reduce
from typing import Any

import numpy as np
import sympy
from flint import arb, ctx

from spec.encoding import NOTHING, Encoding, Parameters
from spec.symbols import DIM, HEAD, HEADS, INDEX, KEY, LENGTH, POSITION, QUERY, SCALE, THETA, parameter

Items = tuple[tuple[str, Any], ...]

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


def _floor(x: arb) -> arb:
    floor = x.floor()
    if not floor.is_exact():
        raise ValueError(f"{PRECISION} bits do not suffice to round {x} down")
    return floor


def _sign(x: arb) -> int:
    sign = [x < 0, x == 0, x > 0]
    if not any(sign):
        raise ValueError(f"{PRECISION} bits do not suffice to tell {x} from 0")
    return sign.index(True) - 1


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


def compiled(
    letters: Sequence[sympy.Symbol], expression: Any, functions: Mapping[str, Callable[..., Any]] = NOTHING
) -> Callable[..., Any]:
    """An expression as a function of balls; fractions in it stay exact. `functions` are those of integers."""
    ctx.prec = PRECISION
    exact, ratio = sympy.sympify(expression), sympy.Function("ratio")
    for kind, name in _CERTIFIED.items():
        exact = exact.replace(kind, sympy.Function(name))
    exact = exact.replace(lambda part: part.is_Rational and not part.is_Integer, lambda part: ratio(part.p, part.q))
    of_balls = {name: _of_balls(function) for name, function in functions.items()}
    modules = [of_balls, _FUNCTIONS, {"pi": arb.pi()}]
    evaluate: Callable[..., Any] = sympy.lambdify(letters, exact, modules=modules, cse=True)
    return evaluate


def _of_balls(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *numbers: function(*map(whole, numbers))


def whole(number: Any) -> int:
    """The only integer in a ball. Raises ValueError where there is none."""
    return int(arb(number).unique_fmpz() if arb(number).unique_fmpz() is not None else _no_integer(number))


def _no_integer(number: Any) -> int:
    raise ValueError(f"{number} is no integer; this encoding is defined on integers only")


def _items(parameters: Parameters) -> Items:
    return tuple(sorted(parameters.items()))


@lru_cache(maxsize=2048)
def _each(encoding: Encoding, part: str, dim: int, given: Items, length: int) -> tuple[arb, ...]:
    """The frequency or the scale of every block."""
    blocks = encoding.covered(dim, dict(given)) // encoding.width
    numbers = {name: ball(value) for name, value in given if not isinstance(value, tuple)}
    several = tuple(item for item in given if isinstance(item[1], tuple))
    evaluate = _per_block(encoding, part, tuple(numbers), several)
    values = (arb(dim), arb(length), *numbers.values())
    return tuple(arb(evaluate(arb(i), *values)) for i in range(blocks))


@lru_cache(maxsize=1024)
def _per_block(encoding: Encoding, part: str, numbers: tuple[str, ...], several: Items) -> Callable[..., Any]:
    return compiled([INDEX, DIM, LENGTH, *map(parameter, numbers)], getattr(encoding, part), sequences(several))


def sequences(given: Items) -> dict[str, Callable[[int], arb]]:
    """The parameters that have several values, as functions of an index."""
    return {name: partial(element, value) for name, value in given if isinstance(value, tuple)}


def element(values: tuple[float, ...], index: int) -> arb:
    """One value of a parameter that has several."""
    return ball(values[index])


def frequencies(encoding: Encoding, dim: int, parameters: Parameters, length: int = 1) -> tuple[arb, ...]:
    """theta_i of every block, as balls, in radians per position; `length` is one more than the largest position."""
    ctx.prec = PRECISION
    return _each(encoding, "frequency", dim, _items(parameters), length if encoding.follows_length else 1)


def frequency_roundings(encoding: Encoding, dim: int, parameters: Parameters, length: int = 1) -> np.ndarray:
    """How many roundings the frequency of every block needs beside those of a power of its size."""
    ctx.prec = PRECISION
    each = _each(encoding, "frequency_roundings", dim, _items(parameters), length if encoding.follows_length else 1)
    return np.array(list(map(float, each)))


def scales(encoding: Encoding, dim: int, parameters: Parameters, length: int = 1) -> tuple[arb, ...]:
    """s_i of every block, as balls."""
    ctx.prec = PRECISION
    return _each(encoding, "scale", dim, _items(parameters), length if encoding.follows_length else 1)


@lru_cache(maxsize=128)
def _block(encoding: Encoding, role: str, given: Items) -> Callable[..., list[Any]]:
    block = encoding.key_block if role == "key" and encoding.key_block is not None else encoding.block
    numbers = {parameter(name): sympy.Rational(value) for name, value in given if not isinstance(value, tuple)}
    assert block is not None
    return compiled([POSITION, THETA, SCALE], sympy.Tuple(*block.subs(numbers)), encoding.functions)


def at_position(
    encoding: Encoding,
    position: float,
    theta: arb | None = None,
    scale: arb | None = None,
    *,
    role: str = "query",
    parameters: Parameters = NOTHING,
) -> list[arb]:
    """The entries of one block at a position, row by row, as balls; theta and scale are 1 by default."""
    ctx.prec = PRECISION
    block = _block(encoding, role, _items(parameters))
    return [arb(entry) for entry in block(ball(position), *(arb(1) if b is None else b for b in (theta, scale)))]


def first_block(encoding: Encoding, position: float, role: str = "query") -> list[arb]:
    """The first block at a position, in the smallest dimension from 8 that the encoding has, as balls."""
    dim = encoding.dimension(8)
    parameters = encoding.configured(dim, {})
    theta, scale = (part(encoding, dim, parameters, 16)[0] for part in (frequencies, scales))
    return at_position(encoding, position, theta, scale, role=role, parameters=parameters)


@lru_cache(maxsize=16384)
def corner(encoding: Encoding, m: float, n: float) -> arb:
    """The bias that the first of three heads adds to the logit of a query at m with a key at n; or the factor."""
    return _between(encoding, encoding.factor if encoding.score is None else encoding.score[-1, -1], m, n)


def _between(
    encoding: Encoding, expression: sympy.Expr, m: float, n: float, *, dim: int = 8, index: int = 0, theta: Any = 1
) -> arb:
    """An expression of QUERY and KEY for the first of three heads, in one block."""
    ctx.prec = PRECISION
    parameters = encoding.configured(encoding.dimension(dim), {})
    numbers = {parameter(name): ball(value) for name, value in parameters.items() if not isinstance(value, tuple)}
    places = zip((*QUERY, *KEY), (*_padded(encoding, m), *_padded(encoding, n)), strict=True)
    block = {INDEX: arb(index), THETA: arb(theta), HEAD: arb(0), HEADS: arb(3), DIM: arb(dim)}
    known = {**block, **numbers, **dict(places)}
    return arb(_expression(encoding, expression, tuple(known), _items(parameters))(*known.values()))


@lru_cache(maxsize=128)
def _expression(
    encoding: Encoding, expression: sympy.Expr, letters: tuple[sympy.Symbol, ...], given: Items
) -> Callable[..., Any]:
    return compiled(letters, expression, {**encoding.functions, **sequences(given)})


def _padded(encoding: Encoding, position: float) -> list[arb]:
    place = encoding.line(position)[: encoding.axes]
    return [ball(p) for p in (*place, *[0] * (len(QUERY) - len(place)))]


@lru_cache(maxsize=16384)
def _row(encoding: Encoding, place: tuple[float, ...], dim: int, given: Items, length: int, role: str) -> np.ndarray:
    parameters = dict(given)
    thetas, ss = (part(encoding, dim, parameters, length) for part in (frequencies, scales))
    steps = [place[axis] for axis in encoding.axes_of(dim, parameters)]
    blocks = zip(steps, thetas, ss, strict=True)
    entries = [
        [extended(entry) for entry in at_position(encoding, *block, role=role, parameters=parameters)]
        for block in blocks
    ]
    return np.array(entries, dtype=np.longdouble).reshape(len(thetas), encoding.width, -1)


def extended(entry: arb) -> np.longdouble:
    """A ball in the machine's extended precision. Raises ValueError where it is too wide for that."""
    high = float(entry)
    if not float(entry.rad()) < RADIUS / 4 * max(1.0, abs(high)):
        raise ValueError(f"{PRECISION} bits do not suffice for an exact value here: {entry}; take smaller positions")
    return np.longdouble(high) + np.longdouble(float(entry - high))


def rows(
    encoding: Encoding,
    places: Sequence[tuple[float, ...]],
    dim: int,
    parameters: Parameters,
    *,
    length: int = 1,
    role: str = "query",
) -> np.ndarray:
    """The blocks at each place, shape (n, blocks, width, width or 1), each entry within RADIUS of the truth.

    A place has one coordinate an axis. Raises ValueError at positions so large (about 10^19) that PRECISION does not
    reach that far.
    """
    length = length if encoding.follows_length else 1
    role = role if encoding.key_block is not None else "query"
    return _rows(encoding, tuple(map(tuple, places)), dim, _items(parameters), length, role)


@lru_cache(maxsize=256)
def _rows(
    encoding: Encoding, places: tuple[tuple[float, ...], ...], dim: int, given: Items, length: int, role: str
) -> np.ndarray:
    stacked = np.stack([_row(encoding, place, dim, given, length, role) for place in places])
    stacked.flags.writeable = False
    return stacked


@lru_cache(maxsize=65536)
def kernel(encoding: Encoding, dim: int, distance: int) -> arb:
    """The logit of equal contents (1, 0) in every block, the key `distance` before the query; of a table, of two rows.

    On a grid, `distance` along the line on which the encoding lays its positions out.
    """
    parameters = encoding.configured(dim, {})
    length = distance + 1
    if encoding.acts_on == "content-score":
        assert encoding.score is not None
        met = sympy.Add(*(encoding.score[row, column] for row in (0, -1) for column in (0, -1)))
        each = enumerate(frequencies(encoding, dim, parameters, length))
        return sum((_between(encoding, met, distance, 0, dim=dim, index=i, theta=t) for i, t in each), arb(0))
    if encoding.block is None:
        return corner(encoding, distance, 0)
    thetas, ss = (part(encoding, dim, parameters, length) for part in (frequencies, scales))
    axes, place = encoding.axes_of(dim, parameters), encoding.line(distance)
    total = arb(0)
    for axis, theta, scale in zip(axes, thetas, ss, strict=True):
        start, end = (
            at_position(encoding, p, theta, scale, role=role, parameters=parameters)
            for p, role in ((0, "key"), (place[axis], "query"))
        )
        columns = len(start) // encoding.width
        total += sum((a * b for a, b in zip(start[::columns], end[::columns], strict=True)), arb(0))
    return total
