"""Of which rows of a learned table a row is made, and with which weights: evaluated as balls at every place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from spec.definitions.encoding import Encoding
from spec.definitions.evaluation import Parameters, elements, numbers
from spec.definitions.symbols import POSITION, QUERY, TABLE
from spec.definitions.words import Undefined
from spec.numbers.balls import all_extended, ball, compiled, precise, whole
from spec.numbers.exact import Items

Place = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Mixture:
    """So many `rows` a place, counted from the first, and the weight of each, shape (n, terms)."""

    rows: np.ndarray
    weights: np.ndarray

    def of(self, table: np.ndarray) -> np.ndarray:
        """The weighted sums of rows of a table (rows, dim), shape (n, dim), in extended precision."""
        each = zip(self.rows.T, self.weights.T, strict=True)
        return np.asarray(sum(weights[:, None] * table[rows] for rows, weights in each))

    def sizes(self, table: np.ndarray) -> np.ndarray:
        """The sums of their absolute values, shape (n, dim)."""
        return Mixture(self.rows, np.abs(self.weights)).of(np.abs(table))

    def largest(self, table: np.ndarray) -> np.ndarray:
        """The largest number among the rows of a place, shape (n, dim)."""
        return np.asarray(np.max([np.abs(table[rows]) for rows in self.rows.T], axis=0))


@precise
def mixture(encoding: Encoding, places: Sequence[Place], dim: int, parameters: Parameters) -> Mixture:
    """The rows and weights of a learned table at each place, one coordinate an axis.

    Raises Undefined where there is no such row.
    """
    known = tuple(sorted(parameters.items()))
    found = [_at(encoding, tuple(place), known) for place in places]
    count = encoding.rows_at(dim, parameters)
    rows = np.array([rows for rows, _ in found], dtype=int).reshape(len(places), -1)
    if count is not None and rows.size and not 0 <= rows.min() <= rows.max() < count:
        raise Undefined(f"rows {rows.min()} to {rows.max()} of a table with {count} rows")
    return Mixture(rows, np.array([weights for _, weights in found], dtype=np.longdouble).reshape(rows.shape))


@lru_cache(maxsize=2**16)
def _at(encoding: Encoding, place: Place, given: Items) -> tuple[tuple[int, ...], np.ndarray]:
    known = numbers(given) | elements(given)
    along = [ball(coordinate) for coordinate in (*place, *[0] * (len(QUERY) - len(place)))]
    entries = _compiled(encoding, tuple(known))(along[0], *along, *map(ball, known.values()))
    half = len(entries) // 2
    return tuple(map(whole, entries[:half])), all_extended([ball(0) + weight for weight in entries[half:]])


@lru_cache(maxsize=128)
def _compiled(encoding: Encoding, known: tuple[sympy.Expr, ...]) -> Callable[..., list[Any]]:
    """The rows, and then the weights, as functions of a place and of what is known: parameters, and their elements."""
    (entry,) = encoding.definition.parts[0]
    uses = sorted((use for use in entry.atoms(AppliedUndef) if use.func == TABLE), key=str)
    letters = {use: sympy.Dummy() for use in uses}
    linear = entry.xreplace(letters)
    weights = [linear.diff(letter) for letter in letters.values()]
    made = sympy.Tuple(*(use.args[0] for use in uses), *weights)
    named = {each: sympy.Dummy() for each in known}
    return compiled([POSITION, *QUERY, *named.values()], made.xreplace(named), encoding.functions)
