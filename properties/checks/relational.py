"""What attention sees of an encoding, all of it on logits."""

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from impls import Implementation
from properties.cases import families
from properties.cases.case import reach, size, supported
from properties.cases.sizes import steps
from properties.checks.comparisons import scores_agree
from properties.checks.evidence import Evidence, agreement, difference
from properties.checks.property import Inapplicable, checks
from properties.subjects.arrays import softmax
from properties.subjects.map import OnMaps
from properties.subjects.subject import Attending
from spec import Bounded, Encoding, verdict
from spec.numbers import bounds
from spec.statements import relational as says

SAMPLES = 8
"""Distances at which each window of the decay is looked at."""


def far_enough(implementation: Implementation, encoding: Encoding) -> str | None:
    """The decay is a matter of thousands of positions."""
    needed, limit = 2**says.WINDOWS - 1, reach(implementation, size(implementation, 64), {})
    if limit is None or limit >= needed or implementation.max_position is None:
        return None
    return f"declares max_position {implementation.max_position}; the decay needs {needed}"


@checks(says.relative_position_invariance, cases=families.general, on="score")
def relative_position_invariance(s: Attending) -> Evidence:
    """f(q, m + c) . f(k, n + c) = f(q, m) . f(k, n)"""
    here, there = _here_and_moved(s)
    allowed = s.truth.logit_bound(*there, shared=True) + s.truth.logit_bound(*here, shared=True)
    return scores_agree(s, s.code.logits(*there), s.code.logits(*here), allowed)


@checks(says.translation_invariance, cases=families.general, on="score")
def translation_invariance(s: Attending) -> Evidence:
    """attention(q, k, v; m + c, n + c) = attention(q, k, v; m, n)

    If no logit of a row is off by more than e, the weights are off by exp(2 e) - 1 in all, and by no more than 2.
    """
    here, there = _here_and_moved(s)
    tokens, scale = len(s.case.others), 1 / np.sqrt(s.case.dim)
    v = s.case.draw("v", tokens)
    stayed, moved = (softmax(s.code.logits(*asked) * scale) @ v for asked in (here, there))
    off = s.truth.logit_bound(*here, shared=True) + s.truth.logit_bound(*there, shared=True)
    weights = np.expm1(np.minimum(2 * scale * off.max(-1, keepdims=True), np.log(3)))
    allowed = (weights + bounds.summation(4 * tokens + 8)) * np.abs(v).max()
    axes = ("coordinate", "query", "head", "batch")
    return agreement(moved, stayed, allowed, axes=axes, at={"query": s.case.positions})


Asked = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _here_and_moved(s: Attending) -> tuple[Asked, Asked]:
    """Queries and keys of the case at their positions, and at positions that are all farther by the same offset."""
    m, n = np.array(s.case.positions), np.array(s.case.others)
    q, k = s.draw("q"), s.draw("k", len(n))
    return (q, k, m, n), (q, k, s.setup.moved(m, s.case.shift), s.setup.moved(n, s.case.shift))


@checks(says.equal_positions, cases=families.general, on="score")
def equal_positions(s: Attending) -> Evidence:
    """f(q, m) . f(k, m) = q . k"""
    q, k, m = s.draw("q"), s.draw("k"), s.case.positions
    _expect_constants_to_show(s)
    met, allowed = s.code.logits(q, k, m, m), s.truth.logit_bound(q, k, m, m, shared=True)
    axes = ("token", "head", "batch")
    return agreement(_diagonal(met), (q * k).sum(-1), _diagonal(allowed), axes=axes, at={"token": m})


def _diagonal(logits: np.ndarray) -> np.ndarray:
    return np.asarray(np.diagonal(logits, axis1=-2, axis2=-1))


def _expect_constants_to_show(s: Attending) -> None:
    """Raises Inapplicable where a constant in every row of the logits does not count."""
    if s.implementation.compare == "softmax":
        raise Inapplicable("compared by softmax: a constant may be added to every logit of a row")


@checks(says.symmetry, cases=families.general, on="score")
def symmetry(s: Attending) -> Evidence:
    """f(q, m) . f(k, n) = f(q, n) . f(k, m)"""
    tokens = min(len(s.case.positions), len(s.case.others))
    m, n = s.case.positions[:tokens], s.case.others[:tokens]
    q, k = s.draw("q", tokens), s.draw("k", tokens)
    allowed = s.truth.logit_bound(q, k, m, n, shared=True) + s.truth.logit_bound(q, k, n, m, shared=True)
    here, exchanged = s.code.logits(q, k, m, n), s.code.logits(q, k, n, m)
    return agreement(_diagonal(exchanged), _diagonal(here), _diagonal(allowed))


