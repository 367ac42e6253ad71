"""Where a definition has a value: at which positions, and how they lie on a grid."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import sympy

from spec.definitions.refusals import one_of
from spec.definitions.symbols import QUERY
from spec.definitions.words import Positions, words


@dataclass(frozen=True, kw_only=True)
class Domain:
    """The positions at which a definition has a value.

    `positions` is their kind, `smallest` and `largest` are the first and the last; `reach` is the last one at which its
    numbers fit into every dtype. `largest` and `reach` are expressions in DIM and the parameters.
    """

    positions: Positions = "any"
    smallest: int | None = None
    largest: sympy.Expr | None = None
    reach: sympy.Expr | None = None

    def __post_init__(self) -> None:
        """Refuse a kind of positions that is none."""
        one_of("kind of positions", self.positions, words(Positions))


def along(*steps: float) -> Callable[[float], tuple[float, ...]]:
    """Places on a line through the grid: p steps of this size."""
    return lambda p: tuple(p * step for step in steps)


EVERY_AXIS = along(1, 2, 3, 4)
COORDINATES = (
    ("position",),
    ("row", "column"),
    ("time", "row", "column"),
    ("first axis", "second axis", "third axis", "fourth axis"),
)
"""What the coordinates of a place are called, where it has so many and one more."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """How many `axes` a place has, and the `line` on which the positions of a statement are laid out on them.

    `cells` counts the places along each axis of a finite grid, in the parameters.
    """

    axes: int = 1
    line: Callable[[float], tuple[float, ...]] = EVERY_AXIS
    cells: tuple[sympy.Expr, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse other numbers of axes than there are letters and cells for."""
        if not 1 <= self.axes <= len(QUERY):
            raise ValueError(f"a grid has 1 to {len(QUERY)} axes, got {self.axes}; more would need more letters")
        if self.cells is not None and len(self.cells) != self.axes:
            raise ValueError(f"a grid of {self.axes} axes has as many numbers of cells, got {len(self.cells)}")

    @cached_property
    def unit(self) -> int:
        """How far apart on the line are places with whole coordinates."""
        return lcm(*(Fraction(step).denominator for step in self.line(1)))

    def lay(self, positions: Sequence[Any]) -> list[tuple[float, ...]]:
        """Positions laid out on the grid: one coordinate an axis for each; a place stays where it is."""
        return [tuple(p) if isinstance(p, list | tuple) else self.line(p)[: self.axes] for p in positions]
