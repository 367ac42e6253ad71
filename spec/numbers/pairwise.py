"""Exact logits: what a form in query and key, a bias or a factor is between every query and every key.

Each entry of a form is a sum of terms: a coefficient that the definition fixes, times numbers that are learned.
Coefficients are evaluated as balls at every pair of positions, block and head; learned numbers are looked up where the
definition says. A `score` has its bias, and a weight its factor, once; of a `content-score` every block adds its share.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce
from typing import Any, cast

import numpy as np
import sympy

from spec.definitions.definition import OnPairs
from spec.definitions.words import Undefined
from spec.numbers import bounds
from spec.numbers.balls import RADIUS, precise
from spec.numbers.coefficients import Number, Place, Setting, blocks_of, number, numbers
from spec.numbers.exact import frequency_roundings
from spec.numbers.summands import inside, summands

ROUNDED = 2 * RADIUS
"""The largest relative error of a factor held in extended precision, and of its product with the others."""


@dataclass(frozen=True)
class Term:
    """A summand of one entry: it multiplies coordinate `row` of a query's block and `column` of a key's; the last is 1.

    `amplitude` is the coefficient without its waves, of which it has so many; `powers` are those of its factors that
    have a broken exponent, `logarithms` those that are one. `learned` are the numbers looked up: the name, the row,
    None of a vector, and the coordinate inside the block, None for the head.
    """

    row: int
    column: int
    coefficient: tuple[Number, ...]
    amplitude: tuple[Number, ...]
    powers: tuple[Number, ...]
    logarithms: tuple[Number, ...]
    waves: int
    learned: tuple[tuple[str, Number | None, int | None], ...]


@dataclass(frozen=True)
class Precision:
    """Units of angles and powers (`angle`) and of results (`work`); `shared`: between two results of one code."""

    dtype: str
    angle: float
    shared: bool = False

    @property
    def work(self) -> float:
        """The unit of the dtype of the result."""
        return bounds.UNIT[self.dtype]


@dataclass(frozen=True, eq=False)
class Part:
    """A term between given queries and keys, shapes (heads or 1, nq, nk, blocks or 1).

    `found` are the numbers looked up, multiplied; `rounded` and `waves` the largest error of the coefficient, relative
    to its amplitude: by rounding, and in its waves.
    """

    term: Term
    queries: Sequence[Place]
    keys: Sequence[Place]
    found: np.ndarray
    rounded: Any
    waves: Any

    @property
    def row(self) -> int:
        """The coordinate of a query's block that it multiplies."""
        return self.term.row

    @property
    def column(self) -> int:
        """The coordinate of a key's block that it multiplies."""
        return self.term.column

    @cached_property
    def value(self) -> np.ndarray:
        """What the definition says."""
        return np.asarray(_product(self.term.coefficient, self.queries, self.keys) * self.found)

    @cached_property
    def magnitude(self) -> np.ndarray:
        """How large it is at most, whatever its waves are."""
        amplitude = _product(self.term.amplitude, self.queries, self.keys) * self.found
        return np.asarray(np.abs(amplitude), dtype=np.float64)

    @cached_property
    def error_bound(self) -> np.ndarray:
        """By how much the code's may differ from it."""
        return np.asarray(self.magnitude * (self.rounded + self.waves))


@precise
def parts(
    setting: Setting,
    queries: Sequence[Place],
    keys: Sequence[Place],
    tables: Mapping[str, np.ndarray],
    pairs: np.ndarray,
    precision: Precision,
) -> list[Part]:
    """Every term between these places; `pairs` are the coordinates of each block, (blocks, width).

    `tables` hold what is learned: tables (entries, dim or heads), and vectors (heads, dim) or (heads,).

    Raises Undefined where the definition says nothing: between the integers, or beyond the end of a table.
    """
    known = tuple((name, tuple(map(float, tables[name]))) for name in sorted(inside(setting.encoding)))
    setting = replace(setting, parameters=(*setting.parameters, *known))
    return [_part(term, setting, queries, keys, tables, pairs, precision) for term in _terms(setting)]


def total(found: Sequence[Part], q: np.ndarray, k: np.ndarray, what: Callable[[Part], np.ndarray]) -> np.ndarray:
    """The sum of `what` every part has, times the contents (..., n, blocks, width + 1): (..., nq, nk).

    The last entry of a content is the 1 that stands for the missing content.
    """
    shares = [q[..., :, None, :, part.row] * what(part) * k[..., None, :, :, part.column] for part in found]
    return np.asarray(sum(share.sum(-1) for share in shares))


