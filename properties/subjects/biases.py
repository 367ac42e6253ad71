"""A bias has an entry for every head, query and key; beside it stands the plain product, which makes it a logit."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from impls.declaration import accepts
from properties.subjects.arrays import softmax, wide
from properties.subjects.scored import Call, Scores
from spec.numbers import bounds
from spec.numbers import pairwise as scores
from spec.numbers.coefficients import Place


class Biases(Scores):
    """f(query_positions, key_positions, heads, ...) -> (heads, nq, nk); its logits are q . k + bias, unscaled."""

    def call_of(self, x: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Call:
        """Positions and the number of heads; a dtype where it is taken."""
        return (m, n, self.case.heads), self.handed() | self.table_dtype

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result can be asked for: that of the table is its own."""
        return bool(self.supplied) or accepts(self.instance(), "dtype")

    def shape(self, x: Tensor, m: Any, n: Any) -> tuple[int, ...]:
        """The shape that the contract states."""
        return (self.case.heads, len(m), len(n))

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of `pairs`, from the last one backwards."""
        return super().axes[:4]

    @property
    def unit(self) -> np.ndarray:
        """No content is needed to see a bias."""
        return np.array([], dtype=int)

    def _bias(self, m: Any, n: Any) -> np.ndarray:
        places, nothing = (self.located(m), self.located(n)), Tensor()
        return wide(self.called(self.call_of(nothing, nothing, *places), self.shape(nothing, *places)))

    def logits(self, q: Tensor, k: Tensor, m: Any, n: Any) -> np.ndarray:
        """The plain products and the bias of each head, (batch, heads, nq, nk)."""
        return np.asarray(wide(q) @ np.swapaxes(wide(k), -1, -2) + self._bias(m, n))

    def attended(self, v: Tensor, positions: Any) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        values = wide(v.expand(*v.shape[:-2], len(positions), v.shape[-1]))
        scaled = values @ np.swapaxes(values, -1, -2) / np.sqrt(self.case.dim)
        return np.asarray(softmax(scaled + self._bias(positions, positions)) @ values)

    def exact(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place]) -> np.ndarray:
        """The true bias."""
        found = scores.bias(self.parts(m, n), lambda part: part.value)
        return np.broadcast_to(found, (self.case.heads, len(m), len(n)))

    def off(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place], *, shared: bool) -> np.ndarray:
        """The error allowed to the bias: none where it is only looked up."""
        found = scores.bias(self.parts(m, n, shared), lambda part: part.error_bound)
        lost = bounds.underflow(self.accuracy) * self.spec.computes
        return np.broadcast_to(found + lost, (self.case.heads, len(m), len(n)))

    def exact_logits(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., nq, nk)."""
        plain = np.asarray(wide(q), dtype=np.longdouble) @ np.swapaxes(wide(k), -1, -2)
        return np.asarray(plain + self.exact(q, k, self.places(m), self.places(n)))

    def logit_bound(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to the logits, (..., nq, nk), summed in float64."""
        sizes = np.abs(wide(q)) @ np.swapaxes(np.abs(wide(k)), -1, -2)
        places = self.places(m), self.places(n)
        size = sizes + np.abs(self.exact(q, k, *places))
        return np.asarray(bounds.summation(self.case.dim) * size + self.off(q, k, *places, shared=shared))
