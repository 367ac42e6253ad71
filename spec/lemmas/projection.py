"""What projections leave of the sinusoidal table: PE_p^T W PE_r, W = W_Q^T W_K, the fourth of the four terms.

The rows are pairs (sin p theta, cos p theta). A block of W between the pairs i and j is relative, that is unchanged
when both positions move, if and only if theta_i J W_ij = theta_j W_ij J, J the quarter turn: which is to say that W_ij
commutes with the rotations. So W must be aI + bJ in the diagonal blocks and zero outside.

Source: Yan et al., TENER (2019), section 4.2, which finds by experiment that a random W destroys distance.
"""

from collections.abc import Callable, Iterable

import numpy as np
import sympy
from flint import arb
from sympy import Expr, Matrix, cos, sin

from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.lemmas.lemma import lemma
from spec.lemmas.similarity import ROUNDING, thetas
from spec.proving.vanishing import vanishes

A, B, C, E = sympy.symbols("a b c e", real=True)
K, M, N, SHIFT = sympy.symbols("k m n shift", real=True)
OTHER = sympy.Symbol("theta_other", positive=True)
EYE, J = sympy.eye(2), Matrix([[0, -1], [1, 0]])
FLIP, SWAP = sympy.diag(1, -1), Matrix([[0, 1], [1, 0]])
ANY = A * EYE + B * J + C * FLIP + E * SWAP
"""Every two by two matrix."""
LETTERS = Matrix([A, B, C, E])


@lemma("proof")
def projected_table_in_four_parts() -> bool:
    """For W = aI + bJ + cS + eT, S = diag(1, -1), T the exchange, and D = (m - n) theta, PE_m^T W PE_n is
    a cos D - b sin D - c cos((m + n) theta) + e sin((m + n) theta)."""
    difference, total = (M - N) * THETA, (M + N) * THETA
    return _is(ANY, A * cos(difference) - B * sin(difference) - C * cos(total) + E * sin(total))


@lemma("proof")
def relative_iff_it_commutes() -> bool:
    """A block W between pairs of the frequencies theta and phi is relative if and only if W R_k(phi) = R_k(theta) W for
    every k: both say theta J W = phi W J."""
    return _obeys(lambda w: THETA * J * w - OTHER * w * J)


@lemma("proof")
def only_spirals_commute() -> bool:
    """theta J W = phi W J has the solutions aI + bJ where the frequencies are equal, and only W = 0 where they differ:
    as a linear system for W it has the determinant (theta^2 - phi^2)^2."""
    return _solutions(THETA) == {C: 0, E: 0} and _determinant_is((THETA**2 - OTHER**2) ** 2)


@lemma("proof")
def a_projection_can_learn_direction() -> bool:
    """With W = J a pair's share of PE_m^T W PE_n is sin((n - m) theta): of the offset alone, and odd in it."""
    return _is(J, sin((N - M) * THETA))


@lemma("certified")
def a_generic_projection_is_not_relative() -> bool:
    """For 20 matrices W of whole numbers, d = 16, PE_p^T W PE_(p + 5) is not the same at p = 0, 50 and 500."""
    return not any(is_relative(w) for w in generic(20))


@lemma("certified")
def a_commuting_projection_is_relative() -> bool:
    """For 20 matrices of blocks aI + bJ on the diagonal, d = 16, PE_p^T W PE_(p + 5) is the same at 0, 50 and 500."""
    return all(is_relative(w) for w in commuting(20))


@lemma("certified")
def a_generic_projection_does_not_decay() -> bool:
    """For 20 matrices W of whole numbers, d = 64, the means of PE_0^T W PE_k over [2^j, 2^(j+1)) do not
    fall from j to j + 1 all through to 1024, as they do for W = I."""
    return falls_on_average(np.eye(64)) and not any(falls_on_average(w) for w in generic(20, 64))


def generic(count: int, dim: int = 16) -> list[np.ndarray]:
    """Matrices of random whole numbers from -9 to 9, shape (dim, dim); the same at every call."""
    return list(np.random.default_rng(2019).integers(-9, 10, (count, dim, dim)))


