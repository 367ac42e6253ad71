"""How position and content are put together: added, set side by side, multiplied; and what several periods can tell."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import sympy
from sympy import Matrix

from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.encodings.sinusoidal import ENCODING
from spec.lemmas.lemma import lemma
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes

Code = Callable[[int], object]


def _matrix(name: str) -> Matrix:
    return Matrix(2, 2, sympy.symbols(f"{name}:4", real=True))


W1, W2 = _matrix("u"), _matrix("w")
X, Y, P = (Matrix(sympy.symbols(f"{name}:2", real=True)) for name in "xyp")


@lemma("proof")
def concatenation_is_a_sum_of_projections() -> bool:
    """[W1 W2] [x; p] = W1 x + W2 p; adding first, W (x + p), is the case W1 = W2."""
    side_by_side = Matrix.hstack(W1, W2) * Matrix.vstack(X, P)
    return zero(side_by_side - W1 * X - W2 * P) and zero(
        side_by_side.subs(dict(zip(W2, W1, strict=True))) - W1 * (X + P)
    )


@lemma("proof")
def addition_can_do_all_if_positions_are_free() -> bool:
    """Where W1 can be inverted, [W1 W2] [x; p] = W1 (x + p') with the table p' = W1^-1 W2 p instead of p."""
    return replaces(W1.inv() * W2 * P)


@lemma("proof")
def concatenation_can_do_more_with_a_fixed_table() -> bool:
    """W1 = I, W2 = 0 forgets the position. W (x + p) for all x is x only if W = I and p = 0."""
    left = left_over(sympy.eye(2), sympy.zeros(2), P)
    return bool(sympy.solve(list(left), list(P)) == {P[0]: 0, P[1]: 0})


@lemma("proof")
def addition_is_a_translation() -> bool:
    """Adding a row moves every token by the same vector: differences stay, and lengths do not."""
    e, m = Symbolic(ENCODING), sympy.Symbol("m", real=True)
    moved, other = e.apply(X, m), e.apply(Y, m)
    return zero(moved - other - X + Y) and not vanishes(moved.dot(moved) - X.dot(X))


@lemma("proof")
def multiplied_by_row_zero_tokens_collide() -> bool:
    """Multiplied by row 0, which is (0, 1) in every pair, (5, 1) and (-3, 1) become the same, as the first coordinate
    is lost; RoPE loses nothing anywhere: its determinant is 1."""
    same = hadamard(Matrix([5, 1]), 0) == hadamard(Matrix([-3, 1]), 0)
    return same and hadamard(X, 0)[0] == 0 and vanishes(Matrix(rotation(THETA)).det() - 1)


@lemma("exhaustive")
def different_periods_need_not_tell_positions_apart() -> bool:
    """Cosines of the periods 4 and 2 agree at positions 1 and 3, though their least common multiple is 4."""
    return first_collision(cosines([4, 2]), 4) == (1, 3)


@lemma("exhaustive")
def jointly_injective_periods_count() -> bool:
    """Four bits, of the periods 2, 4, 8 and 16, tell 16 positions apart, and so do sines with cosines of period 16."""
    return first_collision(bits(4), 16) is None and first_collision(circle(16), 16) is None


def zero(matrix: Matrix) -> bool:
    """Whether every entry vanishes for all values of its letters."""
    return all(vanishes(entry) for entry in matrix)


def replaces(table: Matrix) -> bool:
    """Whether W1 (x + table) is [W1 W2] [x; p] wherever W1 can be inverted."""
    return all(sympy.cancel(entry) == 0 for entry in W1 * (X + table) - W1 * X - W2 * P)


def left_over(first: Matrix, second: Matrix, position: Matrix) -> Matrix:
    """W (x + p) - [first second] [x; p] with the one W that agrees in x: zero where adding p does the same."""
    w = _matrix("v")
    residual = w * (X + position) - first * X - second * position
    agreeing = sympy.solve([sympy.diff(entry, x) for entry in residual for x in X], list(w))
    return residual.subs(agreeing).applyfunc(sympy.expand)


def hadamard(content: Matrix, position: int) -> Matrix:
    """A pair of contents times its row of the table, entry by entry."""
    return content.multiply_elementwise(Symbolic(ENCODING).at(position))


def first_collision(code: Code, length: int) -> tuple[int, int] | None:
    """The first two positions below `length` with the same code; None where all differ."""
    seen: dict[object, int] = {}
    for position in range(length):
        there = seen.setdefault(code(position), position)
        if there != position:
            return there, position
    return None


def cosines(periods: Sequence[int]) -> Code:
    """What the cosine of every period tells: the part of a turn, up to its sign, as cos is injective on half a turn."""
    return lambda p: tuple(min(turn, 1 - turn) for turn in (Fraction(p, period) % 1 for period in periods))


def bits(count: int) -> Code:
    """The lowest bits of a position: periods 2, 4, 8, ..."""
    return lambda p: tuple(p >> j & 1 for j in range(count))


def circle(period: int) -> Code:
    """What cosine and sine of one period tell together: the part of a turn."""
    return lambda p: Fraction(p, period) % 1
