"""What each position does to a vector: lengths, composition, linearity, angles."""

import numpy as np
import torch
from numpy.typing import ArrayLike

from properties.cases import families
from properties.checks.evidence import Evidence, agreement, difference, refuted, satisfied, worst
from properties.checks.property import Inapplicable, checks, takes_any_order, takes_negative_positions
from properties.checks.values import AXES
from properties.subjects.misbehaviour import Raised
from properties.subjects.subject import Subject
from spec.numbers import balls, bounds, exact
from spec.numbers import phases as contents
from spec.statements import algebra as says


@checks(says.norm, cases=families.general)
def norm(encoding: Subject) -> Evidence:
    """|f(x, p)| = |x| in every pair; |row of a table| = 1 in every pair"""
    x, positions = encoding.draw("x"), encoding.case.positions
    got = encoding.lengths(encoding.output(x, positions))
    if not encoding.maps:
        wanted = np.full_like(got, np.sqrt(encoding.spec.width / 2))
        return agreement(got, wanted, _stretch(encoding), axes=AXES[1:3], at={"token": positions})
    allowed = encoding.lengths(x) * _stretch(encoding) + 2 * bounds.underflow(encoding.accuracy)
    return agreement(got, encoding.lengths(x), allowed, axes=AXES[1:], at={"token": positions})


@checks(says.boundedness, cases=families.general)
def boundedness(encoding: Subject) -> Evidence:
    """max |f(x, p)| <= c |x| in every pair; max |table| <= c, for the c of the definition: 1 for rotations and waves"""
    roles = encoding.spec.definition.roles
    return worst(*(_bounded(encoding, role) for role in roles))


def _bounded(encoding: Subject, role: str) -> Evidence:
    x, positions = encoding.draw("x"), encoding.case.positions
    got = np.abs(encoding.pairs(encoding.output(x, positions, role))).max(-1)
    ceiling = np.broadcast_to(encoding.ceiling * encoding.sizes(x), got.shape)
    allowed = ceiling * (_stretch(encoding) + encoding.rounding) + 2 * bounds.underflow(encoding.accuracy)
    return agreement(np.maximum(got, ceiling), ceiling, allowed, axes=encoding.axes[1:], at={"token": positions})


def _stretch(encoding: Subject) -> float:
    """How much a length may change, relative to it, and be mismeasured: angle errors do not change it."""
    measuring = bounds.summation(2)
    if not encoding.spec.turns:
        return measuring
    trigonometric = np.sqrt(2) * bounds.trigonometric(encoding.angle, bounds.UNIT[encoding.accuracy])
    return measuring + (bounds.norm(encoding.accuracy, encoding.angle) if encoding.maps else float(trigonometric))


@checks(says.group_law, cases=families.general, needs=(takes_any_order,))
def group_law(encoding: Subject) -> Evidence:
    """f(f(x, a), b) = f(x, a + b)"""
    x, a = encoding.draw("x"), np.array(encoding.case.positions)
    b = a[::-1].copy()
    twice, once = encoding.encode(encoding.encode(x, a), b), encoding.encode(x, a + b)
    allowed = encoding.bound_twice(x, a, b) + encoding.bound(x, a + b, shared=True)
    return agreement(encoding.pairs(twice), encoding.pairs(once), allowed, axes=AXES, at={"token": tuple(a)})


@checks(says.inverse, cases=families.general, needs=(takes_negative_positions,))
def inverse(encoding: Subject) -> Evidence:
    """f(f(x, p), -p) = x"""
    x, p = encoding.draw("x"), np.array(encoding.case.positions)
    allowed = encoding.bound_twice(x, p, -p)
    back = encoding.encode(encoding.encode(x, p), -p)
    return agreement(encoding.pairs(back), encoding.pairs(x), allowed, axes=AXES, at={"token": tuple(p)})


@checks(says.identity_at_zero, cases=families.once(16, (0,)))
def identity_at_zero(encoding: Subject) -> Evidence:
    """f(x, 0) = x, bit for bit; row 0 of a table is 0, 1, 0, 1, ..."""
    x = encoding.draw("x")
    got = encoding.pairs(encoding.output(x, (0,)))
    start = encoding.pairs(x) if encoding.maps else np.resize([0, 1][: encoding.spec.width], got.shape)
    return agreement(got, start, axes=AXES if encoding.maps else AXES[:3])


@checks(says.linearity, cases=families.general)
def linearity(encoding: Subject) -> Evidence:
    """f(2 x + y, p) = 2 f(x, p) + f(y, p), where x and y have no coordinate in common, so that the sum is exact"""
    v, p = encoding.draw("x"), encoding.case.positions
    chosen = torch.arange(encoding.case.dim) % 3 == 0
    x, y = v * chosen, v * ~chosen
    both = 2 * x + y
    whole = encoding.pairs(encoding.encode(both, p))
    parts = 2 * encoding.pairs(encoding.encode(x, p)) + encoding.pairs(encoding.encode(y, p))
    off = [encoding.bound(each, p, shared=True) for each in (both, x, y)]
    allowed = off[0] + 2 * off[1] + off[2]
    return agreement(whole, parts, allowed, axes=AXES, at={"token": p})


