"""A form in query and key has an entry for every query and key: its logit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from properties.subjects.arrays import softmax, wide
from properties.subjects.scored import Call, Scores
from spec.numbers import bounds
from spec.numbers import pairwise as scores
from spec.numbers.coefficients import Place


class Contents(Scores):
    """f(q, k, query_positions, key_positions, ...) -> logits (..., nq, nk), unscaled."""

    def call_of(self, x: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Call:
        """Queries, keys and their positions; where they have one head, its vectors."""
        vectors = {} if x.ndim > 2 else {name: each[0] for name, each in self.handed().items() if name != "table"}
        return (x, k, m, n), self.handed() | vectors

    @property
    def columns(self) -> int:
        """How many columns a learned table has."""
        return self.case.dim

    @property
    def first_columns(self) -> Sequence[int]:
        """The columns of learned numbers that the first block meets."""
        return [int(column) for column in self.coordinates[0]]

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result can be asked for: that of the vectors is its own."""
        return True

    def views(self, x: Tensor) -> list[Tensor]:
        """Vectors of all shapes that a call must take."""
        return [x, x[0], x[0, 0], x[..., :1, :]]

    @property
    def unit(self) -> np.ndarray:
        """The coordinates in which the contents have a 1: the first of every block."""
        return np.asarray(self.coordinates[:, 0])

    def draw(self, name: str, rows: int | None = None) -> Tensor:
        """The vectors of the case; large ones are less so where their products would leave the range of float16."""
        drawn = super().draw(name, rows)
        return drawn / 16 if self.dtype == "float16" and self.case.kind == "large" else drawn

    def logits(self, q: Tensor, k: Tensor, m: Any, n: Any) -> np.ndarray:
        """What the code makes of queries at m and keys at n, (..., nq, nk)."""
        places = self.located(m), self.located(n)
        return wide(self.called(self.call_of(q, k, *places), self.shape(q, *places)))

    def attended(self, v: Tensor, positions: Any) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens = v.expand(*v.shape[:-2], len(positions), v.shape[-1]).contiguous()
        scaled = self.logits(tokens, tokens, positions, positions) / np.sqrt(self.case.dim)
        return np.asarray(softmax(scaled) @ wide(tokens))

    def _contents(self, x: Tensor) -> np.ndarray:
        """The contents of the blocks, each lengthened by a 1, (..., n, blocks, width + 1)."""
        blocks = np.asarray(wide(x), dtype=np.longdouble)[..., self.coordinates]
        return np.concatenate([blocks, np.ones_like(blocks[..., :1])], axis=-1)

    def exact(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place]) -> np.ndarray:
        """The true logits."""
        return scores.total(self.parts(m, n), self._contents(x), self._contents(k), lambda part: part.value)

    def off(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place], *, shared: bool) -> np.ndarray:
        """The error allowed to the logits: that of every coefficient, and of adding up the products."""
        found = self.parts(m, n, shared)
        q, held = (np.abs(self._contents(each)).astype(np.float64) for each in (x, k))
        off = scores.total(found, q, held, lambda part: part.error_bound)
        size = scores.total(found, q, held, lambda part: part.magnitude + part.error_bound)
        terms = len(found) * len(self.coordinates)
        return np.asarray(off + self.accumulated(terms) * size + terms * bounds.underflow(self.accuracy))

    def exact_logits(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., nq, nk)."""
        return self.exact(q, k, self.places(m), self.places(n))

    def logit_bound(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to the logits, (..., nq, nk)."""
        return self.off(q, k, self.places(m), self.places(n), shared=shared)

    def sizes(self, x: Tensor) -> Any:
        """How large the contents are that the definition meets."""
        k = self.held(x, self.keys(self.case.positions))
        q, held = (np.abs(self._contents(each)).astype(np.float64).sum(-1) for each in (x, k))
        return q @ np.swapaxes(held, -1, -2)
