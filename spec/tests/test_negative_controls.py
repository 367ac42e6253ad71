"""Wrong identities that the machinery must reject, each beside its true twin that it must accept."""

from dataclasses import dataclass

import pytest
import sympy
from sympy import Matrix, Rational, cos, sin

from spec import ENCODINGS
from spec.proving.vanishing import vanishes
from spec.tests.claims import KEY, THETA, THETAS, A, B, C, K, M, N, P, Q, blocks, permutation, row, turn

HALF = permutation((0, 2, 1, 3))
Q2, K2, Q4, K4 = Q[:2, 0], KEY[:2, 0], Q[:4, 0], KEY[:4, 0]
CLOCKWISE = Matrix([[cos(K * THETA), sin(K * THETA)], [-sin(K * THETA), cos(K * THETA)]])
J = Matrix([[0, -1], [1, 0]])


@dataclass(frozen=True)
class Control:
    """A wrong identity, its true twin (both zero if true) and what tells them apart."""

    reason: str
    wrong: object
    right: object


def logit(q, k, m, n, turn_q=turn, turn_k=turn):
    return ((turn_q(m) * q).T * (turn_k(n) * k))[0]


def shifted(logit_at):
    return logit_at(M + C, N + C) - logit_at(M, N)


def unsigned(position):
    return Matrix([[cos(position * THETA), sin(position * THETA)], [sin(position * THETA), cos(position * THETA)]])


def swapped(position):
    return Matrix([[sin(position * THETA), -cos(position * THETA)], [cos(position * THETA), sin(position * THETA)]])


def interleaved(position):
    return blocks(position, 4)


def half(position):
    return HALF * blocks(position, 4) * HALF.T


def half_rotation_of_interleaved_tables(position):
    """rotate_half, with tables (c0, c0, c1, c1) where it needs (c0, c1, c0, c1)."""
    c, s = ([f(position * t) for t in THETAS[:2] for _ in range(2)] for f in (cos, sin))
    rotate_half = Matrix([[0, 0, -1, 0], [0, 0, 0, -1], [1, 0, 0, 0], [0, 1, 0, 0]])
    return sympy.diag(*c) + sympy.diag(*s) * rotate_half


