"""What a check sees of an implementation: vectors in, vectors or logits out, and beside each the truth and its bound.

Every call goes to the implementation, by way of `properties.subjects.calls`; everything here comes from the spec alone.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from properties.subjects.arrays import extended, wide
from properties.subjects.calls import Calls
from spec.definitions.definition import OnVectors
from spec.definitions.words import Role
from spec.numbers import bounds, exact, ranges
from spec.numbers import phases as contents


@dataclass(frozen=True)
class Subject(Calls):
    """An implementation, at a dtype, on a case, with what the spec says of its results."""

    @cached_property
    def thetas(self) -> np.ndarray:
        """theta_i of every block, in radians per position."""
        balls = exact.frequencies(self.spec, self.case.dim, self.parameters, self.length)
        return np.array([float(theta) for theta in balls])

    @cached_property
    def further(self) -> np.ndarray:
        """How many roundings theta_i needs beside those of a power, of every block."""
        return exact.frequency_roundings(self.spec, self.case.dim, self.parameters, self.length)

    @cached_property
    def scales(self) -> np.ndarray:
        """s_i of every block."""
        return np.array([float(s) for s in exact.scales(self.spec, self.case.dim, self.parameters, self.length)])

    @property
    def vectors(self) -> OnVectors:
        """The definition, which says what becomes of a vector at a position."""
        return cast(OnVectors, self.spec.definition)

    def blocks(self, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """The exact blocks at positions, (n, blocks, width, width or 1)."""
        places = self.spec.grid.lay(np.asarray(positions).tolist())
        if self.spec.definition.rows is not None:
            rows = self.supplied["table"].double().numpy()[np.asarray(positions, dtype=int)]
            return self.pairs(rows)[..., None]
        return exact.rows(self.spec, places, self.case.dim, self.parameters, length=self.length, role=role)

    def exact_output(self, x: Tensor, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """The true contents of the blocks of `output`, (..., n, blocks, width)."""
        blocks = self.blocks(positions, role)
        if not self.maps:
            return blocks[..., 0]
        content = contents.turned(self.spec, self.pairs(x), self.parameters)
        return np.asarray((blocks * content[..., None, :]).sum(-1))

    def exact_logits(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits of a map of queries and keys, (..., len(m), len(n))."""
        queries, keys = self.exact_output(q, m, "query"), self.exact_output(k, n, "key")
        turned = np.einsum("...mbw,...nbw->...mn", queries, keys)
        rest = extended(q)[..., self.rest] @ np.swapaxes(extended(k)[..., self.rest], -1, -2)
        return np.asarray(turned + rest)

    @cached_property
    def ceiling(self) -> float:
        """By how much the definition lengthens a vector at most, or its largest entry; 1 where it has no bound."""
        reached = ranges.ceiling(self.spec, self.case.dim, self.parameters, float(max(self.scales, default=1.0)))
        trained = max((float(table.abs().max()) for table in self.supplied.values()), default=1.0)
        return reached * trained if np.isfinite(reached) else 1.0

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        return float(self.eta((1,)).max()) if self.spec.computes else 0.0

    def sizes(self, x: Tensor) -> Any:
        """How large the contents are that the definition meets."""
        return self.lengths(x) if self.maps else 1.0

    @property
    def angle(self) -> float:
        """The unit in which it must form its angles."""
        return bounds.angle_unit(self.accuracy)

    def along(self, positions: ArrayLike) -> np.ndarray:
        """The coordinate that every block follows, (n, blocks)."""
        if self.spec.grid.axes == 1:
            return np.repeat(np.asarray(positions, dtype=float)[:, None], len(self.thetas), axis=1)
        axes = self.spec.axes_of(self.case.dim, self.parameters)
        return np.array(self.spec.grid.lay(np.asarray(positions).tolist()), dtype=float)[:, axes]

    def eta(self, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The relative error allowed to every block, (n, blocks); `shared`: between two results of one code."""
        places = self.along(positions)
        steps = places if self.vectors.scales_by_powers else np.ones_like(places)
        rounded = self.spec.definition.roundings * bounds.UNIT[self.accuracy]
        other = bounds.scaling(steps, self.scales, self.angle) + rounded
        if not self.spec.turns:
            return other
        further = self.further
        turned = bounds.relative(places, self.thetas, self.accuracy, self.angle, shared=shared, further=further)
        if self.spec.definition.turn is not None:
            size = contents.size(self.spec, self.parameters)
            turned = turned + bounds.content(places, self.thetas, self.accuracy, self.angle, size)
        return np.asarray(turned + other)

    def stretch(self, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """By how much the content of every block is lengthened, (n, blocks)."""
        if not self.maps or self.vectors.keeps_lengths:
            return np.ones((len(np.asarray(positions)), len(self.thetas)))
        if self.vectors.scales_lengths:
            return np.tile(self.scales, (len(np.asarray(positions)), 1))
        return np.asarray(np.linalg.norm(self.blocks(positions, role).astype(np.float64), ord=2, axis=(-2, -1)))

    def bound(self, x: Tensor, positions: ArrayLike, *, shared: bool = False, role: Role = "query") -> np.ndarray:
        """The error allowed to every coordinate of `output`, (..., n, blocks, 1)."""
        if not self.maps:
            return self._bound_of_table(positions, shared)[..., None]
        stretched = self.lengths(x) * self.stretch(positions, role)
        allowed = stretched * self.eta(positions, shared=shared)
        return np.asarray((allowed + bounds.underflow(self.accuracy) * self.spec.computes)[..., None])

    def _bound_of_table(self, positions: ArrayLike, shared: bool) -> np.ndarray:
        rounded = (
            self.spec.definition.roundings * bounds.UNIT[self.accuracy] * np.abs(self.blocks(positions)[..., 0]).max(-1)
        )
        if not self.spec.turns:
            return np.asarray(rounded, dtype=np.float64)
        places, further = self.along(positions), self.further
        trigonometric = bounds.table(places, self.thetas, self.accuracy, self.angle, shared=shared, further=further)
        return np.asarray(trigonometric + rounded.astype(np.float64))

    def bound_twice(self, x: Tensor, first: ArrayLike, then: ArrayLike) -> np.ndarray:
        """The error allowed to every coordinate after a second call on the result of the first.

        The second call turns the error of the first along, stretches it by its own, and adds its own.
        """
        grown, eta = self.stretch(then)[..., None], self.eta(then, shared=True)[..., None]
        carried = self.bound(x, first, shared=True) * grown * (1 + eta)
        return np.asarray(carried + self.stretch(first)[..., None] * self.bound(x, then, shared=True))

    def logit_bound(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to the logits, (..., len(m), len(n))."""
        turned = bounds.logits(*self._reach(q, m, shared, "query"), *self._reach(k, n, shared, "key"), self.case.dim)
        rest_q, rest_k = (np.linalg.norm(wide(x)[..., self.rest], axis=-1) for x in (q, k))
        return np.asarray(turned + bounds.summation(self.case.dim) * rest_q[..., :, None] * rest_k[..., None, :])

    def _reach(self, x: Tensor, positions: ArrayLike, shared: bool, role: Role) -> tuple[np.ndarray, np.ndarray]:
        """The lengths of the blocks that enter a logit, and the largest errors of these."""
        if self.maps:
            lengths = self.lengths(x) * self.stretch(positions, role)
            return lengths, self.bound(x, positions, shared=shared, role=role)[..., 0]
        rows = self.blocks(positions)[..., 0]
        lengths = np.sqrt(((self.pairs(x) + rows) ** 2).sum(-1)).astype(np.float64)
        off = np.sqrt(self.spec.width) * self.bound(x, positions, shared=shared)[..., 0]
        return lengths, np.broadcast_to(off, lengths.shape)
