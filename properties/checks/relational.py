"""What attention sees of an encoding, all of it on logits."""

import numpy as np
import torch
from numpy.typing import ArrayLike

from impls import Implementation
from properties.cases import families
from properties.checks.evidence import Evidence, agreement, difference
from properties.checks.property import Inapplicable, checks
from properties.checks.scores import scores_agree
from properties.checks.values import AXES
from properties.subjects.arrays import as_tensor
from properties.subjects.subject import Subject
from spec import Bounded, Encoding, verdict
from spec.numbers import bounds
from spec.statements import relational as says

SAMPLES = 8
"""Distances at which each window of the decay is looked at."""


def far_enough(implementation: Implementation, encoding: Encoding) -> str | None:
    """The decay is a matter of thousands of positions."""
    limit = implementation.max_position
    needed = 2**says.WINDOWS - 1
    return None if limit is None or limit >= needed else f"declares max_position {limit}; the decay needs {needed}"


@checks(says.relative_position_invariance, cases=families.general, on="score")
def relative_position_invariance(encoding: Subject) -> Evidence:
    """f(q, m + c) . f(k, n + c) = f(q, m) . f(k, n)"""
    case = encoding.case
    m, n = np.array(case.positions), np.array(case.others)
    q, k = encoding.draw("q"), encoding.draw("k", len(n))
    moved = [encoding.moved(p, case.shift) for p in (m, n)]
    there, here = encoding.logits(q, k, *moved), encoding.logits(q, k, m, n)
    allowed = encoding.logit_bound(q, k, *moved, shared=True)
    return scores_agree(encoding, there, here, allowed + encoding.logit_bound(q, k, m, n, shared=True))


@checks(says.translation_invariance, cases=families.general, on="score")
def translation_invariance(encoding: Subject) -> Evidence:
    """attention(q, k, v; m + c, n + c) = attention(q, k, v; m, n)

    If no logit of a row is off by more than e, the weights are off by exp(2 e) - 1 in all, and by no more than 2.
    """
    case = encoding.case
    m, n = np.array(case.positions), np.array(case.others)
    q, k, v = encoding.draw("q"), encoding.draw("k", len(n)), case.draw("v", len(n)).numpy()
    scale = 1 / np.sqrt(case.dim)
    here = _attend(encoding.logits(q, k, m, n) * scale, v)
    moved = [encoding.moved(p, case.shift) for p in (m, n)]
    there = _attend(encoding.logits(q, k, *moved) * scale, v)
    off = encoding.logit_bound(q, k, m, n, shared=True)
    off = off + encoding.logit_bound(q, k, *moved, shared=True)
    weights = np.expm1(np.minimum(2 * scale * off.max(-1, keepdims=True), np.log(3)))
    allowed = (weights + bounds.summation(4 * len(n) + 8)) * np.abs(v).max()
    return agreement(there, here, allowed, axes=("coordinate", "query", "head", "batch"), at={"query": case.positions})


def _attend(logits: np.ndarray, v: np.ndarray) -> np.ndarray:
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray((weights / weights.sum(-1, keepdims=True)) @ v)


@checks(says.equal_positions, cases=families.general, on="score")
def equal_positions(encoding: Subject) -> Evidence:
    """f(q, m) . f(k, m) = q . k"""
    q, k, m = encoding.draw("q"), encoding.draw("k"), encoding.case.positions
    if encoding.implementation.compare == "softmax":
        raise Inapplicable("compared by softmax: a constant may be added to every logit of a row")
    met = np.diagonal(encoding.logits(q, k, m, m), axis1=-2, axis2=-1)
    plain = (q.double() * k.double()).sum(-1).numpy()
    allowed = np.diagonal(encoding.logit_bound(q, k, m, m, shared=True), axis1=-2, axis2=-1)
    return agreement(met, plain, allowed, axes=("token", "head", "batch"), at={"token": m})


@checks(says.symmetry, cases=families.general, on="score")
def symmetry(encoding: Subject) -> Evidence:
    """f(q, m) . f(k, n) = f(q, n) . f(k, m)"""
    case = encoding.case
    tokens = min(len(case.positions), len(case.others))
    m, n = case.positions[:tokens], case.others[:tokens]
    q, k = encoding.draw("q", tokens), encoding.draw("k", tokens)
    allowed = encoding.logit_bound(q, k, m, n, shared=True) + encoding.logit_bound(q, k, n, m, shared=True)
    here, exchanged = encoding.logits(q, k, m, n), encoding.logits(q, k, n, m)
    return agreement(*(np.diagonal(each, axis1=-2, axis2=-1) for each in (exchanged, here, allowed)))


