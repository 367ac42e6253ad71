"""What each position does to a vector: statements on the blocks themselves."""

from typing import Any

import sympy

from spec.encoding import Encoding
from spec.exact import at_position, equal, every
from spec.statements import decided, identity
from spec.statements.needs import acts_on_queries_and_keys, is_a_table, turns
from spec.symbolic import Symbolic
from spec.verdict import Witness


@identity("algebra")
def norm(e: Symbolic, x: Any, m: Any) -> list[Any]:
    """Every position keeps the length of every pair; the rows of a table all have the length sqrt(dim / 2)."""
    if e.encoding.acts_on == "input":
        return [e.at(m).dot(e.at(m)) - 1]
    return [e.apply(x, m).dot(e.apply(x, m)) - x.dot(x)]


@identity("algebra")
def boundedness(e: Symbolic, x: Any, m: Any) -> list[Any]:
    """Nothing grows with the position: no entry exceeds the length of its pair, no entry of a table exceeds 1.

    What is left of the square of the bound, when an entry's square is taken away, is the square of the other entry.
    """
    entries = e.at(m) if e.encoding.acts_on == "input" else e.apply(x, m)
    bound = 1 if e.encoding.acts_on == "input" else x.dot(x)
    return [bound - sum(entry**2 for entry in entries)]


@identity("algebra", acts_on_queries_and_keys)
def group_law(e: Symbolic, a: Any, b: Any) -> list[Any]:
    """Moving by a and then by b is moving by a + b."""
    return [e.at(a) * e.at(b) - e.at(a + b)]


@identity("algebra", acts_on_queries_and_keys)
def inverse(e: Symbolic, m: Any) -> list[Any]:
    """The position -m undoes the position m."""
    return [e.at(-m) * e.at(m) - e.identity]


@identity("algebra")
def identity_at_zero(e: Symbolic, x: Any) -> list[Any]:
    """Position 0 changes nothing; row 0 of a table is 0, 1, 0, 1, ..."""
    return [e.at(0) - (sympy.Matrix([0, 1]) if e.encoding.acts_on == "input" else e.identity)]


@identity("algebra", acts_on_queries_and_keys)
def linearity(e: Symbolic, x: Any, y: Any, a: Any, b: Any, m: Any) -> list[Any]:
    """The map is linear in the vector."""
    return [e.apply(a * x + b * y, m) - a * e.apply(x, m) - b * e.apply(y, m)]


@identity("algebra", acts_on_queries_and_keys)
def gradient(e: Symbolic, x: Any, g: Any, m: Any) -> list[Any]:
    """The gradient of the map is its transpose: the upstream gradient turned back."""
    upstream = e.apply(x, m).dot(g)
    return [sympy.Matrix([upstream]).jacobian(x).T - e.at(m).T * g]


@identity("algebra", acts_on_queries_and_keys, turns)
def direction(e: Symbolic, m: Any) -> list[Any]:
    """Pairs turn counter-clockwise as the position grows: (a, b) -> (a cos - b sin, b cos + a sin)."""
    velocity = e.at(m).diff(m).subs(m, 0)
    return [velocity - e.theta * sympy.Matrix([[0, -1], [1, 0]])]


@identity("algebra", turns)
def spectrum(e: Symbolic, m: Any) -> list[Any]:
    """The angle per position of pair i is the encoding's theta_i: f(m + 1) + f(m - 1) = 2 cos(theta_i) f(m)."""
    return [e.at(m + 1) + e.at(m - 1) - 2 * sympy.cos(e.theta) * e.at(m)]


@identity("algebra", is_a_table)
def linear_shift(e: Symbolic, m: Any, c: Any) -> list[Any]:
    """Moving by c is one linear map, the same for every row: in the order (sin, cos), a clockwise rotation."""
    angle = c * e.theta
    clockwise = sympy.Matrix([[sympy.cos(angle), sympy.sin(angle)], [-sympy.sin(angle), sympy.cos(angle)]])
    return [e.at(m + c) - clockwise * e.at(m)]


@identity("algebra", is_a_table)
def dot_product_invariance(e: Symbolic, m: Any, n: Any, c: Any) -> list[Any]:
    """The dot product of two rows depends on the difference of their positions only."""
    return [e.at(m + c).dot(e.at(n + c)) - e.at(m).dot(e.at(n))]


@identity("algebra", is_a_table)
def distance_invariance(e: Symbolic, m: Any, n: Any, c: Any) -> list[Any]:
    """The distance of two rows depends on the difference of their positions only."""
    there, here = e.at(m + c) - e.at(n + c), e.at(m) - e.at(n)
    return [there.dot(there) - here.dot(here)]


@identity("algebra", is_a_table)
def adjacent_orthogonality(e: Symbolic, m: Any, n: Any) -> list[Any]:
    """Different rows are orthogonal."""
    return [e.at(m).dot(e.at(n))]


@decided("theorem", "algebra", cites="Lindemann-Weierstrass: cos k = 1 for no integer k but 0, as pi is irrational")
def injectivity(encoding: Encoding, case: Witness | None) -> bool | None:
    """Different integer positions act differently, on every vector that is not zero in the first pair.

    Stands in for the theorem: the first block at offset k differs from the block at 0 for 0 < k < 3000, certified.
    """
    offsets = [case["n"] - case["m"]] if case else range(1, 3000)
    start = at_position(encoding, 0)
    same = (equal(at_position(encoding, k), start) for k in offsets)
    return every(None if answer is None else not answer for answer in same)
