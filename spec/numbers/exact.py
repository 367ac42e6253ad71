"""Exact values: every number here is a ball of Arb that is certified to contain the true value.

Frequencies and blocks are evaluated from the sympy definition itself, at 128 bits. `rows` hands them on as extended
precision arrays with the radius of their rounding; no implementation, and no float64 cosine, is involved.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, cast

import numpy as np
import sympy
from flint import arb
from sympy.core.function import AppliedUndef

from spec.definitions.definition import OnPairs, OnVectors
from spec.definitions.encoding import NOTHING, Encoding
from spec.definitions.evaluation import Parameters
from spec.definitions.symbols import DIM, HEAD, HEADS, INDEX, KEY, LENGTH, QUERY, SCALE, THETA, parameter
from spec.definitions.words import Role
from spec.numbers.balls import all_extended, ball, compiled, precise
from spec.numbers.learned import STAND_INS, is_table, looked_up

Items = tuple[tuple[str, Any], ...]


def _items(parameters: Parameters) -> Items:
    return tuple(sorted(parameters.items()))


@lru_cache(maxsize=2048)
def _each(encoding: Encoding, part: str, dim: int, given: Items, length: int) -> tuple[arb, ...]:
    """The frequency or the scale of every block."""
    blocks = encoding.blocks_at(dim, dict(given))
    numbers = {name: ball(value) for name, value in given if not isinstance(value, tuple)}
    used = _named(encoding, part)
    several = tuple(item for item in given if isinstance(item[1], tuple) and item[0] in used)
    evaluate = _per_block(encoding, part, tuple(numbers), several)
    values = (arb(dim), arb(length), *numbers.values())
    return tuple(arb(evaluate(arb(i), *values)) for i in range(blocks))


@lru_cache(maxsize=1024)
def _per_block(encoding: Encoding, part: str, numbers: tuple[str, ...], several: Items) -> Callable[..., Any]:
    return compiled([INDEX, DIM, LENGTH, *map(parameter, numbers)], getattr(encoding.blocks, part), sequences(several))


@lru_cache(maxsize=256)
def _named(encoding: Encoding, part: str) -> frozenset[str]:
    """The functions in the frequency or the scale."""
    expression = sympy.sympify(getattr(encoding.blocks, part))
    return frozenset(str(use.func) for use in expression.atoms(AppliedUndef))


def sequences(given: Items) -> dict[str, Callable[..., arb]]:
    """The parameters that have several values, as functions of an index; tables, of row and column."""
    several = {name: value for name, value in given if isinstance(value, tuple)}
    return {name: looked_up(value) if is_table(value) else partial(element, value) for name, value in several.items()}


def element(values: tuple[float, ...], index: int) -> arb:
    """One value of a parameter that has several."""
    return ball(values[index])


@precise
def frequencies(encoding: Encoding, dim: int, parameters: Parameters, length: int = 1) -> tuple[arb, ...]:
    """theta_i of every block, as balls, in radians per position; `length` is one more than the largest position."""
    return _each(encoding, "frequency", dim, _items(parameters), length if encoding.blocks.follows_length else 1)


@precise
def frequency_roundings(encoding: Encoding, dim: int, parameters: Parameters, length: int = 1) -> np.ndarray:
    """How many roundings the frequency of every block needs beside those of a power of its size."""
    each = _each(
        encoding, "frequency_roundings", dim, _items(parameters), length if encoding.blocks.follows_length else 1
    )
    return np.array(list(map(float, each)))


@precise
def scales(encoding: Encoding, dim: int, parameters: Parameters, length: int = 1) -> tuple[arb, ...]:
    """s_i of every block, as balls."""
    return _each(encoding, "scale", dim, _items(parameters), length if encoding.blocks.follows_length else 1)


def _block(encoding: Encoding, role: Role, given: Items) -> Callable[..., list[Any]]:
    """The entries of a block as a function; the same one for all parameters that leave it as it is."""
    letters = _letters(encoding, role)
    return _compiled_block(encoding, role, tuple(item for item in given if item[0] in letters))


@lru_cache(maxsize=256)
def _letters(encoding: Encoding, role: Role) -> frozenset[str]:
    block = cast(OnVectors, encoding.definition).at(_place(encoding), role)
    return frozenset(map(str, block.free_symbols)) | {str(use.func) for use in block.atoms(AppliedUndef)}


def _place(encoding: Encoding) -> Any:
    """The letters of a place, where a block sees all axes of a grid; else that of the one it follows."""
    return sympy.Matrix(QUERY) if _is_whole(encoding) else QUERY[0]


def _is_whole(encoding: Encoding) -> bool:
    return encoding.grid.axes > 1 and encoding.blocks.axis is None


@lru_cache(maxsize=128)
def _compiled_block(encoding: Encoding, role: Role, given: Items) -> Callable[..., list[Any]]:
    numbers = {parameter(name): sympy.Rational(value) for name, value in given if not isinstance(value, tuple)}
    block = cast(OnVectors, encoding.definition).at(_place(encoding), role).subs(numbers)
    functions = {**encoding.functions, **STAND_INS, **sequences(given)}
    return compiled([*QUERY, THETA, SCALE, INDEX], sympy.Tuple(*block), functions)


@precise
def at_position(
    encoding: Encoding,
    position: float,
    theta: arb | None = None,
    scale: arb | None = None,
    *,
    role: Role = "query",
    parameters: Parameters = NOTHING,
) -> list[arb]:
    """The entries of one block at a position, row by row, as balls; theta and scale are 1 by default."""
    block = _block(encoding, role, _items(parameters))
    letters = (*(arb(1) if b is None else b for b in (theta, scale)), arb(0))
    return [arb(entry) for entry in block(*_padded([ball(position)]), *letters)]


def first_block(encoding: Encoding, position: float, role: Role = "query") -> list[arb]:
    """The first block at a position, in the smallest dimension from 8 that the encoding has, as balls."""
    dim = encoding.dimension(8)
    parameters = encoding.configured(dim, {})
    theta, scale = (part(encoding, dim, parameters, 16)[0] for part in (frequencies, scales))
    return at_position(encoding, position, theta, scale, role=role, parameters=parameters)


def _padded(place: list[arb]) -> list[arb]:
    """A coordinate for each letter of a place; where there are fewer, the others are 0."""
    return place + [arb(0)] * (len(QUERY) - len(place))


Between = Callable[[Sequence[float], Sequence[float], int, arb, arb], arb]
BETWEEN = (*QUERY, *KEY, INDEX, THETA, SCALE, HEAD, HEADS, DIM)


@lru_cache(maxsize=512)
@precise
def _between(encoding: Encoding, expression: sympy.Expr, dim: int, given: Items) -> Between:
    """An expression of the definition as a function of two places and a block, for the first of three heads.

    A place has one coordinate an axis; where there are fewer than letters, the others are 0.
    """
    numbers = {parameter(name): ball(value) for name, value in given if not isinstance(value, tuple)}
    several = tuple(item for item in given if isinstance(item[1], tuple))
    evaluate = _expression(encoding, expression, tuple(numbers), several)
    known = (arb(0), arb(3), arb(dim), *numbers.values())

    def at(m: Sequence[float], n: Sequence[float], index: int, theta: arb, scale: arb) -> arb:
        places = [*_padded(list(map(ball, m))), *_padded(list(map(ball, n)))]
        return arb(evaluate(*places, arb(index), theta, scale, *known))

    return at


@lru_cache(maxsize=128)
def _expression(
    encoding: Encoding, expression: sympy.Expr, numbers: tuple[sympy.Symbol, ...], given: Items
) -> Callable[..., Any]:
    functions = {**encoding.functions, **STAND_INS, **sequences(given)}
    return compiled([*BETWEEN, *numbers], expression, functions)


def between(encoding: Encoding, distance: int, parameters: Parameters) -> list[arb]:
    """What stands between a query so far behind a key at 0: in the first block, and the bias of all blocks together.

    In the smallest dimension from 8, for the first head.
    """
    dim = encoding.dimension(8)
    here, there = encoding.grid.lay([distance, 0])
    blocks = list(zip(*(part(encoding, dim, parameters, distance + 1) for part in (frequencies, scales)), strict=True))
    found = []
    for (row, column), entry in cast(OnPairs, encoding.definition).entries.items():
        at = _between(encoding, entry, dim, _items(parameters))
        met = blocks if row == column == encoding.width else blocks[:1]
        found.append(sum((at(here, there, i, *of) for i, of in enumerate(met)), arb(0)))
    return found


def effects(encoding: Encoding, m: float, n: float) -> list[arb]:
    """What the first block multiplies with or adds between these positions, in the smallest dimension from 8."""
    dim = encoding.dimension(8)
    parameters = encoding.configured(dim, {})
    theta, scale = (part(encoding, dim, parameters, 16)[0] for part in (frequencies, scales))
    here, there = encoding.grid.lay([m, n]) if encoding.blocks.axis is None else [(m,), (n,)]
    found = (_between(encoding, each, dim, _items(parameters)) for each in encoding.definition.effects)
    return [at(here, there, 0, theta, scale) for at in found]


@lru_cache(maxsize=16384)
def _row(encoding: Encoding, place: tuple[float, ...], dim: int, given: Items, length: int, role: Role) -> np.ndarray:
    parameters = dict(given)
    thetas, ss = (part(encoding, dim, parameters, length) for part in (frequencies, scales))
    block, along = _block(encoding, role, given), [ball(coordinate) for coordinate in place]
    axes = encoding.axes_of(dim, parameters)
    steps = [_padded(along if _is_whole(encoding) else [along[axis]]) for axis in axes]
    each = zip(steps, thetas, ss, map(arb, range(len(axes))), strict=True)
    entries = [arb(entry) for step, *letters in each for entry in block(*step, *letters)]
    return all_extended(entries).reshape(len(thetas), encoding.width, -1)


def rows(
    encoding: Encoding,
    places: Sequence[tuple[float, ...]],
    dim: int,
    parameters: Parameters,
    *,
    length: int = 1,
    role: Role = "query",
) -> np.ndarray:
    """The blocks at each place, shape (n, blocks, width, width or 1), each entry within RADIUS of the truth.

    A place has one coordinate an axis. Raises ValueError at positions so large (about 10^19) that PRECISION does not
    reach that far.
    """
    length = length if encoding.blocks.follows_length else 1
    role = role if role in cast(OnVectors, encoding.definition).roles else "query"
    return _rows(encoding, tuple(map(tuple, places)), dim, _items(parameters), length, role)


@lru_cache(maxsize=256)
def _rows(
    encoding: Encoding, places: tuple[tuple[float, ...], ...], dim: int, given: Items, length: int, role: Role
) -> np.ndarray:
    stacked = np.stack([_row(encoding, place, dim, given, length, role) for place in places])
    stacked.flags.writeable = False
    return stacked


def kernel(encoding: Encoding, dim: int, distance: int, tables: Parameters = NOTHING) -> arb:
    """The logit of equal contents (1, 0) in every block, the key `distance` before the query; of a table, of two rows.

    On a grid, `distance` along the line on which the encoding lays its positions out. `tables` holds what is learned.
    """
    return _kernel(encoding, encoding.dimension(8) if encoding.blocks.sums else dim, distance, _items(tables))


@lru_cache(maxsize=65536)
def _kernel(encoding: Encoding, dim: int, distance: int, tables: Items) -> arb:
    parameters = {**encoding.configured(dim, {}), **dict(tables)}
    at = _between(encoding, encoding.definition.kernel, dim, _items(parameters))
    place = encoding.grid.line(distance)[: encoding.grid.axes]
    thetas, ss = (part(encoding, dim, parameters, distance + 1) for part in (frequencies, scales))
    each = enumerate(zip(encoding.axes_of(dim, parameters).tolist(), thetas, ss, strict=True))
    whole = encoding.blocks.axis is None
    return sum((at(place if whole else (place[axis],), (), i, *of) for i, (axis, *of) in each), arb(0))
