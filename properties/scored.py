"""What a check sees of code that acts between queries and keys: a bias, a form in their contents, or a factor.

The rows of its output are the queries, at the positions that a check asks for; the keys stand still, where the case has
them. Logits of a bias are q . k and the bias of each head; a factor multiplies q . k itself, taken as the weight.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from impls import Implementation
from impls.declaration import accepts
from properties.assigned import Assigned
from properties.case import Case
from properties.misbehaviour import raising, shaped
from properties.subject import Instances, Subject, as_tensor, softmax, wide
from spec import ENCODINGS, bounds, ranges, scores
from spec.proofs import trained
from spec.scores import Part, Place, Precision, Setting

STEEPNESS = 4.0
"""Logits of drawn weights lie within this much of 0: no weight is so small that its logarithm would be off."""


def subject_of(implementation: Implementation, dtype: str, case: Case, instances: Instances | None = None) -> Subject:
    """The subject that fits what the encoding acts on."""
    acts_on = ENCODINGS[implementation.encoding].acts_on
    kind = Assigned if acts_on == "positions" else Scores if acts_on in scores.KINDS else Subject
    return kind(implementation, dtype, case, {} if instances is None else instances)


class Scores(Subject):
    """An implementation of a bias, of a form in query and key, or of a factor of weights."""

    # Where keys stand, and what they hold

    def keys(self, positions: Any) -> Tensor:
        """Where the keys of a call stand: at the case's others, or where its queries do, and the first of these twice.

        Where places must follow one another, at the next instead. On a finite grid in every cell. Where rows are made to
        sum to 1 again, one more stands where every query sees it.
        """
        case, extents = self.case, self.spec.extents
        if extents is not None:
            cells = np.indices(extents(self.parameters)).reshape(self.spec.axes, -1).T
            keys = as_tensor(cells)
        else:
            after = case.positions[-1] + 1 if self.implementation.positions == "contiguous" else case.positions[0]
            places = list(case.others or (*case.positions, after))
            if self.spec.renormalised:
                places.append(min(*places, *np.ravel(positions).tolist()))
            keys = self.located(tuple(places))
        wanted = positions.dtype if isinstance(positions, Tensor) else keys.dtype
        return keys.to(wanted) if wanted.is_floating_point or not keys.dtype.is_floating_point else keys

    def held(self, x: Tensor, keys: Tensor) -> Tensor:
        """The contents of the keys, with the axes of x."""
        return self.draw("k", len(keys))[(0,) * (4 - x.ndim)]

    def weights(self, x: Tensor, k: Tensor) -> Tensor:
        """Rows of positive weights that sum to 1, from vectors of queries and keys, in the dtype; (..., nq, nk)."""
        q, held = wide(x), wide(k)
        met = (q[..., :, None, :] * held[..., None, :, :]).sum(-1)
        sizes = np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(held, axis=-1)[..., None, :]
        grown = np.exp(STEEPNESS * met / np.maximum(sizes, 2.0**-40))
        return self._rounded(grown / grown.sum(-1, keepdims=True))

    def _rounded(self, values: np.ndarray) -> Tensor:
        return torch.tensor(np.asarray(values, dtype=np.float64)).to(getattr(torch, self.accuracy)).to(self.torch_dtype)

    @cached_property
    def supplied(self) -> dict[str, Tensor]:
        """Everything learned that the definition speaks of, drawn for the case."""
        columns = self.case.dim if self.spec.acts_on == "content-score" else self.case.heads
        shapes = {1: lambda: (self.case.heads, self.case.dim), 2: lambda: (self.rows_of_table, columns)}
        return {name: self.learned(name, *shapes[axes]()) for name, axes in scores.learned(self.spec).items()}

    def learned(self, name: str, *shape: int) -> Tensor:
        """Numbers that training would find; where a witness is replayed its own, and zeros behind the first block."""
        if not self.case.content:
            return super().learned(name, *shape)
        values, by_block = np.zeros(shape), self.spec.acts_on == "content-score"
        columns = self.coordinates[0] if by_block else range(shape[1])
        for column, at in enumerate(columns):
            rows = range(shape[0]) if name == "table" else [column] * shape[0]
            values[:, at] = [float(trained(row, column if name == "table" else 0)) for row in rows]
        return self._rounded(values)

    # Calls

    def arguments(self, x: Tensor, positions: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What a call is given, beside the instance."""
        m, n = self.located(positions), self.keys(positions)
        return self._arguments(x, self.held(x, n), m, n)

    def _arguments(self, x: Tensor, k: Tensor, m: Tensor, n: Tensor) -> tuple[tuple[Any, ...], dict[str, Any]]:
        one_head = x.ndim == 2
        supplied = {
            name: (learned[0] if one_head and name != "table" else learned).clone()
            for name, learned in self.supplied.items()
        }
        if self.spec.acts_on == "score":
            return (m, n, self.case.heads), supplied | self.table_dtype
        return ((x, k, m, n) if self.spec.acts_on == "content-score" else (self.weights(x, k), m, n)), supplied

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result can be asked for."""
        return self.spec.acts_on != "score" or bool(self.supplied) or accepts(self.instance(), "dtype")

    def _called(self, arguments: tuple[tuple[Any, ...], dict[str, Any]], shape: tuple[int, ...]) -> Tensor:
        given, named = arguments
        with raising():
            return shaped(self.instance()(*given, **named), shape)

    def _shape(self, x: Tensor, m: Any, n: Any) -> tuple[int, ...]:
        leading = (self.case.heads,) if self.spec.acts_on == "score" else tuple(x.shape[:-2])
        return (*leading, len(m), len(n))

    def output(self, x: Tensor, positions: Any, role: str = "query") -> Tensor:
        """Bias (heads, nq, nk), logits or weights (..., nq, nk) of the queries x at these positions with the keys."""
        m, n = self.located(positions), self.keys(positions)
        return self._called(self.arguments(x.clone(), positions), self._shape(x, m, n))

    def shapes(self, x: Tensor, positions: Sequence[float]) -> list[tuple[Any, Any]]:
        """The shapes that come back, and those of the contract: for one token, and for fewer and more leading axes."""
        views = [x, x[..., :1, :]] if self.spec.acts_on != "content-score" else [x, x[0], x[0, 0], x[..., :1, :]]
        found = []
        for view in views:
            p = positions[: view.shape[-2]]
            shape = self._shape(view, p, self.keys(p))
            with raising():
                given, named = self.arguments(view, p)
                found.append((tuple(self.instance()(*given, **named).shape), shape))
        return found

    def pairs(self, x: Any) -> np.ndarray:
        """The entries of an output, (..., nq, nk, 1); what leaves the range of the dtype counts as its largest number."""
        most = torch.finfo(self.torch_dtype).max
        values = np.asarray(wide(x) if isinstance(x, Tensor) else x, dtype=np.longdouble)
        return np.clip(values, -most, most)[..., None]

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of `pairs`, from the last one backwards."""
        names = ("coordinate", "key", "token", "head", "batch")
        return names[:4] if self.spec.acts_on == "score" else names

    @property
    def unit(self) -> np.ndarray:
        """The coordinates in which the contents have a 1: of every block that adds its share, one that a factor meets."""
        return self.coordinates[: {"score": 0, "weights": 1}.get(self.spec.acts_on), 0]

    @property
    def rest(self) -> slice:
        """Nothing is left out."""
        return slice(self.case.dim, self.case.dim)

    def logits(self, q: Tensor, k: Tensor, m: Any, n: Any) -> np.ndarray:
        """The logits of queries at m with keys at n, (batch, heads, nq, nk); of a factor its product with q . k."""
        places = self.located(m), self.located(n)
        if self.spec.acts_on == "content-score":
            return wide(self._called(self._arguments(q, k, *places), (*q.shape[:-2], len(places[0]), len(places[1]))))
        plain = wide(q) @ np.swapaxes(wide(k), -1, -2)
        if self.spec.acts_on == "score":
            return plain + wide(self._called(self._arguments(q, k, *places), self._shape(q, *places)))
        signed = plain if not self.spec.renormalised else np.stack([np.maximum(plain, 0), np.maximum(-plain, 0)])
        found = [self._product(each, *places) for each in (signed if self.spec.renormalised else [signed])]
        return found[0] - found[1] if self.spec.renormalised else found[0]

    def _product(self, weights: np.ndarray, m: Tensor, n: Tensor) -> np.ndarray:
        """The factor times any weights, given as multiples of a power of two; ratios to a weight 1 that all queries see."""
        unit = _unit(weights)
        given = weights / unit
        if not self.spec.renormalised:
            return unit * wide(self._called(((self._rounded(given), m, n), self.supplied), given.shape))
        seen = torch.cat([n, torch.minimum(m.min(), n.min())[None]])
        given = np.concatenate([given, np.ones_like(given[..., :1])], axis=-1)
        found = wide(self._called(((self._rounded(given), m, seen), self.supplied), given.shape))
        return unit * found[..., :-1] / found[..., -1:]

    def attended(self, v: Tensor, positions: Any) -> np.ndarray:
        """The output of attention of tokens that all hold v, (..., 1, dim)."""
        tokens = v.expand(*v.shape[:-2], len(positions), v.shape[-1])
        n = self.located(positions)
        values, scale = wide(tokens), 1 / np.sqrt(self.case.dim)
        given = self._arguments(tokens, tokens, n, n)
        found = wide(self._called(given, self._shape(tokens, n, n)))
        if self.spec.acts_on == "weights":
            return np.asarray(found @ values)
        plain = scale * values @ np.swapaxes(values, -1, -2)
        return softmax(plain + found if self.spec.acts_on == "score" else scale * found) @ values

    # The truth

    def _setting(self) -> Setting:
        return Setting(self.spec, self.case.dim, tuple(sorted(self.parameters.items())), self.case.heads, self.length)

    @cached_property
    def _found(self) -> dict[Any, list[Part]]:
        return {}

    def _parts(self, m: Sequence[Place], n: Sequence[Place], shared: bool = False) -> list[Part]:
        """The terms of the definition between these places, found once."""
        asked = (tuple(m), tuple(n), shared)
        if asked not in self._found:
            tables = {name: np.asarray(wide(table), dtype=np.longdouble) for name, table in self.supplied.items()}
            precision = Precision(self.accuracy, self.angle, shared)
            self._found[asked] = scores.parts(self._setting(), m, n, tables, self.coordinates, precision)
        return self._found[asked]

    def _places(self, positions: Any) -> list[Place]:
        return [tuple(p) if isinstance(p, list) else (p,) for p in self.located(positions).tolist()]

    def exact_output(self, x: Tensor, positions: ArrayLike, role: str = "query") -> np.ndarray:
        """The true `pairs` of `output`; not a number where the definition says nothing."""
        n = self.keys(positions)
        try:
            return self.pairs(self._exact(x, self.held(x, n), self._places(positions), self._places(n)))
        except ValueError:
            return np.full((*self._shape(x, np.asarray(positions), n), 1), np.nan)

    def _exact(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place]) -> np.ndarray:
        found = self._parts(m, n)
        if self.spec.acts_on == "content-score":
            return scores.total(found, self._contents(x), self._contents(k), lambda part: part.value)
        factor = np.broadcast_to(scores.bias(found, lambda part: part.value), (self.case.heads, len(m), len(n)))
        if self.spec.acts_on == "score":
            return factor
        weighted = wide(self.weights(x, k)) * factor
        return weighted / weighted.sum(-1, keepdims=True) if self.spec.renormalised else weighted

    def _contents(self, x: Tensor) -> np.ndarray:
        """The contents of the blocks, each lengthened by a 1, (..., n, blocks, width + 1)."""
        blocks = super().pairs(x)
        return np.concatenate([blocks, np.ones_like(blocks[..., :1])], axis=-1)

    def bound(self, x: Tensor, positions: ArrayLike, *, shared: bool = False, role: str = "query") -> np.ndarray:
        """The error allowed to every entry of `pairs(output)`."""
        n = self.keys(positions)
        try:
            places = self._places(positions), self._places(n)
            k = self.held(x, n)
            if self.spec.acts_on == "weights":
                return self._off_weights(wide(self.weights(x, k)), *places, shared=shared)[..., None]
            return self._off(x, k, *places, shared=shared)[..., None]
        except ValueError:
            return np.zeros((*self._shape(x, np.asarray(positions), n), 1))

    def _off(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place], *, shared: bool) -> np.ndarray:
        """The error allowed to a bias (heads, nq, nk), or to logits (..., nq, nk)."""
        found = self._parts(m, n, shared)
        if self.spec.acts_on == "score":
            off = np.broadcast_to(scores.bias(found, lambda part: part.off), (self.case.heads, len(m), len(n)))
            return np.asarray(off + bounds.underflow(self.accuracy) * self.spec.computes)
        q, held = np.abs(self._contents(x)).astype(np.float64), np.abs(self._contents(k)).astype(np.float64)
        off = scores.total(found, q, held, lambda part: part.off)
        size = scores.total(found, q, held, lambda part: np.abs(part.value).astype(np.float64) + part.off)
        terms = len(found) * len(self.coordinates)
        return np.asarray(off + self._accumulated(terms) * size + terms * bounds.underflow(self.accuracy))

    def _accumulated(self, terms: int) -> float:
        return bounds.accumulated(terms, 4, self.angle, bounds.UNIT[self.accuracy])

    def _off_weights(self, given: np.ndarray, m: list[Place], n: list[Place], *, shared: bool) -> np.ndarray:
        found = self._parts(m, n, shared)
        factor, off = (scores.bias(found, what) for what in (lambda part: part.value, lambda part: part.off))
        weighted = np.abs(given * factor).astype(np.float64)
        allowed = np.abs(given) * off
        if self.spec.renormalised:
            whole = np.abs(weighted.sum(-1, keepdims=True))
            logs = np.abs(np.log(given, out=np.zeros_like(given), where=given > 0)).max(-1, keepdims=True)
            relative = bounds.renormalised(len(n), logs, self.angle, bounds.UNIT[self.accuracy])
            allowed = (weighted * relative + allowed) / whole
        return np.asarray(allowed + bounds.underflow(self.accuracy))

    def logit_bound(self, q: Tensor, k: Tensor, m: ArrayLike, n: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to the logits, (..., nq, nk)."""
        places = self._places(m), self._places(n)
        if self.spec.acts_on == "content-score":
            return self._off(q, k, *places, shared=shared)
        sizes = np.abs(wide(q)) @ np.swapaxes(np.abs(wide(k)), -1, -2)
        summed = bounds.summation(self.case.dim) * sizes
        if self.spec.acts_on == "score":
            return summed + self._off(q, k, *places, shared=shared)
        return self._off_product(wide(q) @ np.swapaxes(wide(k), -1, -2), *places) + summed

    def _off_product(self, plain: np.ndarray, m: list[Place], n: list[Place]) -> np.ndarray:
        """The error allowed to a factor times any weights: these are rounded before they are handed in."""
        found = self._parts(m, n)
        factor, off = (np.abs(scores.bias(found, what)) for what in (lambda part: part.value, lambda part: part.off))
        unit, work = _unit(plain), bounds.UNIT[self.accuracy]
        relative = 2 * work
        if self.spec.renormalised:
            given = np.abs(plain / unit)
            logs = np.abs(np.log(given, out=np.zeros_like(given), where=given > 0)).max(-1, keepdims=True)
            relative = relative + 3 * bounds.renormalised(len(n) + 1, logs, self.angle, work)
        allowed = np.abs(plain) * (off + factor * relative)
        return np.asarray(allowed + 4 * (len(n) + 1) * unit * bounds.underflow(self.accuracy) * (1 + factor))

    def eta(self, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The relative error allowed to the largest entries, beside those of angles: (1, 1)."""
        waves = 4 * bounds.trigonometric(self.angle, bounds.UNIT[self.accuracy]) if self.spec.turns else 0.0
        return np.array([[self._accumulated(9 * self.case.dim) + waves]])

    @property
    def ceiling(self) -> float:
        """The largest entry of the definition, its learned numbers as large as they were drawn; 1 without a bound."""
        reached = ranges.ceiling(self.spec, self.case.dim, self.parameters, float(max(self.scales, default=1.0)))
        drawn = max((float(table.abs().max()) for table in self.supplied.values()), default=1.0)
        return reached * max(1.0, drawn) ** 2 if np.isfinite(reached) else 1.0

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        return float(self.eta((1,)).max())

    def sizes(self, x: Tensor) -> Any:
        """How large the contents are that the definition meets."""
        n = self.keys(self.case.positions)
        k = self.held(x, n)
        if self.spec.acts_on == "content-score":
            q, held = (np.abs(self._contents(each)).astype(np.float64).sum(-1) for each in (x, k))
            return q @ np.swapaxes(held, -1, -2)
        return 1.0


def _unit(weights: np.ndarray) -> float:
    """A power of two that no weight exceeds."""
    return float(2.0 ** np.ceil(np.log2(max(float(np.abs(weights).max()), 2.0**-60))))