def bias(found: Sequence[Part], what: Callable[[Part], np.ndarray]) -> np.ndarray:
    """The sum of `what` every part has where no content is met, in all blocks, (heads or 1, nq, nk)."""
    each = [what(part) for part in found]
    blocks = max(one.shape[-1] for one in each)
    return np.asarray(sum(one.sum(-1) * (blocks // one.shape[-1]) for one in each))


def _part(
    term: Term,
    setting: Setting,
    queries: Sequence[Place],
    keys: Sequence[Place],
    tables: Mapping[str, np.ndarray],
    pairs: np.ndarray,
    precision: Precision,
) -> Part:
    found = np.ones((1, len(queries), len(keys), 1), dtype=np.longdouble)
    for name, row, column in term.learned:
        rows = None if row is None else np.broadcast_to(row.over(queries, keys)[0, :, :, 0], found.shape[1:3])
        found = found * _looked_up(tables[name], rows, column, pairs)
    rounded: Any = setting.encoding.definition.roundings * precision.work + ROUNDED * len(term.coefficient)
    if term.powers and not (precision.shared and _everywhere(term.powers)):
        values = np.abs(_product(term.powers, queries, keys).astype(np.float64))
        logs = np.log(values, out=np.zeros_like(values), where=values > 0)
        factors = number(setting, sympy.sympify(cast(OnPairs, setting.encoding.definition).factors))
        counted = factors.over(queries, keys).astype(np.float64)
        rounded = rounded + bounds.power(logs, counted, precision.angle)
    for logarithm in term.logarithms:
        rounded = rounded + bounds.logarithm(_product([logarithm], queries, keys).astype(np.float64), precision.angle)
    waves = term.waves * _waves(setting, queries, keys, precision) if term.waves else 0.0
    return Part(term, queries, keys, found, rounded, waves)


def _everywhere(factors: Sequence[Number]) -> bool:
    """Whether they are the same at all positions, so that a head may take them from the head before."""
    return not any(factor.by_query or factor.by_key for factor in factors)


def _product(factors: Sequence[Number], queries: Sequence[Place], keys: Sequence[Place]) -> np.ndarray:
    values = (factor.over(queries, keys) for factor in factors)
    return np.asarray(reduce(np.multiply, values, np.ones((1, 1, 1, 1), dtype=np.longdouble)))


def _whole(rows: np.ndarray) -> np.ndarray:
    if (rows % 1 != 0).any():
        raise Undefined("a row between two rows of a table; this encoding is defined on integers only")
    return rows.astype(int)


def _looked_up(table: np.ndarray, rows: np.ndarray | None, column: int | None, pairs: np.ndarray) -> np.ndarray:
    """Rows of a table; of a vector, which has none, what every head has. (heads or 1, nq or 1, nk or 1, blocks or 1)"""
    if rows is None:
        return np.asarray(table[:, None, None, None] if column is None else table[:, None, None, pairs[:, column]])
    rows = _whole(rows)
    if rows.min() < 0 or rows.max() >= len(table):
        raise Undefined(f"row {rows.min() if rows.min() < 0 else rows.max()} of a table with {len(table)} rows")
    if column is None:
        return np.asarray(np.moveaxis(table[rows], -1, 0)[..., None])
    return np.asarray(table[rows][..., pairs[:, column]][None])


def _waves(setting: Setting, queries: Sequence[Place], keys: Sequence[Place], precision: Precision) -> np.ndarray:
    """The largest error of a sine or cosine of an angle between two places, (1, nq, nk, blocks)."""
    axes = setting.encoding.axes_of(setting.dim, dict(setting.parameters))
    thetas = np.array([float(theta) for theta, _ in blocks_of(setting)])
    further = frequency_roundings(setting.encoding, setting.dim, dict(setting.parameters), setting.length)
    off = [
        bounds.table(np.array(places, dtype=float)[:, axes], thetas, precision.dtype, precision.angle,
                     shared=precision.shared, further=further)
        for places in (queries, keys)
    ]  # fmt: skip
    return bounds.between(off[0][:, None, :], off[1][None, :, :])[None]


@lru_cache(maxsize=512)
def _terms(setting: Setting) -> tuple[Term, ...]:
    return tuple(
        Term(
            summand.row,
            summand.column,
            coefficient=numbers(setting, summand.coefficient),
            amplitude=numbers(setting, summand.amplitude),
            powers=numbers(setting, summand.powers),
            logarithms=numbers(setting, summand.logarithms),
            waves=summand.waves,
            learned=tuple(
                (name, None if row is None else number(setting, row), column) for name, row, column in summand.learned
            ),
        )
        for summand in summands(setting.encoding)
    )