@checks(says.gradient, cases=families.general)
def gradient(encoding: Subject) -> Evidence:
    """d (g . f(x, p)) / d x = R_-p g, for a random upstream gradient g"""
    x, g, p = encoding.draw("x").requires_grad_(), encoding.draw("g"), encoding.case.positions
    try:
        y = encoding.encode(x, p)
    except Raised as error:
        raise Inapplicable(f"refuses vectors that require a gradient: {error}") from None
    if not y.requires_grad:
        return refuted("the result is cut off from the graph: no gradient reaches the vectors")
    (got,) = torch.autograd.grad(y, x, g)
    blocks = encoding.blocks(p)
    turned_back = (blocks.swapaxes(-1, -2) * encoding.pairs(g)[..., None, :]).sum(-1)
    return agreement(encoding.pairs(got), turned_back, encoding.bound(g, p), axes=AXES, at={"token": p})


@checks(says.direction, cases=families.once(16, (1,)))
def direction(encoding: Subject) -> Evidence:
    """(1, 0) goes to the upper half plane at position 1, in every pair that turns visibly"""
    angles, seen = _angles(encoding)[0], encoding.thetas > 2 * np.pi * encoding.eta((1,))[0]
    return agreement(np.sign(angles[seen]), np.ones(int(seen.sum())), axes=("pair",))


@checks(says.spectrum, cases=families.once(64, (1, 2, 5, 31, 100)))
def spectrum(encoding: Subject) -> Evidence:
    """The angle between f(e, p) and e is p theta_i, up to full turns; a chord of length c spans at most c pi / 2"""
    p = encoding.case.positions
    thetas = exact.frequencies(encoding.spec, encoding.case.dim, encoding.parameters, encoding.length)
    turned = encoding.along(p) * np.array([balls.extended(theta) for theta in thetas])
    true = np.arctan2(np.sin(turned), np.cos(turned))
    apart = np.mod(_angles(encoding) - true + np.pi, 2 * np.pi) - np.pi
    chord = encoding.eta(p) if encoding.maps else np.sqrt(2) * encoding.bound(_first(encoding), p)[..., 0]
    return agreement(apart, np.zeros_like(apart), chord * np.pi / 2, axes=("pair", "token"), at={"token": p})


def _first(encoding: Subject) -> torch.Tensor:
    """The vector (1, 0) in every pair, once for each position, (n, dim)."""
    x = torch.zeros(len(encoding.case.positions), encoding.case.dim, dtype=encoding.torch_dtype)
    x[:, encoding.coordinates[:, 0]] = 1
    return x


def _angles(encoding: Subject) -> np.ndarray:
    """The angle through which every pair has turned at every position, beside what its content turns by itself."""
    output = encoding.output(_first(encoding), encoding.case.positions)
    reached = np.arctan2(*_sine_and_cosine(encoding, encoding.pairs(output)))
    own = np.arctan2(*contents.turned(encoding.spec, np.array([1.0, 0.0]), encoding.parameters)[::-1])
    return np.asarray(np.mod(reached - own + np.pi, 2 * np.pi) - np.pi if own else reached)


