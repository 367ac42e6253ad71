"""What the rows of a table are to one another."""

import numpy as np
from numpy.typing import ArrayLike

from properties.cases import families
from properties.cases.sizes import steps
from properties.checks.evidence import Evidence, agreement, difference, worst
from properties.checks.property import checks
from properties.subjects.table import OnTables
from spec.numbers import bounds
from spec.statements import algebra as says


@checks(says.linear_shift, cases=families.general)
def linear_shift(s: OnTables) -> Evidence:
    """table(p + c) = M(c) table(p), with M(c) the clockwise rotation by c theta_i"""
    p, other = s.case.positions, s.case.others
    calls = (p, other) if s.implementation.positions == "contiguous" else ((*p, *other),)
    return worst(*(_shifted(s, np.array(places), s.case.shift) for places in calls if places))


def _shifted(s: OnTables, p: np.ndarray, c: int) -> Evidence:
    row, later = s.setup.pairs(s.code.table(p)), s.setup.pairs(s.code.table(p + c))
    if row.shape[-1] == 1:
        return _proportional(s, row, later, p)
    sine, cosine = np.moveaxis(s.truth.blocks((c,))[0, ..., 0], -1, 0)
    shifted = np.stack([cosine * row[..., 0] + sine * row[..., 1], cosine * row[..., 1] - sine * row[..., 0]], -1)
    allowed = s.truth.row_bound(p + c) + 2 * s.truth.row_bound(p)
    return agreement(later, shifted, allowed[..., None], axes=s.code.axes, at={"token": s.setup.located(p)})


def _proportional(s: OnTables, row: np.ndarray, later: np.ndarray, p: np.ndarray) -> Evidence:
    """f(p + c) f(q) = f(q + c) f(p), with q the positions in turn; nothing else can be the same multiple everywhere."""
    off, off_later = (s.truth.row_bound(q)[..., None] for q in (p, p + s.case.shift))
    size, size_later = np.abs(row) + off, np.abs(later) + off_later
    allowed = np.roll(size, 1, 0) * off_later + size_later * np.roll(off, 1, 0)
    allowed = allowed + np.roll(size_later, 1, 0) * off + size * np.roll(off_later, 1, 0)
    return agreement(later * np.roll(row, 1, 0), np.roll(later, 1, 0) * row, allowed, axes=s.code.axes)


@checks(says.dot_product_invariance, cases=families.general)
def dot_product_invariance(s: OnTables) -> Evidence:
    """table(m + c) . table(n + c) = table(m) . table(n)"""
    m, n, c = np.array(s.case.positions), np.array(s.case.others), s.case.shift
    (there, off_there), (here, off_here) = _products(s, m + c, n + c), _products(s, m, n)
    return agreement(there, here, off_there + off_here, axes=("key", "query"))


@checks(says.distance_invariance, cases=families.general)
def distance_invariance(s: OnTables) -> Evidence:
    """|table(m + c) - table(n + c)| = |table(m) - table(n)|"""
    m, n, c = np.array(s.case.positions), np.array(s.case.others), s.case.shift
    (there, off_there), (here, off_here) = _distances(s, m + c, n + c), _distances(s, m, n)
    return agreement(there, here, off_there + off_here, axes=("key", "query"))


@checks(says.monotone_distance, cases=families.once(64, (1, 2, 3, 4, 5)))
def monotone_distance(s: OnTables) -> Evidence:
    """|table(k + 1) - table(0)| > |table(k) - table(0)|"""
    before, positions = steps(s.case.positions)
    apart, off = _distances(s, positions, np.array((0,)))
    return difference(max((apart[before + 1] - apart[before]).min(), 0), 0, 2 * off.max())


@checks(says.adjacent_orthogonality, cases=families.general)
def adjacent_orthogonality(s: OnTables) -> Evidence:
    """table(m) . table(n) = 0"""
    got, allowed = _products(s, s.case.positions, s.case.others)
    return agreement(got, np.zeros_like(got), allowed, axes=("key", "query"))


def _products(s: OnTables, m: ArrayLike, n: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The dot products of rows at m with rows at n, which are logits without content, and how far they may be off."""
    nothing = np.zeros((1, s.case.dim))
    return s.code.logits(nothing, nothing, m, n), s.truth.logit_bound(nothing, nothing, m, n, shared=True)


def _distances(s: OnTables, m: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distances of rows at m from rows at n, and how far these may be off."""
    one, other = (s.code.table(p) for p in (m, n))
    off_one, off_other = (s.truth.row_bound(p, shared=True) for p in (m, n))
    apart = np.linalg.norm(one[:, None] - other[None, :], axis=-1)
    width = s.setup.coordinates.shape[-1]
    off = np.sqrt(width) * np.linalg.norm(off_one[:, None] + off_other[None, :], axis=-1)
    return apart, off + bounds.summation(s.case.dim) * apart
