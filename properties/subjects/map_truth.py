"""What is true of the results of a map of queries and keys: exact values, and how far right code may be off."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from impls.calls import call_of
from properties.subjects.arrays import extended, transposed
from properties.subjects.blocks import Waves
from properties.subjects.setup import Setup
from spec import ENCODINGS
from spec.definitions.composition import ON_A_GRID
from spec.definitions.map import Map
from spec.definitions.words import Role
from spec.numbers import bounds, phases

BOTH_SIDES: tuple[Mapping[str, Any], ...] = ({"role": "query"}, {"role": "key"})
"""The sides of attention, as keywords of an output."""


@dataclass(frozen=True)
class MapTruth:
    """What the spec says of the results of a map of queries and keys."""

    setup: Setup

    @cached_property
    def waves(self) -> Waves:
        """The numbers of its blocks."""
        return Waves(self.setup, self.setup.definition(Map))

    @property
    def unit(self) -> np.ndarray:
        """The coordinates in which contents have a 1 that measure the encoding by itself: the first of every block."""
        return np.asarray(self.setup.coordinates[:, 0])

    def blocks(self, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """The exact matrices at positions, (n, blocks, width, width)."""
        return self.waves.blocks(positions, role)

    def output(self, x: np.ndarray, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """The true contents of the blocks, (..., n, blocks, width)."""
        blocks = self.blocks(positions, role)
        pairs = np.asarray(x)[..., self.setup.coordinates]
        content = phases.turned(self.setup.encoding, pairs, self.setup.parameters).astype(blocks.dtype)
        rows, columns = map(range, blocks.shape[-2:])
        return np.stack([sum(blocks[..., row, at] * content[..., at] for at in columns) for row in rows], axis=-1)

    def bound(self, x: np.ndarray, positions: ArrayLike, *, shared: bool = False, role: Role = "query") -> np.ndarray:
        """The error allowed to every coordinate of `output`, (..., n, blocks, 1)."""
        stretched = self.setup.lengths(x) * self.stretch(positions, role)
        allowed = stretched * self.waves.eta(positions, shared=shared)
        lost = bounds.underflow(self.setup.accuracy) * self.setup.encoding.computes
        return np.asarray((allowed + lost)[..., None])

    def narrowed(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The error allowed where results may be rounded to bfloat16 on the way, but angles may not."""
        allowed = replace(self, setup=replace(self.setup, dtype="bfloat16")).bound(x, positions)
        if self.setup.encoding.turns:
            return allowed
        more = 2 * bounds.UNIT["bfloat16"] * (self.setup.lengths(x) * self.stretch(positions))[..., None]
        return np.asarray(allowed + more)

    def bound_twice(self, x: np.ndarray, first: ArrayLike, then: ArrayLike) -> np.ndarray:
        """The error allowed to every coordinate after a second call on the result of the first.

        The second call turns the error of the first along, stretches it by its own, and adds its own.
        """
        grown, eta = self.stretch(then)[..., None], self.waves.eta(then, shared=True)[..., None]
        carried = self.bound(x, first, shared=True) * grown * (1 + eta)
        return np.asarray(carried + self.stretch(first)[..., None] * self.bound(x, then, shared=True))

    def stretch(self, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """By how much the content of every block is lengthened, (n, blocks)."""
        definition, count = self.setup.definition(Map), len(np.asarray(positions))
        if definition.keeps_lengths:
            return np.ones((count, len(self.waves.thetas)))
        if definition.scales_lengths:
            return np.tile(self.waves.scales, (count, 1))
        return np.asarray(np.linalg.norm(self.blocks(positions, role).astype(np.float64), ord=2, axis=(-2, -1)))

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., len(m), len(n))."""
        turned = np.einsum("...mbw,...nbw->...mn", self.output(q, m, "query"), self.output(k, n, "key"))
        rest = extended(q)[..., self.setup.rest] @ transposed(extended(k)[..., self.setup.rest])
        return np.asarray(turned + rest)

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits, (..., len(m), len(n))."""
        turned = bounds.logits(
            *self._reach(q, m, shared, "query"), *self._reach(k, n, shared, "key"), self.setup.case.dim
        )
        rest_q, rest_k = (np.linalg.norm(x[..., self.setup.rest], axis=-1) for x in (q, k))
        return np.asarray(turned + bounds.summation(self.setup.case.dim) * rest_q[..., :, None] * rest_k[..., None, :])

    def another_basis(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, mixed: int) -> np.ndarray:
        """The error that is added where all vectors that go out are in a basis of their own, (..., len(m), len(n))."""
        of_q, of_k = self._whole(q, m, "query"), self._whole(k, n, "key")
        return bounds.another_basis(of_q, of_k, mixed, self.waves.angle, self.waves.work)

    def _whole(self, x: np.ndarray, positions: ArrayLike, role: Role) -> np.ndarray:
        """How long whole vectors are that go out, (..., n)."""
        turned = np.linalg.norm(self.setup.lengths(x) * self.stretch(positions, role), axis=-1)
        return np.asarray(np.hypot(turned, np.linalg.norm(x[..., self.setup.rest], axis=-1)))

    def _reach(self, x: np.ndarray, positions: ArrayLike, shared: bool, role: Role) -> tuple[np.ndarray, np.ndarray]:
        """The lengths of the blocks that enter a logit, and the largest errors of these, counted from the origin."""
        positions = self.setup.located(positions) + (self.setup.implementation.origin or 0)
        lengths = self.setup.lengths(x) * self.stretch(positions, role)
        return lengths, self.bound(x, positions, shared=shared, role=role)[..., 0]

    def on_a_line(self) -> "MapTruth":
        """The truth of RoPE in one dimension, in the same layout: what remains on the diagonal of a grid.

        Where sections are put together with an encoding along a line, of that one.
        """
        one = self.setup.implementation
        if ENCODINGS[one.encoding].grid.axes > 1:
            return MapTruth(replace(self.setup, implementation=replace(one, encoding="rope", convention=None)))
        kept = {name: each for name, each in one.parameters.items() if name not in ON_A_GRID}
        turned = {**kept, "rotary_dim": int(self.setup.coordinates.size)}
        return MapTruth(replace(self.setup, implementation=replace(one, parameters=turned)))

    def averaged(self, tokens: int) -> float:
        """The error allowed to an average over so many tokens, relative to the largest of them."""
        return bounds.summation(4 * tokens + 8)

    def ideal(self, x: np.ndarray, positions: np.ndarray, role: Role = "query") -> np.ndarray:
        """The vectors that a call should give back."""
        if self.setup.has_rows(positions):
            return np.stack([self.ideal(row, places, role) for row, places in zip(x, positions, strict=True)])
        y = extended(x).copy()
        y[..., self.setup.coordinates_out] = self.output(x, positions, role)
        return y

    # Lengths and angles

    @property
    def sides(self) -> tuple[Mapping[str, Any], ...]:
        """The sides of attention that the definition tells apart."""
        keys_differ = self.setup.definition(Map).key_block is not None
        return BOTH_SIDES if keys_differ else BOTH_SIDES[:1]

    @property
    def length_change(self) -> float:
        """How much a length may change, relative to it, and be mismeasured: angle errors do not change it."""
        if not self.setup.encoding.turns:
            return bounds.summation(2)
        return bounds.summation(2) + self.waves.norm

    def lengths(self, x: np.ndarray) -> np.ndarray:
        """The lengths of blocks that no position changes, (..., blocks)."""
        return self.setup.lengths(x)

    def lengths_bound(self, x: np.ndarray) -> np.ndarray:
        """The error allowed to these."""
        return np.asarray(self.setup.lengths(x) * self.length_change + 2 * bounds.underflow(self.setup.accuracy))

    def ceiling(self, x: np.ndarray) -> np.ndarray:
        """The largest entry that the definition makes of each block, (..., blocks)."""
        return np.asarray(self.waves.ceiling(1.0) * self.setup.lengths(x))

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        return self.waves.rounding()

    def start(self, x: np.ndarray) -> np.ndarray:
        """What it is at position 0 where that is the identity: the contents themselves."""
        return self.setup.pairs(x)

    @property
    def leak(self) -> float:
        """The error allowed to what reaches beyond a pair."""
        return self.waves.norm

    def first(self) -> np.ndarray:
        """The vector (1, 0) in every pair, once for each position, (n, dim)."""
        x = np.zeros((len(self.setup.case.positions), self.setup.case.dim))
        x[:, self.setup.coordinates[:, 0]] = 1
        return x

    def angles(self, pairs: np.ndarray) -> np.ndarray:
        """The angle of every pair (..., 2) that (1, 0) became, beside what its content turns by itself."""
        reached = np.arctan2(pairs[..., 1], pairs[..., 0])
        own = np.arctan2(*phases.turned(self.setup.encoding, np.array([1.0, 0.0]), self.setup.parameters)[::-1])
        return np.asarray(np.mod(reached - own + np.pi, 2 * np.pi) - np.pi if own else reached)

    def chord(self, positions: ArrayLike) -> np.ndarray:
        """How far the end of a unit vector may be from where it should be, (n, blocks)."""
        return self.waves.eta(positions, shared=call_of(self.setup.implementation).handed == "angles")

    def pair_bound(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The error allowed to a whole pair, (..., n, blocks), relative to the length of (1, 1)."""
        return np.asarray(self.bound(x, positions)[..., 0] / self.pair_length)

    pair_length: ClassVar[float] = float(np.sqrt(2))
    """The length of a pair where all contents are 1."""

    def direction(self, theta: float) -> str:
        """How a pair with this angle per position turns."""
        return "counter-clockwise" if theta > 0 else "clockwise" if theta < 0 else "none"

    def untouched(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The coordinates behind the blocks, as they were."""
        return np.asarray(x[..., self.setup.rest])

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs, with the pairs of this layout where another has its own."""
        x, *places = inputs
        moved = x.copy()
        moved[..., other.coordinates.ravel()] = x[..., self.setup.coordinates.ravel()]
        return moved, *places