CONTROLS = {
    "group law": Control(
        "angles add; they do not subtract",
        turn(A) * turn(B) - turn(A - B),
        turn(A) * turn(B) - turn(A + B),
    ),
    "offset": Control(
        "the transpose turns the query back: key minus query, not query minus key",
        turn(M).T * turn(N) - turn(M - N),
        turn(M).T * turn(N) - turn(N - M),
    ),
    "mixed layouts": Control(
        "queries in pairs (2i, 2i+1), keys in pairs (i, i+2): the two do not turn together",
        shifted(lambda m, n: logit(Q4, K4, m, n, interleaved, half)),
        shifted(lambda m, n: logit(Q4, K4, m, n, half, half)),
    ),
    "mixed layouts at equal positions": Control(
        "not even at equal positions do mixed layouts cancel",
        logit(Q4, K4, M, M, interleaved, half) - Q4.dot(K4),
        logit(Q4, K4, M, M, interleaved, interleaved) - Q4.dot(K4),
    ),
    "only queries turned": Control(
        "a key that stays where it is knows no offset",
        shifted(lambda m, n: logit(Q2, K2, m, 0)),
        shifted(lambda m, n: logit(Q2, K2, m, n)),
    ),
    "table shift": Control(
        "in the order (sin, cos) a shift turns clockwise, not by R_k",
        row(P + K) - turn(K) * row(P),
        row(P + K) - CLOCKWISE * row(P),
    ),
    "table shift, other order": Control(
        "in the order (cos, sin) a shift is R_k, not its transpose",
        row(P + K)[::-1, 0] - CLOCKWISE * row(P)[::-1, 0],
        row(P + K)[::-1, 0] - turn(K) * row(P)[::-1, 0],
    ),
    "sines alone": Control(
        "sin a sin b leaves cos(a + b), which knows the absolute positions",
        shifted(lambda m, n: row(m)[0] * row(n)[0]),
        shifted(lambda m, n: row(m).dot(row(n))),
    ),
    "arithmetic progression": Control(
        "the steps of a row are not equal; its recurrence has the factor 2 cos(theta)",
        row(P + 1) - 2 * row(P) + row(P - 1),
        row(P + 1) - 2 * cos(THETA) * row(P) + row(P - 1),
    ),
    "period": Control(
        "two steps at theta are one at 2 theta, not at theta / 2",
        turn(2) - turn(1, THETA / 2),
        turn(2) - turn(1, 2 * THETA),
    ),
    "minus sign missing": Control(
        "without the minus sign the map is no rotation, and keeps no length",
        (unsigned(M) * Q2).dot(unsigned(M) * Q2) - Q2.dot(Q2),
        (turn(M) * Q2).dot(turn(M) * Q2) - Q2.dot(Q2),
    ),
    "clockwise": Control(
        "turned the other way, the velocity at 0 is -theta J; logits and norms cannot tell",
        turn(-M).diff(M).subs(M, 0) - THETA * J,
        turn(M).diff(M).subs(M, 0) - THETA * J,
    ),
    "sine and cosine swapped": Control(
        "swapped, position 0 is a quarter turn; logits and norms cannot tell",
        swapped(0) - sympy.eye(2),
        turn(0) - sympy.eye(2),
    ),
    "tables in the other layout": Control(
        "rotate_half with interleaved tables multiplies a pair by two different angles",
        shifted(lambda m, n: logit(Q4, K4, m, n, *[half_rotation_of_interleaved_tables] * 2)),
        shifted(lambda m, n: logit(Q4, K4, m, n, *[half] * 2)),
    ),
    "scaled": Control(
        "an output scaled by 1.001 is longer than its input",
        (Rational(1001, 1000) * turn(M) * Q2).dot(Rational(1001, 1000) * turn(M) * Q2) - Q2.dot(Q2),
        (Rational(-1) * turn(M) * Q2).dot(-1 * turn(M) * Q2) - Q2.dot(Q2),
    ),
    "one frequency for all pairs": Control(
        "pairs turn at their own frequencies: theta_0 everywhere is another encoding",
        blocks(M, 4) - sympy.diag(turn(M, THETAS[0]), turn(M, THETAS[0])),
        blocks(M, 4) - sympy.diag(turn(M, THETAS[0]), turn(M, THETAS[1])),
    ),
    "last pair left alone": Control(
        "a pair that is not turned obeys the group law and shift invariance, but not the recurrence of its frequency",
        sympy.eye(2) + sympy.eye(2) - 2 * cos(THETAS[1]) * sympy.eye(2),
        turn(M + 1, THETAS[1]) + turn(M - 1, THETAS[1]) - 2 * cos(THETAS[1]) * turn(M, THETAS[1]),
    ),
    "symmetry": Control(
        "a logit tells before from behind, unless query and key are the same vector",
        logit(Q2, K2, 0, N) - logit(Q2, K2, 0, -N),
        logit(Q2, Q2, 0, N) - logit(Q2, Q2, 0, -N),
    ),
    "position interpolation": Control(
        "halving the positions halves the frequencies; it does not double them",
        turn(M / 2) - turn(M, 2 * THETA),
        turn(M / 2) - turn(M, THETA / 2),
    ),
}


def _is_zero(claim) -> bool:
    return all(vanishes(entry) for entry in (claim if isinstance(claim, Matrix) else [claim]))


@pytest.mark.parametrize("name", CONTROLS)
def test_the_wrong_identity_is_rejected_and_its_twin_accepted(name):
    control = CONTROLS[name]
    assert not _is_zero(control.wrong), f"accepted, though {control.reason}"
    assert _is_zero(control.right)


def _pairs(dim, layout):
    return ENCODINGS["rope"].coordinates(dim, {"base": 10000.0}, layout).tolist()


def _to_half(dim):
    """The permutation that carries each interleaved pair to its place in the half layout."""
    order = {there: here for old, new in zip(_pairs(dim, "interleaved"), _pairs(dim, "half"), strict=True)
             for here, there in zip(old, new, strict=True)}  # fmt: skip
    return permutation(order[j] for j in range(dim))


@pytest.mark.parametrize("dim", [2, 4, 6, 8])
def test_the_half_layout_is_the_interleaved_one_permuted(dim):
    """R_half = P R_interleaved P^T, R_half written down pair by pair: (i, i + dim / 2)."""
    direct = sympy.zeros(dim)
    for i, theta in enumerate(THETAS[: dim // 2]):
        c, s, j = cos(M * theta), sin(M * theta), i + dim // 2
        direct[i, i], direct[i, j], direct[j, i], direct[j, j] = c, -s, s, c
    assert _is_zero(direct - _to_half(dim) * blocks(M, dim) * _to_half(dim).T)


@pytest.mark.parametrize("dim", [4, 6, 8])
def test_a_wrong_permutation_does_not_carry_one_layout_into_the_other(dim):
    to_half = _to_half(dim)
    half_layout = to_half * blocks(M, dim) * to_half.T
    backwards = permutation(reversed(range(dim)))
    wrong = [sympy.eye(dim), backwards, backwards * to_half] + [to_half.T] * (dim > 4)
    assert not any(_is_zero(half_layout - other * blocks(M, dim) * other.T) for other in wrong)