def _sine_and_cosine(encoding: Subject, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A rotated (1, 0) is (cos, sin); a pair of a table is (sin, cos)."""
    return (pairs[..., 1], pairs[..., 0]) if encoding.maps else (pairs[..., 0], pairs[..., 1])


@checks(says.linear_shift, cases=families.general)
def linear_shift(encoding: Subject) -> Evidence:
    """table(p + c) = M(c) table(p), with M(c) the clockwise rotation by c theta_i"""
    p, c = np.array((*encoding.case.positions, *encoding.case.others)), encoding.case.shift
    row = encoding.pairs(encoding.table(p))
    if encoding.spec.width == 1:
        return _proportional(encoding, row, p)
    sine, cosine = np.moveaxis(encoding.blocks((c,))[0, ..., 0], -1, 0)
    shifted = np.stack([cosine * row[..., 0] + sine * row[..., 1], cosine * row[..., 1] - sine * row[..., 0]], -1)
    x = encoding.draw("x")
    allowed = encoding.bound(x, p + c) + 2 * encoding.bound(x, p)
    return agreement(encoding.pairs(encoding.table(p + c)), shifted, allowed, axes=AXES[:3], at={"token": tuple(p)})


def _proportional(encoding: Subject, row: np.ndarray, p: np.ndarray) -> Evidence:
    """f(p + c) f(q) = f(q + c) f(p), with q the positions in turn; nothing else can be the same multiple everywhere."""
    c, x = encoding.case.shift, encoding.draw("x")
    later = encoding.pairs(encoding.table(p + c))
    off, off_later = encoding.bound(x, p), encoding.bound(x, p + c)
    size, size_later = np.abs(row) + off, np.abs(later) + off_later
    allowed = np.roll(size, 1, 0) * off_later + size_later * np.roll(off, 1, 0)
    allowed = allowed + np.roll(size_later, 1, 0) * off + size * np.roll(off_later, 1, 0)
    return agreement(later * np.roll(row, 1, 0), np.roll(later, 1, 0) * row, allowed, axes=AXES[:3])


@checks(says.dot_product_invariance, cases=families.general)
def dot_product_invariance(encoding: Subject) -> Evidence:
    """table(m + c) . table(n + c) = table(m) . table(n)"""
    m, n, c = np.array(encoding.case.positions), np.array(encoding.case.others), encoding.case.shift
    (there, off_there), (here, off_here) = _products(encoding, m + c, n + c), _products(encoding, m, n)
    return agreement(there, here, off_there + off_here, axes=("key", "query"))


@checks(says.distance_invariance, cases=families.general)
def distance_invariance(encoding: Subject) -> Evidence:
    """|table(m + c) - table(n + c)| = |table(m) - table(n)|"""
    m, n, c = np.array(encoding.case.positions), np.array(encoding.case.others), encoding.case.shift
    (there, off_there), (here, off_here) = _distances(encoding, m + c, n + c), _distances(encoding, m, n)
    return agreement(there, here, off_there + off_here, axes=("key", "query"))


def _distances(encoding: Subject, m: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distances of rows at m from rows at n, and how far these may be off."""
    one, other = (encoding.table(p).double().numpy() for p in (m, n))
    x = encoding.draw("x")
    off_one, off_other = (encoding.bound(x, p, shared=True)[..., 0] for p in (m, n))
    apart = np.linalg.norm(one[:, None] - other[None, :], axis=-1)
    off = np.sqrt(encoding.spec.width) * np.linalg.norm(off_one[:, None] + off_other[None, :], axis=-1)
    return apart, off + bounds.summation(encoding.case.dim) * apart


def _products(encoding: Subject, m: ArrayLike, n: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The dot products of rows at m with rows at n, which are logits without content, and how far they may be off."""
    nothing = torch.zeros(1, encoding.case.dim, dtype=encoding.torch_dtype)
    return encoding.logits(nothing, nothing, m, n), encoding.logit_bound(nothing, nothing, m, n, shared=True)


@checks(says.monotone_distance, cases=families.once(64, (1, 2, 3, 4, 5)))
def monotone_distance(encoding: Subject) -> Evidence:
    """|table(k + 1) - table(0)| > |table(k) - table(0)|"""
    apart, off = _distances(encoding, np.array(encoding.case.positions), np.array((0,)))
    return difference(max((apart[1:] - apart[:-1]).min(), 0), 0, 2 * off.max())


@checks(says.adjacent_orthogonality, cases=families.general)
def adjacent_orthogonality(encoding: Subject) -> Evidence:
    """table(m) . table(n) = 0"""
    got, allowed = _products(encoding, encoding.case.positions, encoding.case.others)
    return agreement(got, np.zeros_like(got), allowed, axes=("key", "query"))


@checks(says.injectivity, cases=families.neighbours)
def injectivity(encoding: Subject) -> Evidence:
    """f(x, m) differs from f(x, n) wherever m differs from n, and the dtype can hold the difference"""
    places = (encoding.case.positions, encoding.case.others)
    ones = [torch.ones(len(p), encoding.case.dim, dtype=encoding.torch_dtype) for p in places]
    rows = np.concatenate([encoding.output(x, p).double().numpy() for x, p in zip(ones, places, strict=True)])
    _, first, row_of = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    p = sum(places, ())
    twins = [(p[first[row]], p[i]) for i, row in enumerate(row_of.ravel()) if p[first[row]] != p[i]]
    twins = [pair for pair in twins if not _could_be_one(encoding, pair)]
    if not twins:
        return satisfied(f"{len(set(p))} positions, as many different rows")
    one, other = twins[0]
    return refuted(f"{len(twins)} of {len(rows)} positions act like an earlier one: {other} like {one}, for the first")


def _could_be_one(encoding: Subject, pair: tuple[float, float]) -> bool:
    """Whether rounding alone makes two positions act alike: they are apart, but nowhere by more than it may be off."""
    ones = torch.ones(2, encoding.case.dim, dtype=encoding.torch_dtype)
    truth, off = encoding.exact_output(ones, pair), encoding.bound(ones, pair)
    apart = np.abs(truth[0] - truth[1])
    return bool((apart > 0).any() and (apart <= off[0] + off[1]).all())
