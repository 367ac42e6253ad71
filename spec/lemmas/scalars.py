"""Which numbers, one a position, have products that depend on the difference of the positions only.

Over the reals hardly any: a constant, or one with alternating signs, and neither tells before from behind. Over the
complex numbers, where the second factor is conjugated, exactly the powers of one rotation: RoPE.
"""

from collections.abc import Callable
from itertools import product

import sympy

from spec.lemmas.lemma import lemma
from spec.proving.vanishing import vanishes

Letters = tuple[sympy.Symbol, ...]
Values = tuple[int, ...]
POSITIONS = 6
RANGE = range(-2, 3)
F, G = sympy.symbols("f:3"), sympy.symbols("g:3")
"""The values at three neighbouring positions, any three, and their conjugates."""


@lemma("exhaustive")
def multiplicative_scalars_by_trial() -> bool:
    """Of all functions on six positions with values -2, ..., 2, those with f(m) f(n) = h(m - n) are the constants and
    the constants with alternating signs."""
    return _solutions_are(lambda f: f in (_alternating(f[0], 1), _alternating(f[0], -1)))


@lemma("proof")
def multiplicative_scalars() -> bool:
    """If f(m) f(n) depends on m - n only, for real f, then f(m)^2 = f(0)^2 and f(m + 2) = f(m): f is a constant, or a
    constant with alternating signs. Both are solutions."""
    forced = [F[1] ** 2 - F[0] ** 2, F[0] ** 2 * (F[2] - F[0])]
    return _follow(_equations(F, F), F, forced) and _powers_solve(1) and _powers_solve(-1)


@lemma("proof")
def conjugated_scalars() -> bool:
    """If f(m) conj(f(n)) depends on m - n only, for complex f, then f(m) = f(0) e^(i m theta): a rotation, as in RoPE.

    Of f(m) and its conjugate g(m), the equations give |f(m)| = |f(0)|, and f(0) f(2) = f(1)^2 unless f is 0: a
    geometric progression whose ratio has the modulus 1. Every such progression is a solution.
    """
    forced = [F[1] * G[1] - F[0] * G[0], G[0] * (F[0] * F[2] - F[1] ** 2)]
    return _follow(_equations(F, G), F + G, forced) and _rotations_solve(conjugate=True)


def _solutions_are(expected: Callable[[Values], bool]) -> bool:
    """Whether the solutions of the finite range are those expected, no more and no fewer."""
    return all(_is_solution(f) == expected(f) for f in product(RANGE, repeat=POSITIONS))


def _is_solution(f: Values) -> bool:
    return all(f[m] * f[m + k] == f[0] * f[k] for k in range(POSITIONS) for m in range(1, POSITIONS - k))


def _alternating(value: int, sign: int) -> Values:
    return tuple(value * sign**m for m in range(POSITIONS))


def _equations(f: Letters, g: Letters) -> list[sympy.Expr]:
    """What must be 0 for f(m) g(n) to stay the same when both positions move to the start of the three."""
    pairs = product(range(len(f)), repeat=2)
    return [f[m] * g[n] - f[m - min(m, n)] * g[n - min(m, n)] for m, n in pairs if min(m, n) > 0]


def _follow(equations: list[sympy.Expr], letters: Letters, conclusions: list[sympy.Expr]) -> bool:
    """Whether the conclusions are combinations of the equations, so that they vanish wherever all of these do."""
    basis = sympy.groebner(equations, *letters, order="grevlex")
    return all(basis.contains(sympy.expand(conclusion)) for conclusion in conclusions)


def _powers_solve(ratio: int) -> bool:
    """Whether the products of the powers of a number depend on the difference of the positions only."""
    m, n, c = sympy.symbols("m n c", integer=True)
    power = sympy.Integer(ratio)
    return bool(sympy.simplify(power ** (m + c) * power ** (n + c) - power ** (m + n)) == 0)


def _rotations_solve(*, conjugate: bool) -> bool:
    """Whether the products of e^(i m theta) and e^(i n theta), conjugated or not, depend on m - n only."""
    m, n, c, theta = sympy.symbols("m n c theta", real=True)

    def times(m: sympy.Expr, n: sympy.Expr) -> sympy.Expr:
        return sympy.exp(sympy.I * theta * (m - n if conjugate else m + n))

    return vanishes(times(m + c, n + c) - times(m, n))
