"""What each position does to a vector: lengths, composition, linearity, angles."""

from collections.abc import Callable
from itertools import combinations

import numpy as np

from properties.cases import families
from properties.checks.evidence import Evidence, agreement, refuted, satisfied, worst
from properties.checks.property import Inapplicable, checks, takes_any_order, takes_negative_positions
from properties.subjects.map import OnMaps
from properties.subjects.subject import Attending, Handed
from properties.subjects.vectors import OnVectors
from spec.numbers import balls, bounds, exact
from spec.numbers.balls import RADIUS
from spec.statements import algebra as says


@checks(says.norm, cases=families.general)
def norm(s: OnVectors) -> Evidence:
    """|f(x, p)| = |x| in every pair; |row of a table| = 1 in every pair"""
    x, p = s.draw("x"), s.case.positions
    got = np.sqrt((s.code.output(x, p).astype(np.float64) ** 2).sum(-1))
    return agreement(
        got, s.truth.lengths(x), s.truth.lengths_bound(x), axes=s.code.axes[1:], at={"token": s.setup.located(p)}
    )


@checks(says.boundedness, cases=families.general)
def boundedness(s: Attending) -> Evidence:
    """max |f(x, p)| <= c |x| in every pair; max |table| <= c, for the c of the definition: 1 for rotations and waves"""
    x, p = s.draw("x"), s.case.positions
    outputs = [np.abs(s.code.output(x, p, **side)).max(-1) for side in s.truth.sides]
    ceiling = np.broadcast_to(s.truth.ceiling(x), outputs[0].shape)
    allowed = ceiling * (s.truth.length_change + s.truth.rounding) + 2 * bounds.underflow(s.setup.accuracy)
    axes = s.code.axes[1:]
    return worst(
        *(
            agreement(np.maximum(y, ceiling), ceiling, allowed, axes=axes, at={"token": s.setup.located(p)})
            for y in outputs
        )
    )


@checks(says.group_law, cases=families.general, needs=(takes_any_order,))
def group_law(s: OnMaps) -> Evidence:
    """f(f(x, a), b) = f(x, a + b)"""
    x, a = s.draw("x"), np.array(s.case.positions)
    b = a[::-1].copy()
    twice, once = s.code.output(s.setup.returned(s.code.encode(x, a)), b), s.code.output(x, a + b)
    allowed = s.truth.bound_twice(x, a, b) + s.truth.bound(x, a + b, shared=True)
    return agreement(twice, once, allowed, axes=s.code.axes, at={"token": s.setup.located(a)})


@checks(says.inverse, cases=families.general, needs=(takes_negative_positions,))
def inverse(s: OnMaps) -> Evidence:
    """f(f(x, p), -p) = x"""
    x, p = s.draw("x"), np.array(s.case.positions)
    back, allowed = s.code.output(s.setup.returned(s.code.encode(x, p)), -p), s.truth.bound_twice(x, p, -p)
    return agreement(back, s.setup.pairs(x), allowed, axes=s.code.axes, at={"token": s.setup.located(p)})


@checks(says.identity_at_zero, cases=families.once(16, (0,)))
def identity_at_zero(s: OnVectors) -> Evidence:
    """f(x, 0) = x, bit for bit; row 0 of a table is 0, 1, 0, 1, ..."""
    x = s.draw("x")
    return agreement(s.code.output(x, (0,)), s.truth.start(x), axes=s.code.axes)


@checks(says.linearity, cases=families.general)
def linearity(s: Handed) -> Evidence:
    """f(2 x + y, p) = 2 f(x, p) + f(y, p), where x and y have no coordinate in common, so that the sum is exact"""
    return worst(*(_linear(s, at) for at in range(len(s.code.drawn()))))


def _linear(s: Handed, at: int) -> Evidence:
    """In the contents of this place, the others being what they are."""
    before, (v, *behind) = s.code.drawn()[:at], s.code.drawn()[at:]
    chosen = np.arange(s.case.dim) % 3 == 0
    x, y = v * chosen, v * ~chosen
    inputs = [s.code.asked(*before, each, *behind) for each in (2 * x + y, x, y)]
    both, of_x, of_y = (s.code.output(*each) for each in inputs)
    off = [s.truth.bound(*each, shared=True) for each in inputs]
    allowed = off[0] + 2 * off[1] + off[2]
    return agreement(both, 2 * of_x + of_y, allowed, axes=s.code.axes, at={"token": s.setup.located(s.case.positions)})


@checks(says.direction, cases=families.once(16, (1,)))
def direction(s: OnVectors) -> Evidence:
    """(1, 0) goes to the upper half plane at position 1, in every pair that turns visibly"""
    seen = s.truth.waves.thetas > 2 * np.pi * s.truth.waves.eta((1,))[0]
    if not seen.any():
        raise Inapplicable(f"no pair turns visibly in {s.setup.dtype} from one position to the next")
    angles = _angles(s)[0][seen]
    return agreement(np.sign(angles), np.ones(len(angles)), axes=("pair",))


