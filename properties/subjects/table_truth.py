"""What is true of the rows of a table: exact values, and how far right code may be off."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from properties.subjects.blocks import Waves
from properties.subjects.protocols import Change
from properties.subjects.setup import Setup
from spec.definitions.table import Table
from spec.numbers import bounds
from spec.numbers.mixtures import Mixture, mixture


def learned_rows(setup: Setup) -> np.ndarray | None:
    """The learned table, (rows, dim), drawn for the case, where the encoding has one."""
    rows = setup.encoding.rows_at(setup.case.dim, setup.parameters)
    return None if rows is None else setup.learned("table", rows, setup.case.dim)


@dataclass(frozen=True)
class TableTruth:
    """What the spec says of the rows of a table."""

    setup: Setup
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    @cached_property
    def waves(self) -> Waves:
        """The numbers of its blocks."""
        return Waves(self.setup, self.setup.definition(Table))

    @property
    def unit(self) -> np.ndarray:
        """No content is needed to see a table."""
        return np.array([], dtype=int)

    @cached_property
    def learned(self) -> np.ndarray | None:
        """The learned table, where there is one."""
        return learned_rows(self.setup)

    def blocks(self, positions: ArrayLike) -> np.ndarray:
        """The exact columns at positions, (n, blocks, width, 1)."""
        if self.learned is not None:
            return self.setup.pairs(self.mixture(positions).of(self.learned))[..., None]
        return self.waves.blocks(positions)

    def mixture(self, positions: ArrayLike) -> Mixture:
        """The rows of the learned table that are met at positions, with their weights."""
        setup = self.setup
        places = setup.located(positions).reshape(-1, setup.encoding.grid.axes)
        return mixture(setup.encoding, [*map(tuple, places.tolist())], setup.case.dim, setup.parameters)

    def changed(self, name: str, direction: np.ndarray, x: np.ndarray, positions: ArrayLike) -> Change:
        """How the rows change with the learned table: as it does."""
        met = self.mixture(positions)
        return Change(met.of(direction), self._mixed(met, direction), met.sizes(direction), met.rows.size)

    def _mixed(self, met: Mixture, table: np.ndarray) -> np.ndarray:
        """By how much code may be off where it mixes rows of a table, (n, dim)."""
        return np.asarray(self.waves.roundings * self.waves.angle * met.largest(table), dtype=np.float64)

    def output(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The true blocks, (n, blocks, width)."""
        return np.asarray(self.blocks(positions)[..., 0])

    def bound(self, x: np.ndarray, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every coordinate of `output`, (n, blocks, 1)."""
        return self.row_bound(positions, shared=shared)[..., None]

    def row_bound(self, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every coordinate of a block, (n, blocks)."""
        waves = self.waves
        if self.learned is not None:
            met = self.mixture(positions)
            off = self._mixed(met, self.learned) + (waves.roundings > 0) * waves.work * met.sizes(self.learned)
            return np.asarray(self.setup.pairs(off).max(-1), dtype=np.float64)
        entries = np.abs(self.blocks(positions)[..., 0]).max(-1)
        own = waves.own(positions) * np.maximum(entries, float(self.setup.encoding.turns))
        rounded = np.asarray(waves.roundings * waves.work * entries + own, dtype=np.float64)
        if not self.setup.encoding.turns:
            return rounded
        places, accuracy = waves.along(positions), self.setup.accuracy
        turned = bounds.table(
            places, waves.thetas, accuracy, waves.angle, shared=shared, further=waves.further, how=waves.how
        )
        return np.asarray(turned + rounded)

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits of contents q and k with the rows at m and n added, (..., len(m), len(n))."""
        queries, keys = self.setup.pairs(q) + self.output(q, m), self.setup.pairs(k) + self.output(k, n)
        return np.asarray(np.einsum("...mbw,...nbw->...mn", queries, keys))

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits, (..., len(m), len(n))."""
        dim = self.setup.case.dim
        turned = bounds.logits(*self._reach(q, m, shared), *self._reach(k, n, shared), dim)
        rest_q, rest_k = (np.linalg.norm(x[..., self.setup.rest], axis=-1) for x in (q, k))
        return np.asarray(turned + bounds.summation(dim) * rest_q[..., :, None] * rest_k[..., None, :])

    def another_basis(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, mixed: int) -> np.ndarray:
        """The error that is added where all rows are in a basis of their own, (..., len(m), len(n))."""
        of_q, of_k = (np.linalg.norm(self._reach(x, p, shared=True)[0], axis=-1) for x, p in ((q, m), (k, n)))
        return bounds.another_basis(of_q, of_k, mixed, self.waves.angle, self.waves.work)

    def _reach(self, x: np.ndarray, positions: ArrayLike, shared: bool) -> tuple[np.ndarray, np.ndarray]:
        """The lengths of the blocks that enter a logit, and the largest errors of these."""
        sums = self.setup.pairs(x) + self.blocks(positions)[..., 0]
        lengths = np.sqrt((sums**2).sum(-1)).astype(np.float64)
        off = np.sqrt(self.setup.encoding.width) * self.row_bound(positions, shared=shared)
        return lengths, np.broadcast_to(off, lengths.shape)

    def averaged(self, tokens: int) -> float:
        """The error allowed to an average over so many tokens, relative to the largest of them."""
        return bounds.summation(4 * tokens + 8)

    def ideal(self, positions: np.ndarray, dim: int, **learned: Any) -> np.ndarray:
        """The rows that a call should give."""
        rows = np.zeros((len(positions), dim))
        rows[:, self.setup.coordinates] = self.output(rows, positions)
        return rows

    # Lengths and angles

    @property
    def length_change(self) -> float:
        """How much a length may change, relative to it, and be mismeasured: angle errors do not change it."""
        return self.waves.wave()

    def lengths(self, x: np.ndarray) -> np.ndarray:
        """The length of every block of every row where all have the same, (n, blocks)."""
        shape = (len(self.setup.case.positions), len(self.setup.coordinates))
        return np.full(shape, np.sqrt(self.setup.encoding.width / 2))

    def lengths_bound(self, x: np.ndarray) -> np.ndarray:
        """The error allowed to these."""
        return np.asarray(self.length_change)

    def ceiling(self, x: np.ndarray) -> np.ndarray:
        """The largest entry of the definition."""
        return np.asarray(self.waves.ceiling(1.0 if self.learned is None else float(np.abs(self.learned).max())))

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        waves = self.waves
        mixed = waves.roundings * waves.angle + (waves.roundings > 0) * waves.work
        return waves.rounding() if self.learned is None else mixed

    def start(self, x: np.ndarray) -> np.ndarray:
        """Row 0 where sines and cosines begin: 0, 1, 0, 1, ..., or all zeros, (1, blocks, width)."""
        blocks, width = self.setup.coordinates.shape
        return np.resize([0, 1][:width], (1, blocks, width))

    leak: ClassVar[float] = 0.0
    """The error allowed to the pairs of row 0."""

    def first(self) -> np.ndarray:
        """Vectors for a table to be asked with, (n, dim); none is looked at."""
        return np.zeros((len(self.setup.case.positions), self.setup.case.dim))

    def angles(self, pairs: np.ndarray) -> np.ndarray:
        """The angle of every pair (..., 2) of a row, which is (sin, cos)."""
        return np.asarray(np.arctan2(pairs[..., 0], pairs[..., 1]))

    def chord(self, positions: ArrayLike) -> np.ndarray:
        """How far a pair may be from where it should be, (n, blocks)."""
        return np.asarray(np.sqrt(2) * self.row_bound(positions))

    def pair_bound(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The error allowed to a whole pair, (n, blocks), relative to its length."""
        return self.chord(positions)

    pair_length: ClassVar[float] = 1.0
    """The length of a pair of sine and cosine."""

    def direction(self, theta: float) -> None:
        """A row turns nothing."""

    def untouched(self, *inputs: Any) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs: no layout shows in them."""
        return inputs
