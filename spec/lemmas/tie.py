"""RoPE-Tie: an image between two texts, symmetric to both.

Patches lie at (L + i s, L + j t), i = 1..h and j = 1..w, text before them ends at (L, L), text behind them begins at
(K, K). Four ways to ask for symmetry are one equation in s and t, the balance (h + 1) s = (w + 1) t.
"""

from collections.abc import Callable, Sequence

import numpy as np
import sympy

from spec.definitions.placing import FRAMES
from spec.lemmas.lemma import lemma
from spec.numbers.frames import SIDE, measured
from spec.proving.vanishing import vanishes

TIES = ("rope-tie", "rope-tie-minimal", "rope-tie-fractional")
L, K, I, J = sympy.symbols("L K i j", real=True)  # noqa: E741
H, W = sympy.symbols("h w", integer=True, positive=True)
S, T = sympy.symbols("s t", positive=True)
BALANCE = (H + 1) * S - (W + 1) * T


def patch(i: sympy.Expr, j: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """Where the patch in row i and column j lies."""
    return L + i * S, L + j * T


def _mean(term: sympy.Expr, index: sympy.Symbol, count: sympy.Symbol) -> sympy.Expr:
    return sympy.expand(sympy.summation(term, (index, 1, count)) / count)


_MIRRORED = zip(patch(I, J), patch(H + 1 - I, W + 1 - J), strict=True)
SYMMETRIES: dict[str, list[sympy.Expr]] = {
    "balance": [BALANCE],
    "the gap before the first patch is the gap behind the last": [
        (K - last) - (first - L) for first, last in zip(patch(1, 1), patch(H, W), strict=True)
    ],
    "the centroid of the patches lies on the diagonal": [_mean(L + I * S, I, H) - _mean(L + J * T, J, W)],
    "the point reflection that exchanges L and K maps row i, column j to row h + 1 - i, column w + 1 - j": [
        (L + K - here) - there for here, there in _MIRRORED
    ],
}
"""Each condition as expressions that have to be zero; where K occurs, for some K."""


def is_the_balance(condition: Sequence[sympy.Expr]) -> bool:
    """Whether a condition amounts to the balance, with K = L + (h + 1) s: K is eliminated from linear equations."""
    left = [sympy.expand(equation) for equation in condition]
    if left[0].has(K):
        (behind,) = sympy.solve(left[0], K)
        if not vanishes(behind - L - (H + 1) * S):
            return False
        left = [sympy.expand(equation.subs(K, behind)) for equation in left[1:]]
    ratios = [sympy.cancel(equation / BALANCE) for equation in left]
    return bool(ratios) and all(ratio.is_number and ratio != 0 for ratio in ratios)


@lemma("proof")
def four_symmetries_are_one() -> bool:
    """Equal gaps before and behind the image, (h + 1) s = (w + 1) t, a centroid on the diagonal, and a point reflection
    that exchanges the texts and turns the image round: each means the others, and K = L + (h + 1) s.
    """
    return all(is_the_balance(condition) for condition in SYMMETRIES.values())


@lemma("proof")
def simplest_polynomial_solution() -> bool:
    """s = w + 1, t = h + 1, K = L + (w + 1)(h + 1) is balanced, and every solution whose steps are polynomials in h and
    w with integer coefficients is a multiple: w + 1 divides (h + 1) s and has no factor in common with h + 1.
    """
    return balanced_and_coprime(W + 1, H + 1)


def balanced_and_coprime(s: sympy.Expr, t: sympy.Expr) -> bool:
    """Whether polynomial steps are a solution, and have no common factor that could be divided out of them."""
    return bool(vanishes(BALANCE.subs({S: s, T: t})) and sympy.gcd(sympy.Poly(s, H, W), sympy.Poly(t, H, W)).is_one)


def symmetries(variant: str) -> dict[str, np.ndarray]:
    """For every image up to SIDE x SIDE, whether each of the four conditions holds of its patches, shape (h, w)."""
    m = measured(variant)
    last_row, last_column = m["rows"].max(axis=2), m["columns"].max(axis=2)
    diagonal = m["a"] == m["b"]
    gaps = (m["a"] - last_row == m["s"]) & (m["b"] - last_column == m["t"])
    return {
        "gaps": diagonal & gaps,
        "balance": (m["h"] + 1) * m["s"] == (m["w"] + 1) * m["t"],
        "centroid": m["rows"].sum(axis=2) * m["w"] == m["columns"].sum(axis=2) * m["h"],
        "reflection": diagonal & _mirrored(m["rows"], m["h"], m["a"]) & _mirrored(m["columns"], m["w"], m["b"]),
    }


def _mirrored(places: np.ndarray, count: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Whether end - place i is place count + 1 - i, for every i up to the count."""
    index = np.arange(SIDE)
    partner = np.take_along_axis(places, np.maximum(count[..., None] - 1 - index, 0), axis=2)
    return np.asarray(((end[..., None] - places == partner) | (index >= count[..., None])).all(axis=2))


def symmetric_exactly_where(variant: str, wanted: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> bool:
    """Whether all four conditions hold exactly for the images whose sizes are wanted."""
    m = measured(variant)
    return all(bool((found == wanted(m["h"], m["w"])).all()) for found in symmetries(variant).values())


@lemma("exhaustive")
def ties_are_symmetric() -> bool:
    """RoPE-Tie, with integer, least integer and fractional steps, meets all four conditions for every image up to
    64 x 64.
    """
    return all(symmetric_exactly_where(variant, lambda h, w: h == h) for variant in TIES)


@lemma("exhaustive")
def unscaled_images_are_symmetric_only_if_square() -> bool:
    """With steps of 1 the conditions hold if and only if h = w, wherever the text goes on (every image up to
    64 x 64).
    """
    return all(symmetric_exactly_where(variant, lambda h, w: h == w) for variant in ("simple", "parallel"))


@lemma("exhaustive")
def patches_lie_between_the_texts() -> bool:
    """In every variant rows and columns increase strictly, and both coordinates of every patch lie strictly between
    those of L and K: no two tokens share a place (every image up to 64 x 64).
    """
    return all(_ordered(measured(variant)) for variant in FRAMES)


def _ordered(m: dict[str, np.ndarray]) -> bool:
    ends = ((m["rows"], m["h"], m["a"]), (m["columns"], m["w"], m["b"]))
    return all(
        bool(((np.diff(places, prepend=0, axis=2) > 0) | (np.arange(SIDE) >= count[..., None])).all())
        and bool((places.max(axis=2) < end).all())
        for places, count, end in ends
    )
