"""What positions can do to pairs of coordinates: turn them, if offsets are all that counts; add to them; multiply."""

from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import sympy
from sympy import Matrix, Rational

from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.lemmas.layouts import zero
from spec.lemmas.lemma import lemma
from spec.lemmas.methods import sinusoid
from spec.lemmas.softmax import column, letter
from spec.proving.vanishing import vanishes


def _power_step(inverse: str) -> bool:
    """Whether A_(n+1) - A_1 A_n follows from A_1^T A_(n+1) = A_n and from A_1 times `inverse` being 1.

    In letters that do not commute: the difference is combined from what is assumed to be zero, with nothing left over.
    """
    a, a_t, now, after = sympy.symbols("A A^T A_n A_(n+1)", commutative=False)
    turned_back = a_t * after - now
    orthogonal = a * {"transpose": a_t, "itself": a}[inverse] - 1
    return bool(sympy.expand(after - a * now - (a * turned_back - orthogonal * after)) == 0)


@lemma("proof")
def relative_maps_are_powers() -> bool:
    """Where position n acts by a square A_n, A_0 = 1, and A_m^T A_n depends on n - m alone, A_n = A_1^n is orthogonal.

    A_m^T A_m = A_0^T A_0 = 1 makes every A_m orthogonal, A_m^T A_n = A_0^T A_(n-m) = A_(n-m), and then
    A_(n+1) - A_1 A_n = A_1 (A_1^T A_(n+1) - A_n) - (A_1 A_1^T - 1) A_(n+1) = 0.
    """
    return _power_step("transpose")


def _phases(arguments: Callable[[int, int], int], count: int = 6) -> list[sympy.Expr]:
    """The phases that solve phi(m) - phi(n) = h(arguments(m, n)) for all m, n and phi(0) = 0, in terms of phi(1)."""
    phi, h = sympy.symbols(f"phi:{count}"), sympy.Function("h")
    equations = [phi[0]] + [phi[m] - phi[n] - h(arguments(m, n)) for m, n in product(range(count), repeat=2)]
    functions = sorted({equation.atoms(h).pop() for equation in equations[1:]}, key=str)
    solution = sympy.solve(equations, [*functions, *reversed(phi)], dict=True)[0]
    return [solution.get(phase, phase) for phase in phi]


def _proportional(arguments: Callable[[int, int], int]) -> bool:
    """Whether the phases are m phi(1), for any phi(1)."""
    found = _phases(arguments)
    return found[1] != 0 and found == [m * found[1] for m in range(len(found))]


@lemma("proof")
def relative_phases_are_proportional() -> bool:
    """Phases with phi(m) - phi(n) = h(m - n) and phi(0) = 0 are phi(m) = m phi(1): an arithmetic progression.

    Every step adds h(1); the system is solved for the first six.
    """
    return _proportional(lambda m, n: m - n)


def _turns_planes(matrix: Matrix) -> bool:
    """Whether a rational matrix A is orthogonal, and A + A^T has every eigenvalue 2 cos(theta) twice."""
    if matrix.T * matrix != sympy.eye(matrix.rows):
        return False
    _, factors = sympy.sqf_list((matrix + matrix.T).charpoly().as_expr())
    return all(
        multiplicity % 2 == 0 and sympy.Poly(factor).count_roots(-2, 2) == sympy.degree(factor)
        for factor, multiplicity in factors
    )


def _cayley(dim: int, seed: int) -> Matrix:
    """An orthogonal rational matrix: (1 - S)^-1 (1 + S), S with S^T = -S."""
    entries = Matrix(dim, dim, lambda i, j: Rational((seed * (3 * i + 7 * j) + i * j) % 11 - 5, i + j + 1))
    skew = entries - entries.T
    return (sympy.eye(dim) - skew).inv() * (sympy.eye(dim) + skew)


@lemma("theorem", cites="Normal form of real orthogonal matrices: planes that are turned, directions kept or flipped")
def powers_of_an_orthogonal_map_are_rope() -> bool:
    """A_1^n turns planes, each by its angle: up to a change of basis, and to directions that are flipped, it is RoPE.

    Stands in for the theorem: six rational rotations of four and six dimensions have all their eigenvalues in pairs.
    """
    return all(_turns_planes(_cayley(dim, seed)) for dim in (4, 6) for seed in (1, 2, 4))


def _remainder(sign: int) -> sympy.Expr:
    """Of (|q||k|)^2, what the square of the sum of |q_i||k_i| and those of |q_i||k_j| + sign |q_j||k_i| leave."""
    q, k = ([letter(name, i) for i in range(4)] for name in "qk")
    whole = sum(a**2 for a in q) * sum(b**2 for b in k)
    paired = sum(a * b for a, b in zip(q, k, strict=True))
    squares = sum((q[i] * k[j] + sign * q[j] * k[i]) ** 2 for i, j in combinations(range(4), 2))
    return whole - paired**2 - squares


@lemma("proof")
def the_bound_by_pairs_is_the_sharper_one() -> bool:
    """The sum of |q_i||k_i| over the pairs is at most |q||k|: what is missing is a sum of squares, by Lagrange."""
    return vanishes(_remainder(-1))


def _linear(act: Any) -> bool:
    """Whether a map of a pair is linear in the pair."""
    x, y, a, b = column("x"), column("y"), letter("a"), letter("b")
    return zero(act(a * x + b * y) - a * act(x) - b * act(y))


@lemma("proof")
def adding_is_not_linear() -> bool:
    """Adding a row of a table is no linear map of the content; multiplying by it is, and so is turning."""
    p = sinusoid(letter("p"))
    turn = rotation(letter("p") * THETA)
    return not _linear(lambda x: x + p) and _linear(p.multiply_elementwise) and _linear(lambda x: turn * x)
