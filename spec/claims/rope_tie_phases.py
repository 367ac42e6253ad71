"""Claims of the comments below the article on RoPE-Tie about phases: RoPE, EulerFormer and CoCA."""

from collections.abc import Callable
from fractions import Fraction

import sympy
from sympy import Expr, Matrix, cos

from spec.claims.claim import true
from spec.definitions.rotations import rotation
from spec.lemmas.blocks import THETA
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes
from spec.truth import ENCODINGS

ALPHA, BETA, PHI, PSI = sympy.symbols("alpha beta phi psi", real=True)
M, N, C = sympy.symbols("m n c", real=True)
R, T = sympy.symbols("r t", nonnegative=True)
Logit = Callable[[Expr, Expr], Expr]


def _pair(length: Expr, phase: Expr) -> Matrix:
    return length * Matrix(rotation(phase))[:, 0]


def _turned(q: Matrix, k: Matrix) -> Logit:
    """RoPE's logit of a pair of query and key at two positions."""
    return lambda m, n: (rotation(m * THETA) * q).dot(rotation(n * THETA) * k)


def _eulerformer(alpha: Expr, length: Expr) -> Logit:
    """Of a query with the phase phi and a key with the phase psi, and this length."""
    return _turned(_pair(R, alpha * PHI + BETA), _pair(length, alpha * PSI + BETA))


@true("C219", "rope-tie", "comments")
def a_logit_turns_by_content_and_position() -> bool:
    """The principle of RoPE is Delta S + Delta P: the angle of query and key by their contents, plus that by positions.

    Of a pair the logit is the product of the lengths and cos(phi - psi + (m - n) theta).
    """
    logit = _turned(_pair(R, PHI), _pair(T, PSI))
    return vanishes(logit(M, N) - R * T * cos(PHI - PSI + (M - N) * THETA))


@true("C095", "rope-tie", "comments")
def scaled_phases_stay_relative() -> bool:
    """Angles of the content with a learned factor and offset, before RoPE is applied, make a generalised RoPE
    (EulerFormer); it is relative like RoPE.

    The map of the contents knows no position, and R_m is applied behind it.
    """
    logit = _eulerformer(ALPHA, T)
    return vanishes(logit(M + C, N + C) - logit(M, N))


@true("C217", "rope-tie", "comments")
def without_phases_eulerformer_is_coca() -> bool:
    """CoCA, which removes the angle between query and key, is EulerFormer with the factor of the phases set to 0.

    CoCA's key is t times the query, t >= 0, and both are turned as in RoPE. That is EulerFormer at alpha = 0 for a key
    that is t times as long, whatever phase it had, and for no other factor.
    """
    collinear = _turned(_pair(R, PHI), _pair(T * R, PHI))(M, N)
    same = [vanishes(_eulerformer(sympy.Integer(alpha), T * R)(M, N) - collinear) for alpha in (0, 1, -1)]
    return same == [True, False, False]


@true("C218", "rope-tie", "comments")
def collinear_pairs_do_not_make_collinear_vectors() -> bool:
    """CoCA removes the angle of query and key within each pair only; as wholes the two still have one.

    For (1, 0, 0, 2) and (0, 2, 1, 0) at one position the phases of both pairs are removed, so that each contributes the
    product of its lengths, 2; but the product of the whole lengths is 5, and the cosine 4/5.
    """
    queries, keys = [Matrix([1, 0]), Matrix([0, 2])], [Matrix([0, 2]), Matrix([1, 0])]
    logit = Symbolic(ENCODINGS["coca"], opaque=False).logit
    parts = [sympy.simplify(logit(q, k, M, M)) for q, k in zip(queries, keys, strict=True)]
    alike = [part == q.norm() * k.norm() for part, q, k in zip(parts, queries, keys, strict=True)]
    lengths = [Matrix.vstack(*pairs).norm() for pairs in (queries, keys)]
    return all(alike) and sum(parts) / sympy.prod(lengths) == Fraction(4, 5)
