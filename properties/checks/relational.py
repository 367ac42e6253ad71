"""What attention sees of an encoding, all of it on logits."""

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from impls import Implementation
from properties.cases import families
from properties.cases.case import reach, size, supported
from properties.cases.sizes import steps
from properties.checks.comparisons import LOGITS, allowed, expect_constants_to_show, scores_agree, shifted
from properties.checks.evidence import Evidence, agreement, difference
from properties.checks.property import Inapplicable, checks
from properties.subjects.arrays import softmax
from properties.subjects.compared import compared
from properties.subjects.map import OnMaps
from properties.subjects.subject import Attending, Handed
from spec import Bounded, Encoding, Fails, Statement, verdict
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


def meets_contents(implementation: Implementation, encoding: Encoding) -> str | None:
    """Contents meet the encoding in the basis in which these are handed in."""
    if encoding.acts_on == "input" and compared(implementation) != "value":
        return f"compared by {implementation.compare}: rows in another basis have no products with contents"
    return None


@checks(says.relative_position_invariance, cases=families.general, on="score", needs=(meets_contents,))
def relative_position_invariance(s: Attending) -> Evidence:
    """f(q, m + c) . f(k, n + c) = f(q, m) . f(k, n)"""
    if isinstance(verdict(s.encoding, says.relative_position_invariance), Fails):
        expect_constants_to_show(s)
    here, there = _here_and_moved(s)
    off = allowed(s, says.relative_position_invariance, *there) + allowed(s, says.relative_position_invariance, *here)
    return scores_agree(s, s.code.logits(*there), s.code.logits(*here), off, *here)


@checks(says.translation_invariance, cases=families.general, on="score", needs=(meets_contents,))
def translation_invariance(s: Attending) -> Evidence:
    """attention(q, k, v; m + c, n + c) = attention(q, k, v; m, n)

    If no logit of a row is off by more than e, its weights are off by 2 tanh(e / 2) in all: Birkhoff's theorem, for the
    weights are multiplied by factors within exp(2 e) of one another.
    """
    here, there = _here_and_moved(s)
    tokens, scale = len(s.case.others), 1 / np.sqrt(s.case.dim)
    v = s.case.draw("v", tokens)
    logits = [s.code.logits(*asked) for asked in (here, there)]
    stayed, moved = (softmax(each * scale) @ v for each in logits)
    both = zip((here, there), logits, strict=True)
    off = np.add(
        *(allowed(s, says.translation_invariance, *asked) + shifted(s, found, *asked) for asked, found in both)
    )
    weights = 2 * np.tanh(scale * off.max(-1, keepdims=True) / 2)
    within = (weights + bounds.summation(4 * tokens + 8)) * np.abs(v).max()
    axes = ("coordinate", "query", "head", "batch")
    return agreement(moved, stayed, within, axes=axes, at={"query": s.setup.located(s.case.positions)})


Asked = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Measured = tuple[np.ndarray, np.ndarray]
"""Numbers, and the error allowed to each."""


def _here_and_moved(s: Attending) -> tuple[Asked, Asked]:
    """Queries and keys of the case at their positions, and at positions that are all farther by the same offset.

    Where a witness names the content `y`, it is that of every key but the first.
    """
    m, n = np.array(s.case.positions), np.array(s.case.others)
    q, k = s.draw("q"), s.draw("k", len(n))
    if "y" in dict(s.case.content):
        k[..., 1:, :] = s.draw("y", len(n) - 1)
    return (q, k, m, n), (q, k, s.setup.moved(m, s.case.shift), s.setup.moved(n, s.case.shift))


@checks(says.equal_positions, cases=families.general, on="score", needs=(meets_contents,))
def equal_positions(s: Attending) -> Evidence:
    """f(q, m) . f(k, m) = q . k"""
    expect_constants_to_show(s)
    q, k, m = s.draw("q"), s.draw("k"), s.case.positions
    met, off = s.code.logits(q, k, m, m), allowed(s, says.equal_positions, q, k, m, m)
    axes = ("token", "head", "batch")
    return agreement(_diagonal(met), (q * k).sum(-1), _diagonal(off), axes=axes, at={"token": s.setup.located(m)})


def _diagonal(logits: np.ndarray) -> np.ndarray:
    return np.asarray(np.diagonal(logits, axis1=-2, axis2=-1))


@checks(says.symmetry, cases=families.general, on="score", needs=(meets_contents,))
def symmetry(s: Attending) -> Evidence:
    """f(q, m) . f(k, n) = f(q, n) . f(k, m)"""
    expect_constants_to_show(s)
    tokens = min(len(s.case.positions), len(s.case.others))
    m, n = s.case.positions[:tokens], s.case.others[:tokens]
    q, k = s.draw("q", tokens), s.draw("k", tokens)
    off = allowed(s, says.symmetry, q, k, m, n) + allowed(s, says.symmetry, q, k, n, m)
    here, exchanged = s.code.logits(q, k, m, n), s.code.logits(q, k, n, m)
    return agreement(_diagonal(exchanged), _diagonal(here), _diagonal(off), axes=("token", "head", "batch"))


