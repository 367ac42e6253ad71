"""An encoding: a definition, its parameters, where it has a value, and what does not simply hold of it.

Everything else follows: the proofs (with theta as a letter), the exact values (with theta_i = frequency(i)), and the
error bounds. What acts where is the definition's type, one file each: `map`, `table`, `bias`, `form`, `factor`,
`assignment`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from spec.definitions import at_dimension, refusals
from spec.definitions.blocks import LAYOUTS, PAIRINGS, Blocks
from spec.definitions.definition import Definition, letters, turns
from spec.definitions.departure import Departure, under
from spec.definitions.domain import Domain, Grid
from spec.definitions.evaluation import Parameters, each_value, value
from spec.definitions.fitting import unfit
from spec.definitions.sizes import unsound
from spec.definitions.symbols import INDEX, LENGTH, THETA
from spec.definitions.verdict import Verdict
from spec.definitions.words import ActsOn, Layout, words

NOTHING: Mapping[str, Any] = MappingProxyType({})
LARGEST_SIZE = 1024
"""The largest dimension that is looked for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoding:
    """The mathematical object."""

    name: str
    title: str
    source: str
    definition: Definition
    parameters: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    """Defaults, in DIM and the parameters before; a tuple holds several values, written as a `sequence` of an index."""
    tried: Mapping[str, Sequence[Any]] = field(default_factory=lambda: NOTHING)
    """Other values of parameters that no other encoding has."""
    functions: Mapping[str, Callable[..., int]] = field(default_factory=lambda: NOTHING)
    """Functions of integers in the definition, which are computed exactly."""
    conventions: Mapping[str, Departure] = field(default_factory=lambda: NOTHING)
    domain: Domain = field(default_factory=Domain)
    grid: Grid = field(default_factory=Grid)
    without: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Why a classic form makes no sense, where the kind of definition does not say so already."""
    verdicts: Mapping[str, Verdict] = field(default_factory=lambda: NOTHING)
    """What does not simply hold, beside the rules of the kind."""

    def __post_init__(self) -> None:
        """Refuse what nothing gives a value, or nothing uses."""
        if isinstance(self.definition, type) or not hasattr(self.definition, "place"):
            came = f"expected a Map, Table, Bias, Form, Factor or Assignment, got {type(self.definition).__name__}"
            raise ValueError(f"{self.name}: {came}; wrap the expression in one of them")
        self.expect_sizes(self.parameters)
        refusals.explained(self.name, self._expressions(), self.parameters, self.functions)
        refusals.all_of(f"{self.name}: the convention", self.conventions, (Departure,))
        refusals.all_of(f"{self.name}: the verdict on", self.verdicts, get_args(Verdict))
        for name, values in self.tried.items():
            if len(values) < 3:
                raise ValueError(f"{self.name}: {name} is tried with three values or more, got {values}")
        self._turns_at_all()

    def expect_sizes(self, given: Mapping[str, Any]) -> None:
        """Refuse what cannot be the size of a grid."""
        for why in (unsound(name, each, self.grid.axes) for name, each in given.items()):
            if why:
                raise ValueError(f"{self.name}: {why}")

    def _expressions(self) -> list[Any]:
        """Everything that is evaluated somewhere, defaults apart."""
        blocks, own = self.blocks, self.definition
        each = [
            *own.parts,
            own.turn,
            *self.tables.values(),
            own.roundings,
            blocks.frequency,
            blocks.frequency_roundings,
            blocks.scale,
        ]
        each += [blocks.extent, blocks.count, *blocks.halves]
        each += [self.domain.largest, self.domain.reach, *(self.grid.cells or ())]
        return [expression for expression in each if expression is not None]

    @property
    def unused(self) -> frozenset[str]:
        """The parameters that no expression uses, under no convention."""
        return frozenset(self.parameters) - {
            name for each in (None, *self.conventions) for name in self.under(each)._used()
        }

    def _used(self) -> set[str]:
        """The names of parameters that occur; all, where a rule in Python sees them."""
        if self.blocks.axis is not None or not self.definition.parts:
            return {*self.parameters}
        defaults = [each for each in self.parameters.values() if isinstance(each, sympy.Expr)]
        found = [sympy.sympify(each) for each in (*self._expressions(), *defaults)]
        names = {str(letter) for each in found for letter in each.free_symbols}
        return names | {str(use.func) for each in found for use in each.atoms(AppliedUndef)}

    def _turns_at_all(self) -> None:
        """Refuse a frequency that is not positive and finite in some pair, at the defaults."""
        frequency = sympy.sympify(self.blocks.frequency)
        simple = not frequency.has(sympy.Max, sympy.Min, sympy.Heaviside)
        if THETA not in letters(self.definition) or (simple and frequency.is_positive):
            return
        for dim in map(self.dimension, (8, 64)):
            parameters = self.configured(dim, {})
            pairs = range(self.blocks_at(dim, parameters))
            for i, theta in enumerate(each_value(frequency.subs(LENGTH, 16), INDEX, pairs, dim, parameters)):
                if not 0 < theta < inf:
                    leave = "a frequency is positive: leave coordinates that do not turn out, with Turned(count)"
                    raise ValueError(f"{self.name}: theta of pair {i} is {theta:g} at dimension {dim}; {leave}")

    @property
    def acts_on(self) -> ActsOn:
        """Where it acts, in the word of the contract."""
        return self.definition.place

    @property
    def blocks(self) -> Blocks:
        """How a vector divides into blocks."""
        return self.definition.blocks

    @property
    def width(self) -> int:
        """Coordinates in one block: 2 where pairs are turned."""
        return self.definition.width

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """The ways in which its pairs may lie; none where blocks are no pairs."""
        if self.blocks.layouts is not None or self.width != 2:
            return self.blocks.layouts or ()
        return words(Layout) if self.definition.maps else LAYOUTS

    @cached_property
    def multiple(self) -> int:
        """What divides every dimension."""
        return self.blocks.multiple or self.width

    @cached_property
    def turns(self) -> bool:
        """Whether it depends on an angle at all."""
        return turns(self.definition)

    @property
    def computes(self) -> bool:
        """Whether a right implementation rounds at all."""
        return self.turns or self.definition.roundings != 0 or self.blocks.scale != 1

    def under(self, convention: str | None) -> "Encoding":
        """The encoding as this convention defines it; from there no other convention departs."""
        if convention is None:
            return self
        refusals.one_of(f"convention of {self.name}", convention, self.conventions)
        return under(self, convention)

    def reason_without(self, form: str) -> str | None:
        """Why there is no such classic form; None where there should be one."""
        return self.without.get(form) or self.definition.without.get(form)

    def dimension(self, dim: int) -> int:
        """The smallest dimension, no smaller than this one, that the encoding can have."""
        return -(-max(dim, self.blocks.least) // self.multiple) * self.multiple

    def unfit(self, dim: int, given: Mapping[str, Any]) -> str | None:
        """Why it has no value at this dimension with these parameters; None where it has one."""
        return unfit(
            self,
            dim,
            tuple((name, at_dimension.plain(each)) for name, each in given.items() if name in self.parameters),
        )

    def fitting(self, dim: int, given: Mapping[str, Any]) -> int | None:
        """The smallest dimension, no smaller than this one, that fits the parameters, or the largest below; if any."""
        behind, below = range(self.dimension(dim), LARGEST_SIZE + 1, self.multiple), range(dim - 1, 0, -1)
        return next((size for size in (*behind, *below) if self.unfit(size, given) is None), None)

    def configured(self, dim: int, given: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every parameter at this dimension: the given one, or the encoding's default.

        Raises ValueError for what cannot be the size of a grid.
        """
        return dict(at_dimension.completed(self, dim, self._known(given)))

    def _known(self, given: Mapping[str, Any]) -> at_dimension.Given:
        return tuple((name, at_dimension.plain(each)) for name, each in given.items() if name in self.parameters)

    def blocks_at(self, dim: int, parameters: Parameters) -> int:
        """How many blocks a vector has."""
        return self.blocks.number(dim, parameters, self.width)

    def largest_at(self, dim: int, parameters: Parameters) -> int | None:
        """The largest position at which it is defined, where there is one."""
        return None if self.domain.largest is None else int(value(self.domain.largest, dim, parameters))

    def reach_at(self, dim: int, parameters: Parameters) -> int | None:
        """The largest position at which its numbers fit into every dtype, where there is one."""
        return None if self.domain.reach is None else int(value(self.domain.reach, dim, parameters))

    @cached_property
    def tables(self) -> Mapping[str, sympy.Expr]:
        """How many rows every learned table has, by its name."""
        rows = self.definition.rows
        return rows if isinstance(rows, Mapping) else dict.fromkeys(refusals.tables_in(self.definition.parts), rows)

    def rows_at(self, dim: int, parameters: Parameters, table: str = "table") -> int | None:
        """How many rows a learned table has, where there is one."""
        return int(value(self.tables[table], dim, parameters)) if table in self.tables else None

    def cells_at(self, dim: int, parameters: Parameters) -> tuple[int, ...] | None:
        """How many places there are along each axis of a finite grid."""
        cells = self.grid.cells
        return None if cells is None else tuple(int(value(each, dim, parameters)) for each in cells)

    def coordinates(self, dim: int, parameters: Parameters, layout: Layout | None) -> np.ndarray:
        """The coordinates of each block in the vector that comes in, shape (blocks, width)."""
        return at_dimension.coordinates(self, dim, tuple(parameters.items()), PAIRINGS[layout or "interleaved"][0])

    def coordinates_out(self, dim: int, parameters: Parameters, layout: Layout | None) -> np.ndarray:
        """The coordinates of each block in the vector that goes out, shape (blocks, width)."""
        return at_dimension.coordinates(self, dim, tuple(parameters.items()), PAIRINGS[layout or "interleaved"][1])

    def axes_of(self, dim: int, parameters: Parameters) -> np.ndarray:
        """The axis of the grid that each block follows, shape (blocks,)."""
        return at_dimension.axes(self, dim, tuple(parameters.items()))