@checks(says.permutation_non_invariance, cases=families.example(says.permutation_non_invariance), on="score")
def permutation_non_invariance(encoding: Subject) -> Evidence:
    """f(q, 3) . (f(k, m) - f(y, n)) differs from f(q, 3) . (f(k, n) - f(y, m)): two keys that exchange places"""
    m, n = encoding.case.positions, encoding.case.others
    q, k, y = encoding.draw("q", 1), encoding.draw("k", 1), encoding.draw("y", 1)
    here = encoding.logits(q, k, (3,), m) - encoding.logits(q, y, (3,), n)
    exchanged = encoding.logits(q, k, (3,), n) - encoding.logits(q, y, (3,), m)
    allowed = sum(encoding.logit_bound(q, a, (3,), p, shared=True) for a in (k, y) for p in (m, n))
    return difference(here, exchanged, allowed)


@checks(says.constant_input_probe, cases=families.once(16, (0, 1, 3, 7, 2)))
def constant_input_probe(encoding: Subject) -> Evidence:
    """attention(x, ..., x) differs from position to position"""
    p = (*encoding.case.positions, *encoding.case.others)
    outputs = encoding.attended(encoding.draw("x", 1), p)
    rounded = encoding.spec.definition.renormalised * bounds.UNIT[encoding.accuracy] * (len(p) + 4)
    allowed = (rounded + bounds.summation(4 * len(p) + 8)) * np.abs(outputs).max()
    later = outputs[..., 1:, :]
    return difference(later, np.broadcast_to(outputs[..., :1, :], later.shape), 2 * allowed)


@checks(says.logit_bound, cases=families.general, on="score")
def logit_bound(encoding: Subject) -> Evidence:
    """|f(q, m) . f(k, n)| <= sum over the pairs of |q||k|"""
    m, n = encoding.case.positions, encoding.case.others
    q, k = encoding.draw("q"), encoding.draw("k", len(n))
    if encoding.implementation.compare == "softmax":
        raise Inapplicable("compared by softmax: a constant may be added to every logit of a row")
    rest = np.abs(q.double().numpy()[..., encoding.rest]) @ np.abs(k.double().numpy()[..., encoding.rest]).swapaxes(
        -1, -2
    )
    ceiling = encoding.lengths(q) @ np.swapaxes(encoding.lengths(k), -1, -2) + rest
    excess = np.maximum(np.abs(encoding.logits(q, k, m, n)) - ceiling, 0)
    return agreement(excess, np.zeros_like(excess), encoding.logit_bound(q, k, m, n, shared=True))


@checks(says.remote_decay, cases=families.once(64, (2**says.WINDOWS - 1,)), on="score", needs=(far_enough,))
def remote_decay(encoding: Subject) -> Evidence:
    """the kernel over [2^j, 2^(j+1)), j = 0 .. 11, has its exact values, whose means strictly decrease in j"""
    samples = 2**says.WINDOWS if encoding.implementation.positions == "contiguous" else SAMPLES
    windows = [np.unique(np.linspace(2**j, 2 ** (j + 1) - 1, samples).astype(int)) for j in range(says.WINDOWS)]
    measured, exact, allowed = _kernel(encoding, np.concatenate(windows))
    if isinstance(verdict(encoding.spec, says.remote_decay), Bounded):
        return agreement(measured, exact, allowed, axes=("distance",), at={"distance": np.concatenate(windows)})
    ends = np.cumsum([len(window) for window in windows])[:-1]
    means, off = (np.array([part.mean() for part in np.split(each, ends)]) for each in (measured, allowed))
    falls, off = means[:-1] - means[1:], off[:-1] + off[1:]
    weakest = int(np.argmin(falls - off))
    return difference(max(falls[weakest], 0), 0, off[weakest])


@checks(says.monotone_decay, cases=families.once(64, (1, 2, 3, 4, 5)), on="score")
def monotone_decay(encoding: Subject) -> Evidence:
    """kernel(k) - kernel(k + 1) > 0"""
    measured, _, allowed = _kernel(encoding, encoding.case.positions)
    return difference(max((measured[:-1] - measured[1:]).min(), 0), 0, 2 * allowed.max())


def _kernel(encoding: Subject, distances: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The logits of equal contents (1, 0) in every block, keys this far before queries; exact ones; bounds."""
    if encoding.implementation.compare == "softmax":
        raise Inapplicable("compared by softmax: a constant may be added to every logit of a row")
    units = torch.zeros(1, 1, np.size(distances), encoding.case.dim, dtype=encoding.torch_dtype)
    units[..., encoding.unit] = 1
    asked = (units, units[..., :1, :], distances, (0,))
    seen = (encoding.logits(*asked), encoding.exact_logits(*asked), encoding.logit_bound(*asked))
    return tuple(each[0, 0, :, 0] for each in seen)  # type: ignore[return-value]


@checks(says.text_degeneration, cases=families.general)
def text_degeneration(encoding: Subject) -> Evidence:
    """f(x, (p, p)) = R_p x"""
    x, p = encoding.draw("x"), encoding.case.positions
    diagonal = as_tensor(np.stack([p] * encoding.spec.grid.axes, axis=-1))
    sibling = encoding.on_a_line()
    exact, allowed = sibling.exact_output(x, p), sibling.bound(x, p)
    return agreement(encoding.pairs(encoding.encode(x, diagonal)), exact, allowed, axes=AXES, at={"token": p})