@checks(
    says.permutation_non_invariance,
    cases=families.example(says.permutation_non_invariance),
    on="score",
    needs=(meets_contents,),
)
def permutation_non_invariance(s: Attending) -> Evidence:
    """f(q, 3) . (f(k, m) - f(y, n)) differs from f(q, 3) . (f(k, n) - f(y, m)): two keys that exchange contents

    All keys from m to n are those of one call, so that they follow one another, and belong to one row.
    """
    m, n = s.case.positions[0], s.case.others[0]
    if m == n:
        raise Inapplicable(f"declares positions up to {s.setup.limit}: two keys need a place each")
    places = np.arange(min(m, n), max(m, n) + 1)
    k, y = s.draw("k", 1), s.draw("y", 1)
    (here, off), (exchanged, off_exchanged) = (_first_over_last(s, *keys, places) for keys in ((k, y), (y, k)))
    return difference(here, -exchanged, off + off_exchanged)


def _first_over_last(s: Attending, first: np.ndarray, last: np.ndarray, places: np.ndarray) -> Measured:
    """By how much the logit at 3 of the first key exceeds that of the last, those between being 0, and its error."""
    between, query = [np.zeros_like(first)] * (len(places) - 2), (min(3, s.setup.limit or 3),)
    asked = (s.draw("q", 1), np.concatenate([first, *between, last], axis=-2), query, places)
    logits = s.code.logits(*asked)
    off = s.truth.logit_bound(*asked, shared=True) + shifted(s, logits, *asked)
    return logits[..., 0] - logits[..., -1], off[..., 0] + off[..., -1]


@checks(says.constant_input_probe, cases=families.once(16, (0, 1, 3, 7, 2)))
def constant_input_probe(s: Attending) -> Evidence:
    """attention(x, ..., x) differs from position to position"""
    limit = s.setup.limit
    p = supported((*s.case.positions, *s.case.others), s.implementation, None if limit is None else 2 * limit)
    outputs = s.code.attended(s.draw("x", 1), p)
    later = outputs[..., 1:, :]
    first = np.broadcast_to(outputs[..., :1, :], later.shape)
    return difference(later, first, 2 * s.truth.averaged(len(p)) * np.abs(outputs).max())


@checks(says.logit_bound, cases=families.general, on="score")
def logit_bound(s: Handed) -> Evidence:
    """|f(q, m) . f(k, n)| <= sum over the pairs of |q||k|"""
    m, n, rest = s.case.positions, s.case.others, s.setup.rest
    q, k = s.draw("q"), s.draw("k", len(n))
    expect_constants_to_show(s)
    pairs = s.setup.lengths(q) @ np.swapaxes(s.setup.lengths(k), -1, -2)
    ceiling = pairs + np.abs(q[..., rest]) @ np.swapaxes(np.abs(k[..., rest]), -1, -2)
    excess = np.maximum(np.abs(s.code.logits(q, k, m, n)) - ceiling, 0)
    return agreement(excess, np.zeros_like(excess), allowed(s, says.logit_bound, q, k, m, n), axes=LOGITS)


@checks(says.remote_decay, cases=families.once(64, (2**says.WINDOWS - 1,)), on="score", needs=(far_enough,))
def remote_decay(s: Attending) -> Evidence:
    """the kernel over [2^j, 2^(j+1)), j = 0 .. 11, has its exact values, whose means strictly decrease in j"""
    samples = 2**says.WINDOWS if s.implementation.positions == "contiguous" else SAMPLES
    reached = [j for j in range(says.WINDOWS) if s.setup.limit is None or 2 ** (j + 1) - 1 <= s.setup.limit]
    windows = [np.unique(np.linspace(2**j, 2 ** (j + 1) - 1, samples).astype(int)) for j in reached]
    distances = np.concatenate(windows)
    s = s.varied(case=dataclasses.replace(s.case, positions=(int(distances[-1]),)))
    measured, exact, off = _kernel(s, says.remote_decay, distances)
    if isinstance(verdict(s.encoding, says.remote_decay), Bounded):
        return agreement(measured, exact, off, axes=("distance",), at={"distance": distances})
    ends = np.cumsum([len(window) for window in windows])[:-1]
    means, off = (np.array([part.mean() for part in np.split(each, ends)]) for each in (measured, off))
    falls, off = means[:-1] - means[1:], off[:-1] + off[1:]
    weakest = int(np.argmin(falls - off))
    return difference(max(falls[weakest], 0), 0, off[weakest])


@checks(says.monotone_decay, cases=families.once(64, (1, 2, 3, 4, 5)), on="score")
def monotone_decay(s: Attending) -> Evidence:
    """kernel(k) - kernel(k + 1) > 0"""
    before, distances = steps(s.case.positions)
    measured, _, off = _kernel(s, says.monotone_decay, distances)
    falls = measured[before] - measured[before + 1]
    return difference(max(falls.min(), 0), 0, 2 * off.max())


def _kernel(s: Attending, statement: Statement, distances: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The logits of equal contents (1, 0) in every block, keys this far before queries; exact ones; bounds."""
    expect_constants_to_show(s)
    units = np.zeros((1, 1, np.size(distances), s.case.dim))
    units[..., s.truth.unit] = 1
    asked = (units, units[..., :1, :], distances, (0,))
    seen = (s.code.logits(*asked), s.truth.logits(*asked), allowed(s, statement, *asked, shared=False))
    return tuple(each[0, 0, :, 0] for each in seen)  # type: ignore[return-value]


@checks(says.text_degeneration, cases=families.general)
def text_degeneration(s: OnMaps) -> Evidence:
    """f(x, (p, p)) = R_p x"""
    x, p = s.draw("x"), s.case.positions
    diagonal, line = np.stack([p] * s.encoding.grid.axes, axis=-1), s.truth.on_a_line()
    found = s.code.encode(x, diagonal)[..., line.setup.coordinates_out]
    return agreement(found, line.output(x, p), line.bound(x, p), axes=s.code.axes, at={"token": diagonal})
