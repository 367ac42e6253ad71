"""What acts between queries and keys has in common: where keys stand, what is learned, and the terms of a definition.

The rows of a result are the queries, at the positions that a check asks for; the keys stand still, where the case has
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from impls.door.crossing import Numbers, Request
from impls.door.dtypes import LARGEST
from properties.subjects.arrays import extended
from properties.subjects.setup import Setup
from spec.numbers import bounds, pairwise, ranges, summands
from spec.numbers.coefficients import Place, Setting
from spec.numbers.exact import scales
from spec.numbers.learned import STAND_INS, exponents, learned, positive
from spec.numbers.pairwise import Part, Precision

Arguments = tuple[tuple[Any, ...], Mapping[str, Any]]
CELLS = 400
"""In how many cells of a finite grid keys stand where it has more."""
POSITIVE, EXPONENT, NARROW = (1 / 64, 16.0), 2.0, 1.125
"""Between which positive learned numbers are drawn, up to which as exponents, and up to which where all that they make
has to fit into float16. KERPLE's begin between 1/100 and 2."""


class Met(NamedTuple):
    """Queries that are asked with keys of their own, and where these stand."""

    queries: np.ndarray
    keys: np.ndarray
    places: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the queries."""
        return self.queries.shape


@dataclass(frozen=True)
class Meeting:
    """Where queries and keys of a setup meet."""

    setup: Setup

    def keys_of(self, x: Any, positions: Any) -> np.ndarray:
        """Where the keys stand that queries at these positions meet: their own, where they have such."""
        return x.places if isinstance(x, Met) else self.keys(positions)

    def keys(self, positions: Any) -> np.ndarray:
        """Where the keys of a call stand: at the case's others, or where its queries do, and the first of these twice.

        Where places must follow one another, at the next instead. Where rows of weights are made to sum to 1 again, one
        more key stands where every query sees it. On a finite grid they stand in every cell, or in `CELLS` of them.
        """
        case, encoding = self.setup.case, self.setup.encoding
        consecutive = self.setup.implementation.positions == "contiguous"
        if (cells := self.setup.spread(CELLS)) is not None:
            return cells
        after = case.positions[-1] + 1 if consecutive else case.positions[0]
        places = list(case.others or (*case.positions, after))
        if encoding.definition.renormalised and consecutive:
            first = min(*places, *np.ravel(positions).tolist())
            places = [first + i for i in range(len(places))]
        elif encoding.definition.renormalised:
            places.append(min(*places, *np.ravel(positions).tolist()))
        return self.setup.located(tuple(places))

    def held(self, x: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """The contents of the keys, with the axes of x."""
        return np.asarray(self.setup.draw("k", len(keys))[(0,) * (4 - x.ndim)])

    @cached_property
    def learned(self) -> dict[str, np.ndarray]:
        """Everything learned that the definition speaks of, drawn for the case."""
        return {name: self._learned(name, axes) for name, axes in self.axes.items() if self.setup.case.dim}

    @cached_property
    def axes(self) -> dict[str, str]:
        """The axes of what is learned, by name: rows, heads and coordinates."""
        return learned(self.setup.encoding)

    @property
    def inside(self) -> frozenset[str]:
        """Those that stand in an exponent, or in a logarithm: entries are no polynomials in these."""
        return summands.inside(self.setup.encoding)

    def _learned(self, name: str, axes: str) -> np.ndarray:
        """Numbers that training would find; where a witness is replayed its own, and zeros behind the first block."""
        case, encoding = self.setup.case, self.setup.encoding
        sizes = {"r": encoding.rows_at(case.dim, self.setup.parameters, name), "h": case.heads, "d": case.dim}
        shape = tuple(int(sizes[axis] or 0) for axis in axes)
        if not case.content or name in dict(case.content):
            drawn = self.setup.learned(name, *shape)
            return (
                self.setup.held(np.clip(np.abs(drawn), *self._between(name))) if name in positive(encoding) else drawn
            )
        values, at = np.zeros(shape), STAND_INS[name]
        columns = self.setup.coordinates[0].tolist() if axes[-1] == "d" else range(case.heads)
        for column, place in enumerate(columns):
            stands = [float(at(row, column)) for row in range(shape[0])] if axes[0] == "r" else float(at(column))
            values[..., place] = stands
        return self.setup.held(values)

    def _between(self, name: str) -> tuple[float, float]:
        """The smallest and the largest that a positive number may be."""
        least, most = POSITIVE
        most = EXPONENT if name in exponents(self.setup.encoding) else most
        return least, NARROW if self.setup.dtype == "float16" else most

    def handed(self, heads: int | None = None) -> dict[str, Numbers]:
        """What is learned, as arguments; of what heads have for themselves, that of so many."""
        some = {name: tuple(slice(heads if axis == "h" else None) for axis in axes) for name, axes in self.axes.items()}
        return {name: self.setup.vectors(values[some[name]]) for name, values in self.learned.items()}

    def positions(self, m: np.ndarray, n: np.ndarray, dtype: str | None = None) -> tuple[Numbers, Numbers]:
        """Positions of queries and keys as arguments; keys in the dtype asked for where they can be."""
        exact = np.issubdtype(n.dtype, np.floating) and not (dtype or "").startswith("float")
        return self.setup.places(m, dtype), self.setup.places(n, None if exact else dtype)

    def request(self, arguments: Arguments, **words: Any) -> Request:
        """These arguments as a request."""
        given, named = arguments
        return Request(instance=self.setup.instance, given=given, named=named, **words)

    def pairs(self, result: np.ndarray) -> np.ndarray:
        """The entries of a result, (..., nq, nk, 1).

        What leaves the range of the dtype counts as its largest number, here as in what is exact.
        """
        most = LARGEST[self.setup.dtype]
        return np.asarray(np.clip(extended(result), -most, most)[..., None])

    # The truth

    def places(self, positions: Any) -> list[Place]:
        """Positions as places, one coordinate an axis."""
        return [tuple(p) if isinstance(p, list) else (p,) for p in self.setup.located(positions).tolist()]

    @property
    def angle(self) -> float:
        """The unit in which angles must be formed."""
        return bounds.angle_unit(self.setup.accuracy)

    @property
    def work(self) -> float:
        """The unit of results."""
        return bounds.UNIT[self.setup.accuracy]

    @property
    def underflow(self) -> float:
        """What is lost below the normal range."""
        return bounds.underflow(self.setup.accuracy)

    def parts(
        self, m: Sequence[Place], n: Sequence[Place], shared: bool = False, by: str | None = None, **learned: np.ndarray
    ) -> list[Part]:
        """The terms of the definition between these places, with what is `learned` instead; or of its derivative `by`
        what is learned under that name. Raises Undefined.
        """
        setup, parameters = self.setup, tuple(sorted(self.setup.parameters.items()))
        encoding = summands.derivative(setup.encoding, by) if by else setup.encoding
        setting = Setting(encoding, setup.case.dim, parameters, setup.case.heads, setup.length)
        tables = {name: extended(table) for name, table in (self.learned | learned).items()}
        return pairwise.parts(setting, m, n, tables, setup.coordinates, Precision(setup.accuracy, self.angle, shared))

    def accumulated(self, terms: int) -> float:
        """The error allowed to a sum of so many products, relative to their sizes."""
        return bounds.accumulated(terms, 4, self.angle, self.work)

    @property
    def ceiling(self) -> float:
        """The largest entry of the definition, its learned numbers as large as they were drawn; 1 without a bound."""
        setup = self.setup
        stretched = scales(setup.encoding, setup.case.dim, setup.parameters, setup.length)
        largest = float(max(map(float, stretched), default=1.0))
        reached = ranges.ceiling(setup.encoding, setup.case.dim, setup.parameters, largest)
        drawn = max((float(np.abs(table).max()) for table in self.learned.values()), default=1.0)
        return reached * max(1.0, drawn) ** 2 if np.isfinite(reached) else 1.0

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        turns = self.setup.encoding.turns
        waves = 4 * bounds.trigonometric(self.angle, self.work) if turns else 0.0
        return self.accumulated(9 * self.setup.case.dim) + waves

    @property
    def length_change(self) -> float:
        """How much an entry may change without its angle, relative to it, and be mismeasured."""
        if not self.setup.encoding.turns:
            return bounds.summation(2)
        return bounds.summation(2) + float(np.sqrt(2) * bounds.trigonometric(self.angle, self.work))


def shown(arguments: str, keys: int, setup: Setup) -> str:
    """The plainest call, in words."""
    return f"{arguments.format(q=len(setup.case.positions), k=keys)}, {setup.dtype}"
