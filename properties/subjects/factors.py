"""A factor multiplies the weights of attention; in place of a logit it multiplies q . k, taken as any number."""

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from properties.subjects.arrays import wide
from properties.subjects.scored import Call, Scores
from spec.numbers import bounds
from spec.numbers import pairwise as scores
from spec.numbers.coefficients import Place

STEEPNESS = 4.0
"""Logits of drawn weights lie within this much of 0: no weight is so small that its logarithm would be off."""


class Factors(Scores):
    """f(weights, query_positions, key_positions, ...) -> weights (..., nq, nk)."""

    def call_of(self, x: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Call:
        """Weights of queries and keys, and their positions."""
        return (self.weights(x, k), m, n), self.handed()

    def weights(self, x: Tensor, k: Tensor) -> Tensor:
        """Rows of positive weights that sum to 1, from vectors of queries and keys, in the dtype; (..., nq, nk)."""
        q, held = wide(x), wide(k)
        met = (q[..., :, None, :] * held[..., None, :, :]).sum(-1)
        sizes = np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(held, axis=-1)[..., None, :]
        grown = np.exp(STEEPNESS * met / np.maximum(sizes, 2.0**-40))
        return self.rounded(grown / grown.sum(-1, keepdims=True))

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result can be asked for: that of the weights is its own."""
        return True

    @property
    def unit(self) -> np.ndarray:
        """A single coordinate is enough to have a weight of 1."""
        return np.array([0])

    def logits(self, q: Tensor, k: Tensor, m: Any, n: Any) -> np.ndarray:
        """The factor times q . k, (batch, heads, nq, nk).

        Where rows are made to sum to 1 again, weights must not be negative: each sign is asked for by itself.
        """
        places, plain = (self.located(m), self.located(n)), wide(q) @ np.swapaxes(wide(k), -1, -2)
        if not self.spec.definition.renormalised:
            return self._product(plain, *places)
        return np.asarray(self._ratio(np.maximum(plain, 0), *places) - self._ratio(np.maximum(-plain, 0), *places))

    def _product(self, numbers: np.ndarray, m: Tensor, n: Tensor) -> np.ndarray:
        """The factor times any numbers, handed in as multiples of a power of two."""
        unit = _unit(numbers)
        return np.asarray(
            unit * wide(self.called(((self.rounded(numbers / unit), m, n), self.handed()), numbers.shape))
        )

    def _ratio(self, numbers: np.ndarray, m: Tensor, n: Tensor) -> np.ndarray:
        """The same where rows are made to sum to 1: relative to one more key of weight 1, where every query sees it."""
        unit = _unit(numbers)
        given = np.concatenate([numbers / unit, np.ones_like(numbers[..., :1])], axis=-1)
        seen = torch.cat([n, torch.minimum(m.min(), n.min())[None]])
        found = wide(self.called(((self.rounded(given), m, seen), self.handed()), given.shape))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(unit * found[..., :-1] / found[..., -1:])

    def attended(self, v: Tensor, positions: Any) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens = v.expand(*v.shape[:-2], len(positions), v.shape[-1])
        n = self.located(positions)
        return np.asarray(
            wide(self.called(self.call_of(tokens, tokens, n, n), self.shape(tokens, n, n))) @ wide(tokens)
        )

    def exact(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place]) -> np.ndarray:
        """The true weights."""
        weighted = wide(self.weights(x, k)) * scores.bias(self.parts(m, n), lambda part: part.value)
        return np.asarray(weighted / weighted.sum(-1, keepdims=True) if self.spec.definition.renormalised else weighted)

    def off(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place], *, shared: bool) -> np.ndarray:
        """The error allowed to the weights."""
        found, given = self.parts(m, n, shared), wide(self.weights(x, k))
        allowed = np.abs(given) * scores.bias(found, lambda part: part.error_bound)
        if self.spec.definition.renormalised:
            weighted = np.abs(given * scores.bias(found, lambda part: part.value)).astype(np.float64)
            allowed = (weighted * self._renormalised(given) + allowed) / weighted.sum(-1, keepdims=True)
        return np.asarray(allowed + bounds.underflow(self.accuracy))

    def _renormalised(self, given: np.ndarray) -> np.ndarray:
        logs = np.abs(np.log(given, out=np.zeros_like(given), where=given > 0)).max(-1, keepdims=True)
        return bounds.renormalised(given.shape[-1] + 1, logs, self.angle, bounds.UNIT[self.accuracy])

    def exact_logits(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., nq, nk)."""
        plain = np.asarray(wide(q), dtype=np.longdouble) @ np.swapaxes(wide(k), -1, -2)
        return np.asarray(plain * scores.bias(self.parts(self.places(m), self.places(n)), lambda part: part.value))

    def logit_bound(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to the logits, (..., nq, nk): weights are rounded before they are handed in."""
        plain, found = wide(q) @ np.swapaxes(wide(k), -1, -2), self.parts(self.places(m), self.places(n))
        factor, off = (
            np.abs(scores.bias(found, what)) for what in (lambda part: part.value, lambda part: part.error_bound)
        )
        unit, relative = _unit(plain), np.asarray(2 * bounds.UNIT[self.accuracy])
        if self.spec.definition.renormalised:
            relative = relative + 3 * self._renormalised(np.abs(plain / unit))
        lost = 4 * (plain.shape[-1] + 1) * unit * bounds.underflow(self.accuracy)
        summed = bounds.summation(self.case.dim) * np.abs(wide(q)) @ np.swapaxes(np.abs(wide(k)), -1, -2)
        return np.asarray(np.abs(plain) * (off + factor * relative) + (lost + summed) * (1 + factor))


def _unit(numbers: np.ndarray) -> float:
    """A power of two that none exceeds."""
    return float(2.0 ** np.ceil(np.log2(max(float(np.abs(numbers).max()), 2.0**-60))))