@checks(says.permutation_non_invariance, cases=families.example(says.permutation_non_invariance), on="score")
def permutation_non_invariance(s: Attending) -> Evidence:
    """f(q, 3) . (f(k, m) - f(y, n)) differs from f(q, 3) . (f(k, n) - f(y, m)): two keys that exchange places"""
    m, n = s.case.positions, s.case.others
    q, k, y = (s.draw(name, 1) for name in "qky")
    at = supported((3,), s.implementation, s.setup.limit)
    here = s.code.logits(q, k, at, m) - s.code.logits(q, y, at, n)
    exchanged = s.code.logits(q, k, at, n) - s.code.logits(q, y, at, m)
    allowed = sum(s.truth.logit_bound(q, a, at, p, shared=True) for a in (k, y) for p in (m, n))
    return difference(here, exchanged, allowed)


@checks(says.constant_input_probe, cases=families.once(16, (0, 1, 3, 7, 2)))
def constant_input_probe(s: Attending) -> Evidence:
    """attention(x, ..., x) differs from position to position"""
    p = (*s.case.positions, *s.case.others)
    outputs = s.code.attended(s.draw("x", 1), p)
    later = outputs[..., 1:, :]
    first = np.broadcast_to(outputs[..., :1, :], later.shape)
    return difference(later, first, 2 * s.truth.averaged(len(p)) * np.abs(outputs).max())


@checks(says.logit_bound, cases=families.general, on="score")
def logit_bound(s: OnMaps) -> Evidence:
    """|f(q, m) . f(k, n)| <= sum over the pairs of |q||k|"""
    m, n, rest = s.case.positions, s.case.others, s.setup.rest
    q, k = s.draw("q"), s.draw("k", len(n))
    _expect_constants_to_show(s)
    pairs = s.setup.lengths(q) @ np.swapaxes(s.setup.lengths(k), -1, -2)
    ceiling = pairs + np.abs(q[..., rest]) @ np.swapaxes(np.abs(k[..., rest]), -1, -2)
    excess = np.maximum(np.abs(s.code.logits(q, k, m, n)) - ceiling, 0)
    return agreement(excess, np.zeros_like(excess), s.truth.logit_bound(q, k, m, n, shared=True))


@checks(says.remote_decay, cases=families.once(64, (2**says.WINDOWS - 1,)), on="score", needs=(far_enough,))
def remote_decay(s: Attending) -> Evidence:
    """the kernel over [2^j, 2^(j+1)), j = 0 .. 11, has its exact values, whose means strictly decrease in j"""
    samples = 2**says.WINDOWS if s.implementation.positions == "contiguous" else SAMPLES
    windows = [np.unique(np.linspace(2**j, 2 ** (j + 1) - 1, samples).astype(int)) for j in range(says.WINDOWS)]
    distances = np.concatenate(windows)
    s = s.varied(case=dataclasses.replace(s.case, positions=(int(distances[-1]),)))
    measured, exact, allowed = _kernel(s, distances)
    if isinstance(verdict(s.encoding, says.remote_decay), Bounded):
        return agreement(measured, exact, allowed, axes=("distance",), at={"distance": distances})
    ends = np.cumsum([len(window) for window in windows])[:-1]
    means, off = (np.array([part.mean() for part in np.split(each, ends)]) for each in (measured, allowed))
    falls, off = means[:-1] - means[1:], off[:-1] + off[1:]
    weakest = int(np.argmin(falls - off))
    return difference(max(falls[weakest], 0), 0, off[weakest])


@checks(says.monotone_decay, cases=families.once(64, (1, 2, 3, 4, 5)), on="score")
def monotone_decay(s: Attending) -> Evidence:
    """kernel(k) - kernel(k + 1) > 0"""
    before, distances = steps(s.case.positions)
    measured, _, allowed = _kernel(s, distances)
    falls = measured[before] - measured[before + 1]
    return difference(max(falls.min(), 0), 0, 2 * allowed.max())


def _kernel(s: Attending, distances: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The logits of equal contents (1, 0) in every block, keys this far before queries; exact ones; bounds."""
    _expect_constants_to_show(s)
    units = np.zeros((1, 1, np.size(distances), s.case.dim))
    units[..., s.truth.unit] = 1
    asked = (units, units[..., :1, :], distances, (0,))
    seen = (s.code.logits(*asked), s.truth.logits(*asked), s.truth.logit_bound(*asked))
    return tuple(each[0, 0, :, 0] for each in seen)  # type: ignore[return-value]


@checks(says.text_degeneration, cases=families.general)
def text_degeneration(s: OnMaps) -> Evidence:
    """f(x, (p, p)) = R_p x"""
    x, p = s.draw("x"), s.case.positions
    diagonal, line = np.stack([p] * s.encoding.grid.axes, axis=-1), s.truth.on_a_line()
    found = s.code.encode(x, diagonal)[..., line.setup.coordinates_out]
    return agreement(found, line.output(x, p), line.bound(x, p), axes=s.code.axes, at={"token": p})
