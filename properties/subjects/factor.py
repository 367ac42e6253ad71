"""Code that multiplies weights: f(weights, query_positions, key_positions, ...) -> weights (..., nq, nk).

In place of a logit it multiplies q . k, taken as any number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from impls.door.crossing import Request
from impls.door.misbehaviour import Inapplicable
from properties.cases import real
from properties.subjects.arrays import extended, transposed
from properties.subjects.between import CodeBetween, TruthBetween
from properties.subjects.pairwise import Arguments, shown
from properties.subjects.protocols import Change, Shapes
from properties.subjects.setup import Setup, attended_tokens
from properties.subjects.subject import Place
from spec.definitions.factor import Factor
from spec.numbers import bounds
from spec.numbers import pairwise as terms

STEEPNESS = 4.0
"""Logits of drawn weights lie within this much of 0: no weight is so small that its logarithm would be off."""


def weights_of(setup: Setup, q: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Rows of positive weights that sum to 1, from vectors of queries and keys, in the dtype; (..., nq, nk)."""
    met = (q[..., :, None, :] * k[..., None, :, :]).sum(-1)
    sizes = np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(k, axis=-1)[..., None, :]
    grown = np.exp(STEEPNESS * met / np.maximum(sizes, 2.0**-40))
    return setup.held(grown / grown.sum(-1, keepdims=True))


def _unit(numbers: np.ndarray) -> float:
    """A power of two that none exceeds."""
    return float(2.0 ** np.ceil(np.log2(max(float(np.abs(numbers).max()), 2.0**-60))))


