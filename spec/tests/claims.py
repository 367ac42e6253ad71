"""Small symbolic building blocks of the controls: rotations, permutations, pairs and their letters."""

import sympy
from sympy import Matrix, cos, sin

from spec.definitions.rotations import rotation

THETA = sympy.Symbol("theta", positive=True)
THETAS = sympy.symbols("theta:4", positive=True)
A, B, C, M, N, K, P = sympy.symbols("a b c m n k p", real=True)
Q = Matrix(sympy.symbols("q:8", real=True))
KEY = Matrix(sympy.symbols("k:8", real=True))


def turn(position, theta=THETA) -> Matrix:
    """The rotation of a pair at a position."""
    return Matrix(rotation(position * theta))


def row(position, theta=THETA) -> Matrix:
    """Sine and cosine, in this order: a row of the table."""
    return Matrix([sin(position * theta), cos(position * theta)])


def blocks(position, dim: int) -> Matrix:
    """The interleaved RoPE matrix: rotations by theta_0, theta_1, ... down the diagonal."""
    return sympy.diag(*(turn(position, theta) for theta in THETAS[: dim // 2]))


def permutation(order) -> Matrix:
    """The matrix with (P x)[j] = x[order[j]]."""
    order = list(order)
    return Matrix(len(order), len(order), lambda j, i: int(i == order[j]))