@checks(says.spectrum, cases=families.once(64, (1, 2, 5, 31, 100)))
def spectrum(s: OnVectors) -> Evidence:
    """The angle between f(e, p) and e is p theta_i, up to full turns; a chord of length c spans at most c pi / 2"""
    p, setup = s.case.positions, s.setup
    thetas = exact.frequencies(setup.encoding, setup.case.dim, setup.parameters, setup.length)
    turned = s.truth.waves.along(p) * np.array([balls.extended(theta) for theta in thetas])
    true = np.arctan2(np.sin(turned), np.cos(turned))
    apart = np.mod(_angles(s) - true + np.pi, 2 * np.pi) - np.pi
    allowed = s.truth.chord(p) * np.pi / 2
    return agreement(apart, np.zeros_like(apart), allowed, axes=("pair", "token"), at={"token": s.setup.located(p)})


def _angles(s: OnVectors) -> np.ndarray:
    """The angle through which every pair has turned at every position."""
    return s.truth.angles(s.code.output(s.truth.first(), s.case.positions))


@checks(says.injectivity, cases=families.neighbours)
def injectivity(s: Attending) -> Evidence:
    """f(x, m) differs from f(x, n) wherever m differs from n, and the dtype can hold the difference"""
    return _by_position(s) if s.encoding.definition.on_vectors else _by_distance(s)  # type: ignore[arg-type]


def _by_distance(s: Attending) -> Evidence:
    """The same of f(q, m) . f(k, 0) and f(q, n) . f(k, 0), with one q and one k."""
    p = np.unique(s.case.positions if _consecutive(s) else (*s.case.positions, *s.case.others))
    q = np.repeat(s.draw("x", 1), len(p), axis=-2)
    asked = (q, s.draw("k", 1), tuple(p.tolist()), (0,))
    seen, true, off = s.code.logits(*asked), s.truth.logits(*asked), s.truth.logit_bound(*asked, shared=True)
    one, other = np.triu_indices(len(p), 1)
    apart, truly, allowed = (_pairs(each, one, other, of) for each, of in ((seen, _gap), (true, _gap), (off, np.add)))
    unclear = (truly > 0).any(-1) & (truly <= 2 * allowed).all(-1)
    alike = (apart <= allowed).all(-1) & ~unclear
    if not alike.any():
        return satisfied(f"{len(p)} distances, no two of which act alike")
    return refuted(f"{alike.sum()} pairs of distances act alike: {p[one[alike]][0]} and {p[other[alike]][0]}, for one")


def _consecutive(s: Attending) -> bool:
    return s.implementation.positions == "contiguous"


def _gap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(one - other))


def _pairs(seen: np.ndarray, one: np.ndarray, other: np.ndarray, of: Callable[..., np.ndarray]) -> np.ndarray:
    """What two distances have to do with one another, (pairs, numbers), of numbers (..., distances, 1)."""
    by_distance = np.moveaxis(seen[..., 0], -1, 0).reshape(seen.shape[-2], -1)
    return np.asarray(of(by_distance[one], by_distance[other]))


def _by_position(s: OnVectors) -> Evidence:
    places, x = (s.case.positions, s.case.others), _in_first_pair(s)
    p = np.array(sum(places, ()))
    seen = np.concatenate([s.code.output(x.repeat(len(each), axis=0), each) for each in places])
    x = x.repeat(len(p), axis=0)
    truth, off = s.truth.output(x, p), s.truth.bound(x, p)
    alike = [(i, j) for i, j in combinations(range(len(p)), 2) if p[i] != p[j] and _alike(i, j, seen, truth, off)]
    if not alike:
        return satisfied(f"{len(set(p))} positions, as many different rows")
    one, other = alike[0]
    return refuted(f"{len(alike)} pairs of positions act alike: {p[other]} like {p[one]}, for the first")


def _alike(i: int, j: int, seen: np.ndarray, truth: np.ndarray, off: np.ndarray) -> bool:
    """Whether two rows are the same, unless by rounding alone; where the truth is one row, up to rounding."""
    found, apart, allowed = np.abs(seen[i] - seen[j]), np.abs(truth[i] - truth[j]), off[i] + off[j]
    if (apart <= 2 * RADIUS).all():
        return bool((found <= allowed).all())
    return bool((found == 0).all() and (apart > allowed).any())


def _in_first_pair(s: OnVectors) -> np.ndarray:
    """A vector that is zero behind its first pair, (1, dim)."""
    x = np.zeros((1, s.case.dim))
    x[:, s.setup.coordinates[0]] = 1
    return x