@dataclass(frozen=True)
class FactorCode(CodeBetween):
    """An implementation of a factor on weights, on a case."""

    contents: ClassVar[Mapping[str, str]] = {"weights": "bhqj"}
    has_dtype: ClassVar[bool] = True
    remedy: ClassVar[str] = "return the dtype of the input"

    def _arguments(self, weights: np.ndarray, m: np.ndarray, n: np.ndarray, dtype: str | None = None) -> Arguments:
        handed = self.meeting.handed(heads=weights.shape[-3])
        return (self.setup.vectors(weights), *self.meeting.positions(m, n, dtype)), handed

    def _weighted(self, weights: np.ndarray, m: np.ndarray, n: np.ndarray) -> np.ndarray:
        """What becomes of these numbers, rounded to the dtype."""
        held = self.setup.with_heads(self.setup.held(weights))
        found = self.door.ask(self.meeting.request(self._arguments(held, m, n))).shaped(*held.shape)
        return self.setup.without_heads(found, weights)

    def request(self, x: np.ndarray, positions: Any, position_dtype: str | None = None, **words: Any) -> Request:
        """The call with the weights of queries x at these positions."""
        m, n = self.setup.located(positions), self.meeting.keys(positions)
        weights = weights_of(self.setup, x, self.meeting.held(x, n))
        return self.meeting.request(self._arguments(weights, m, n, position_dtype), **words)

    def of_head(self, head: int) -> np.ndarray:
        """The weights of one head where it is the only one, which has the first column of a table."""
        x, p = self.inputs()
        m, n = self.setup.located(p), self.meeting.keys(p)
        weights = weights_of(self.setup, x, self.meeting.held(x, n))[:, head : head + 1]
        return self.door.ask(self.meeting.request(self._arguments(weights, m, n))).shaped(*weights.shape)

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """The factor times q . k, (batch, heads, nq, nk).

        Where rows are made to sum to 1 again, weights must not be negative: each sign is asked for by itself.
        """
        places, plain = (self.setup.located(m), self.setup.located(n)), q @ transposed(k)
        if not self.setup.definition(Factor).renormalised:
            unit = _unit(plain)
            return np.asarray(unit * self._weighted(plain / unit, *places))
        return np.asarray(self._ratio(np.maximum(plain, 0), *places) - self._ratio(np.maximum(-plain, 0), *places))

    def _ratio(self, numbers: np.ndarray, m: np.ndarray, n: np.ndarray) -> np.ndarray:
        """The same where rows are made to sum to 1: relative to one more key of weight 1, where every query sees it."""
        if self.setup.implementation.positions == "contiguous":
            raise Inapplicable("consecutive keys leave no room for one that every query sees")
        unit = _unit(numbers)
        given = np.concatenate([numbers / unit, np.ones_like(numbers[..., :1])], axis=-1)
        found = self._weighted(given, m, np.append(n, min(m.min(), n.min())))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(unit * found[..., :-1] / found[..., -1:])

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens, places = attended_tokens(v, positions), self.setup.located(positions)
        return np.asarray(self._weighted(weights_of(self.setup, tokens, tokens), places, places) @ tokens)

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for all queries and for one."""
        x, positions = self.inputs()
        asked = [(view, positions[: view.shape[-2]]) for view in (x, x[..., :1, :])]
        return [(self.answer(view, p).values.shape, self.shape(view, p)) for view, p in asked]

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        case, keys = self.setup.case, len(self.meeting.keys(self.setup.case.positions))
        weights = (case.batch, case.heads, len(case.positions), keys)
        return shown(f"f(weights, query_positions, key_positions) with weights {weights}", keys, self.setup)


@dataclass(frozen=True)
class FactorTruth(TruthBetween):
    """What the spec says of weights that a factor has multiplied."""

    @property
    def unit(self) -> np.ndarray:
        """A single coordinate is enough to have a weight of 1."""
        return np.array([0])

    @property
    def _renormalises(self) -> bool:
        return self.setup.definition(Factor).renormalised

    def _between(self, m: Any, n: Any, shared: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """The factor between these places, and the error allowed to it, (heads or 1, nq, nk)."""
        found = self.meeting.parts(self.meeting.places(m), self.meeting.places(n), shared)
        return terms.bias(found, lambda part: part.value), terms.bias(found, lambda part: part.error_bound)

    def _weights(self, x: np.ndarray, n: np.ndarray) -> np.ndarray:
        return weights_of(self.setup, x, self.meeting.held(x, n))

    def _exact(self, x: np.ndarray, m: Any, n: np.ndarray) -> np.ndarray:
        return self.ideal(self._weights(x, n), m, n)

    def ideal(self, weights: np.ndarray, m: Any, n: Any, **learned: Any) -> np.ndarray:
        """The weights that a call should give back."""
        weighted = weights * self._between(m, n)[0]
        return np.asarray(weighted / weighted.sum(-1, keepdims=True) if self._renormalises else weighted)

    def _allowed(self, x: np.ndarray, m: Any, n: np.ndarray, shared: bool) -> np.ndarray:
        factor, off = self._between(m, n, shared)
        given = self._weights(x, n)
        allowed = np.abs(given) * off
        if self._renormalises:
            weighted = np.abs(given * factor).astype(np.float64)
            allowed = (weighted * self._renormalised(given) + allowed) / weighted.sum(-1, keepdims=True)
        return np.asarray(allowed + self.meeting.underflow)

    def _renormalised(self, given: np.ndarray) -> np.ndarray:
        logs = np.abs(np.log(given, out=np.zeros_like(given), where=given > 0)).max(-1, keepdims=True)
        return bounds.renormalised(given.shape[-1] + 1, logs, self.meeting.angle, self.meeting.work)

    def changed(self, name: str, direction: np.ndarray, x: np.ndarray, positions: Any) -> Change:
        """How the new weights change with those before, or with the table."""
        n = self.meeting.keys(positions)
        given, (factor, off) = self._weights(x, n), self._between(positions, n)
        if name == "weights":
            there = Change(direction * factor, np.abs(direction) * off, np.abs(direction * factor), len(n))
        else:
            there = self._relearned(
                name, direction, positions, n, lambda found, what, _: given * terms.bias(found, what)
            )
        return self._renormalised_change(there, given, given * factor) if self._renormalises else there

    def _renormalised_change(self, there: Change, given: np.ndarray, weighted: np.ndarray) -> Change:
        """The change of weights w / s, with s their sum: (dw - (w / s) ds) / s."""
        total = weighted.sum(-1, keepdims=True)
        share = weighted / total
        value = (there.value - share * there.value.sum(-1, keepdims=True)) / total
        off, size = ((e + np.abs(share) * e.sum(-1, keepdims=True)) / total for e in (there.off, there.size))
        return Change(value, off + 4 * self._renormalised(given) * size, size, there.terms)

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., nq, nk)."""
        return np.asarray(extended(q) @ transposed(k) * self._between(m, n)[0])

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits, (..., nq, nk): weights are rounded before they are handed in."""
        plain, (factor, off) = q @ transposed(k), map(np.abs, self._between(m, n))
        unit, relative = _unit(plain), np.asarray(2 * self.meeting.work)
        if self._renormalises:
            relative = relative + 3 * self._renormalised(np.abs(plain / unit))
        lost = 4 * (plain.shape[-1] + 1) * unit * self.meeting.underflow
        summed = bounds.summation(self.setup.case.dim) * np.abs(q) @ transposed(np.abs(k))
        return np.asarray(np.abs(plain) * (off + factor * relative) + (lost + summed) * (1 + factor))

    def averaged(self, tokens: int) -> float:
        """The error allowed to an average over so many tokens, relative to the largest: each weight is rounded."""
        rounded = self.meeting.work * (tokens + 4) if self._renormalises else 0.0
        return rounded + bounds.summation(4 * tokens + 8)


PLACE = Place(
    definition=Factor,
    code=FactorCode,
    truth=FactorTruth,
    sizes=real.contents,
    measured=("prefill", "decode", "training"),
    pairs=True,
)
