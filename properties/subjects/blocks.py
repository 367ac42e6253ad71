"""The truth of what acts on the blocks of a vector: frequencies, exact blocks, and how far right code may be off."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sympy import sympify

from impls.calls import call_of
from properties.subjects.setup import Setup
from spec.definitions.evaluation import value
from spec.definitions.map import Map
from spec.definitions.table import Table
from spec.definitions.words import Role
from spec.numbers import bounds, exact, many, phases, ranges

POWERS_OF_TWO = tuple(2**k for k in range(21))
"""Where accuracy is measured, each with its neighbour behind."""


HELD = 4 * bounds.UNIT["float64"]
"""What float64 makes of a pair, relative to its amplitude: its entries are rounded, its products, and their sum."""


@dataclass(frozen=True)
class Waves:
    """The numbers of every block, on the sizes and parameters of a setup."""

    setup: Setup
    definition: Map | Table

    @cached_property
    def _sizes(self) -> tuple[object, ...]:
        return (self.setup.encoding, self.setup.case.dim, self.setup.parameters, self.setup.length)

    @cached_property
    def thetas(self) -> np.ndarray:
        """theta_i of every block, in radians per position."""
        return np.array([float(theta) for theta in exact.frequencies(*self._sizes)])  # type: ignore[arg-type]

    @cached_property
    def further(self) -> np.ndarray:
        """How many roundings theta_i needs beside those of a power, of every block."""
        return exact.frequency_roundings(*self._sizes)  # type: ignore[arg-type]

    @cached_property
    def scales(self) -> np.ndarray:
        """s_i of every block."""
        return np.array([float(s) for s in exact.scales(*self._sizes)])  # type: ignore[arg-type]

    @property
    def exponent(self) -> float:
        """To which power a number is s_i: 1, unless the definition says so."""
        scale = self.definition.blocks.scale
        return value(scale.exp, self.setup.case.dim, self.setup.parameters) if scale.is_Pow else 1.0

    @property
    def angle(self) -> float:
        """The unit in which angles must be formed."""
        unit, of_tables = bounds.angle_unit(self.setup.accuracy), self.setup.implementation.table_dtype
        return unit if of_tables is None else max(unit, bounds.UNIT[of_tables])

    @property
    def how(self) -> bounds.Arithmetic:
        """The arithmetic that is declared; cosines and sines that are handed in are exact but for their dtype."""
        one = self.setup.implementation
        return bounds.GIVEN if call_of(one).handed == "tables" else bounds.ARITHMETIC[one.arithmetic]

    @property
    def norm(self) -> float:
        """The largest change of a pair's length, relative to it."""
        return bounds.norm(self.setup.accuracy, self.angle, self.how)

    @property
    def work(self) -> float:
        """The unit of results."""
        return bounds.UNIT[self.setup.accuracy]

    @cached_property
    def roundings(self) -> float:
        """Those that every right implementation needs beside the angles."""
        return value(sympify(self.definition.roundings), self.setup.case.dim, self.setup.parameters)

    def along(self, positions: ArrayLike) -> np.ndarray:
        """The coordinate that every block follows, (n, blocks), counted from where its angle is 0."""
        setup = self.setup
        axes = setup.encoding.axes_of(setup.case.dim, setup.parameters)
        places = setup.located(positions).astype(float) - self.definition.origin
        return np.repeat(places[:, None], len(axes), axis=1) if setup.encoding.grid.axes == 1 else places[:, axes]

    def blocks(self, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """The exact blocks at positions, (n, blocks, width, width or 1)."""
        setup, named = self.setup, dict[str, Any](length=self.setup.length, role=role)
        if call_of(setup.implementation).handed == "angles":
            return phases.rotations(self.handed_angles(setup.located(positions)))
        places = setup.located(positions).reshape(-1, setup.encoding.grid.axes)
        if len(places) >= many.MANY:
            return many.rows(setup.encoding, places, setup.case.dim, setup.parameters, kind=self._kind, **named)
        return exact.rows(setup.encoding, [*map(tuple, places.tolist())], setup.case.dim, setup.parameters, **named)

    def handed_angles(self, positions: ArrayLike) -> np.ndarray:
        """The angles of every block as they are handed in, (n, blocks): in float32, whatever the dtype of vectors."""
        return np.asarray((self.along(positions) * self.thetas).astype(np.float32).astype(np.float64))

    def own(self, positions: ArrayLike) -> np.ndarray | float:
        """The error of exact blocks that are not held as balls, relative to their amplitude, (n, blocks)."""
        places = self.along(positions)
        if len(places) < many.MANY:
            return 0.0
        return many.radius(self.setup.encoding, places, self.thetas, self._kind) + HELD * (self._kind == "float64")

    @property
    def _kind(self) -> many.Kind:
        """What many blocks are formed in: extended precision only where the accuracy of float64 is asked for."""
        return "longdouble" if self.setup.accuracy == "float64" else "float64"

    def eta(self, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The relative error allowed to every block, (n, blocks); `shared`: between two results of one code."""
        encoding, accuracy, places = self.setup.encoding, self.setup.accuracy, self.along(positions)
        definition = self.definition
        by_powers = definition.scales_by_powers
        steps, exponent = (places, self.exponent) if by_powers else (np.ones_like(places), None)
        scaled = bounds.scaling(steps, self.scales, self.angle, exponent)
        other = scaled + self.roundings * self.work + self.own(positions)
        if not encoding.turns:
            return other
        handed = call_of(self.setup.implementation).handed
        if handed and not (handed == "angles" and shared):
            places = np.zeros_like(places)
        turned = bounds.relative(
            places, self.thetas, accuracy, self.angle, shared=shared, further=self.further, how=self.how
        )
        if definition.turn is not None:
            size = phases.size(encoding, self.setup.parameters)
            turned = turned + bounds.content(places, self.thetas, accuracy, self.angle, size)
        return np.asarray(turned + other)

    def ceiling(self, learned: float) -> float:
        """By how much the definition lengthens a vector at most, or its largest entry; 1 where it has no bound.

        `learned` is what the largest of its learned numbers contributes.
        """
        setup = self.setup
        largest = float(max(self.scales, default=1.0))
        reached = ranges.ceiling(setup.encoding, setup.case.dim, setup.parameters, largest)
        return reached * learned if np.isfinite(reached) else 1.0

    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        return float(self.eta((1,)).max()) if self.setup.encoding.computes else 0.0

    def wave(self) -> float:
        """The largest change of the length of a pair of sines and cosines, measured in float64: angles change none."""
        measuring = bounds.summation(2)
        if not self.setup.encoding.turns:
            return measuring
        return measuring + float(np.sqrt(2) * bounds.trigonometric(self.angle, self.work, self.how))
