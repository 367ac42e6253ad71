"""Claims of the survey on a shift of the position as a rotation of each pair."""

from collections.abc import Callable

import sympy
from sympy import Expr, Matrix, cos, pi, sin

from spec.claims.claim import conditional, true
from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.lemmas.waves import wave
from spec.proving.vanishing import vanishes

P, K, A, B, M, N = sympy.symbols("p k a b m n", real=True)


@true("C247", "survey", "3.6")
def sines_alone_are_not_relative() -> bool:
    """With sines alone relative positions are not solved; for one code to follow from another by a linear map, the
    cosine has to be added.

    sin(m) sin(n) changes when both move, and sin(p + k) is no multiple of sin(p). With the cosine both are mended.
    """

    def moves(columns: slice) -> bool:
        products = [wave(m)[columns, 0].dot(wave(n)[columns, 0]) for m, n in ((M, N), (M + K, N + K))]
        return not vanishes(products[1] - products[0])

    multiple = vanishes(wave(P)[0] * wave(N + K)[0] - wave(N)[0] * wave(P + K)[0])
    alone, both = slice(0, 1), slice(0, 2)
    return moves(alone) and not multiple and not moves(both) and _is_a_rotation(lambda p: p + K)


@conditional("C233", "survey", "3.6")
def changing_the_argument_is_a_rotation() -> tuple[bool, bool]:
    """Any operation that changes the argument of the functions has to be a rotation, and so a linear map of the pair
    does it.

    If it adds to the argument. Doubling it is no linear map at all.
    """
    return _is_a_rotation(lambda p: p + K), _is_a_rotation(lambda p: 2 * p)


def _is_a_rotation(changed: Callable[[Expr], Expr]) -> bool:
    """Whether a linear map takes the pair at p to that at the changed p, for all p, and is a rotation.

    There is no other than the one that does so at p = 0 and a quarter turn later.
    """
    places = sympy.Integer(0), pi / (2 * THETA)
    before, after = (Matrix.hstack(*map(wave, each)) for each in (places, map(changed, places)))
    found = after * before.inv()
    takes = _zero(found * wave(P) - wave(changed(P)))
    return takes and _zero(found.T * found - sympy.eye(2)) and vanishes(found.det() - 1)


@true("C178", "survey", "3.6")
def a_shift_is_the_transposed_rotation() -> bool:
    """PE_(t + k) = R_k^T PE_t.

    With sine before cosine, as here, and R_k the counter-clockwise rotation by k theta.
    """
    return _shifts((sin, cos), Matrix(rotation(K * THETA)).T)


@conditional("C179", "survey", "3.7")
def a_shift_turns_clockwise() -> tuple[bool, bool]:
    """PE_(t + k) is PE_t turned clockwise.

    In the order (sin, cos); in the order (cos, sin) the same shift turns counter-clockwise.
    """
    clockwise = Matrix(rotation(-K * THETA))
    return _shifts((sin, cos), clockwise), _shifts((cos, sin), clockwise)


@true("C180", "survey", "3.6")
def rotations_add_and_transpose() -> bool:
    """R_(k1 + k2) = R_k1 R_k2, and R_k is the transpose of R_(-k).

    By the addition theorems, at every frequency and for all real k.
    """
    turn = [Matrix(rotation(k * THETA)) for k in (A, B, A + B, -A)]
    return _zero(turn[2] - turn[0] * turn[1]) and _zero(turn[0] - turn[3].T)


def _zero(matrix: Matrix) -> bool:
    return all(vanishes(entry) for entry in matrix)


def _shifts(order: tuple[object, ...], turned: Matrix) -> bool:
    here, there = (Matrix([f(t * THETA) for f in order]) for t in (P, P + K))  # type: ignore[operator]
    return _zero(there - turned * here)
