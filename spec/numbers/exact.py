"""Exact values: every number here is a ball of Arb that is certified to contain the true value.

Frequencies and blocks are evaluated from the sympy definition itself, at 128 bits. `rows` hands them on as extended
precision arrays with the radius of their rounding; no implementation, and no float64 cosine, is involved.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import sympy
from flint import arb, ctx

from spec.definitions.encoding import NOTHING, Encoding, Parameters
from spec.definitions.symbols import DIM, HEAD, HEADS, INDEX, KEY, LENGTH, POSITION, QUERY, SCALE, THETA, parameter
from spec.numbers.balls import PRECISION, all_extended, ball, compiled

Items = tuple[tuple[str, Any], ...]


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
    block, along = _block(encoding, role, given), [ball(coordinate) for coordinate in place]
    steps = [along[axis] for axis in encoding.axes_of(dim, parameters)]
    entries = [arb(entry) for letters in zip(steps, thetas, ss, strict=True) for entry in block(*letters)]
    return all_extended(entries).reshape(len(thetas), encoding.width, -1)


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