def commuting(count: int, dim: int = 16) -> list[np.ndarray]:
    """Matrices that commute with every rotation: random whole aI + bJ, a > 0, on the diagonal; shape (dim, dim)."""
    draw = np.random.default_rng(2019)
    matrices = []
    for _ in range(count):
        w = np.zeros((dim, dim), dtype=int)
        for i, (a, b) in enumerate(draw.integers(1, 10, (dim // 2, 2))):
            w[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[a, -b], [b, a]]
        matrices.append(w)
    return matrices


def is_relative(w: np.ndarray, offset: int = 5, starts: Iterable[int] = (0, 50, 500)) -> bool:
    """Whether PE_p^T W PE_(p + offset) agrees at all starts p, by balls: certified where it does not."""
    first, *others = (projected(w, p, p + offset) for p in starts)
    return all(first.overlaps(other) for other in others)


def falls_on_average(w: np.ndarray, windows: int = 10) -> bool:
    """Whether the means of PE_0^T W PE_k over [2^j, 2^(j+1)) fall with j, by far more than the rounding of float64."""
    angles = np.multiply.outer(np.arange(2**windows), [float(theta) for theta in thetas(len(w))])
    table = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(2**windows, len(w))
    products = table @ (w.T @ table[0])
    means = np.array([products[2**j : 2 ** (j + 1)].mean() for j in range(windows)])
    return bool((np.diff(means) < -ROUNDING * 2**windows * np.abs(w).sum()).all())


def projected(w: np.ndarray, m: int, n: int) -> arb:
    """PE_m^T W PE_n for a matrix of whole numbers, as a ball."""
    left, right = row(m, len(w)), row(n, len(w))
    return sum((left[i] * int(w[i, j]) * right[j] for i, j in np.ndindex(w.shape)), arb(0))


def row(position: int, dim: int) -> list[arb]:
    """PE_position, sines and cosines interleaved, as balls."""
    return [entry for theta in thetas(dim) for entry in (position * theta).sin_cos()]


def pair(position: Expr, theta: Expr = THETA) -> Matrix:
    """A pair of the table in letters: (sin, cos)."""
    return Matrix([sin(position * theta), cos(position * theta)])


def _is(w: Matrix, told: Expr) -> bool:
    return vanishes((pair(M).T * w * pair(N))[0] - told)


def _obeys(equation: Callable[[Matrix], Matrix]) -> bool:
    """The derivative by a common shift is PE_m^T (equation) PE_n, and that of R_-k W R_k by k, at 0, its negative.

    PE_m and PE_n take all directions of the plane independently, so the first vanishes identically exactly where the
    equation holds. R_-k W R_k has the derivative R_-k (...) R_k at every k, so it is W for all k exactly there, too.
    """
    moved = (pair(M + SHIFT).T * ANY * pair(N + SHIFT, OTHER))[0]
    slope = sympy.diff(moved, SHIFT).subs(SHIFT, 0)
    turned = Matrix(rotation(-K * THETA)) * ANY * Matrix(rotation(K * OTHER))
    here = Matrix(rotation(-K * THETA)) * equation(ANY) * Matrix(rotation(K * OTHER))
    shifts = vanishes(slope - (pair(M).T * equation(ANY) * pair(N, OTHER))[0])
    return shifts and all(vanishes(entry) for entry in sympy.diff(turned, K) + here)


def _system(other: Expr) -> Matrix:
    """theta J W = other W J as a matrix that acts on a, b, c, e."""
    return (THETA * J * ANY - other * ANY * J).reshape(4, 1).jacobian(LETTERS)


def _solutions(other: Expr) -> dict[Expr, Expr]:
    found: dict[Expr, Expr] = sympy.solve(list(_system(other) * LETTERS), list(LETTERS))
    return found


def _determinant_is(told: Expr) -> bool:
    # From W's entries to a, b, c, e the determinant is a number, 4 up to the sign.
    entries = ANY.reshape(4, 1).jacobian(LETTERS).det()
    return vanishes(_system(OTHER).det() - entries * told)
