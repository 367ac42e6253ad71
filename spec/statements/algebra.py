"""What each position does to a vector: statements on the blocks themselves."""

from typing import Any, cast

import numpy as np
import sympy

from spec.definitions.definition import OnVectors
from spec.definitions.encoding import Encoding
from spec.definitions.evaluation import Parameters
from spec.definitions.rotations import rotation
from spec.definitions.symbols import INDEX, POSITION, THETA
from spec.definitions.verdict import Witness
from spec.numbers.balls import RADIUS, all_extended, different, every
from spec.numbers.exact import between, first_block, rows
from spec.numbers.learned import tables_at
from spec.numbers.ranges import stays_bounded
from spec.proving.symbolic import Symbolic
from spec.statements import decided, identity, structure
from spec.statements.needs import (
    acts_by_position,
    acts_on_attention,
    acts_on_queries_and_keys,
    acts_on_vectors,
    is_a_table,
    is_handed_vectors,
    pairs_coordinates,
    takes_negatives,
    turns,
)


@identity("algebra", acts_on_vectors)
def norm(e: Symbolic, x: Any, m: Any) -> list[Any]:
    """Every position keeps the length of every pair; the rows of a table all have the length sqrt(dim / 2)."""
    result = e.result(x, m)
    return [result.dot(result) - e.vectors.length_squared(x)]


@structure("algebra", stays_bounded, acts_on_attention)
def boundedness() -> None:
    """Nothing grows with the position: what it does to an entry has a bound that is the same for all positions."""


@identity("algebra", acts_on_queries_and_keys)
def group_law(e: Symbolic, x: Any, a: Any, b: Any) -> list[Any]:
    """Moving by a and then by b is moving by a + b."""
    return [e.apply(e.apply(x, a), b) - e.apply(x, a + b)]


@identity("algebra", acts_on_queries_and_keys, takes_negatives)
def inverse(e: Symbolic, x: Any, m: Any) -> list[Any]:
    """The position -m undoes the position m."""
    return [e.apply(e.apply(x, m), -m) - x]


@identity("algebra", acts_on_vectors)
def identity_at_zero(e: Symbolic, x: Any) -> list[Any]:
    """Position 0 changes nothing; row 0 of a table is 0, 1, 0, 1, ..., or all zeros."""
    return [e.result(x, 0) - e.vectors.result_at_zero(x)]


@identity("algebra", is_handed_vectors)
def linearity(e: Symbolic, x: Any, y: Any, k: Any, a: Any, b: Any, m: Any, n: Any) -> list[Any]:
    """The map is linear in the vector; what gives logits of queries and keys is linear in each of them."""
    made = zip(*(e.images(each, k, m, n) for each in (a * x + b * y, x, y)), strict=True)
    return [of_both - a * of_x - b * of_y for of_both, of_x, of_y in made]


@identity("algebra", acts_on_queries_and_keys)
def gradient(e: Symbolic, x: Any, g: Any, m: Any) -> list[Any]:
    """The gradient of the map is its transpose: the upstream gradient turned back."""
    upstream = e.apply(x, m).dot(g)
    return [sympy.Matrix([upstream]).jacobian(x).T - e.at(m).T * g]


@identity("algebra", acts_on_queries_and_keys, pairs_coordinates, turns)
def direction(e: Symbolic, m: Any) -> list[Any]:
    """Pairs turn counter-clockwise as the position grows: (a, b) -> (a cos - b sin, b cos + a sin).

    Asked of queries, where keys turn otherwise.
    """
    velocity, start = e.at(m).diff(m).subs(m, 0), e.at(0)
    return [velocity[1, 0] - e.theta * start[0, 0], velocity[0, 1] + velocity[1, 0], start[0, 0] - start[1, 1]]


@identity("algebra", acts_on_vectors, pairs_coordinates, turns)
def spectrum(e: Symbolic, m: Any) -> list[Any]:
    """The angle per position of pair i is the encoding's theta_i: turned back by m theta_i, only its length changes.

    A table obeys f(m + 1) + f(m - 1) = 2 cos(theta_i) f(m). Asked of queries, where keys turn otherwise.
    """
    return e.vectors.off_spectrum(m)


@identity("algebra", is_a_table)
def linear_shift(e: Symbolic, m: Any, n: Any, c: Any) -> list[Any]:
    """Moving by c is one linear map, the same for every row: in the order (sin, cos), a clockwise rotation.

    Where a block is a single entry, the map multiplies: f(m + c) f(n) = f(n + c) f(m).
    """
    if e.encoding.width == 1:
        return [e.at(m + c) * e.at(n) - e.at(n + c) * e.at(m)]
    return [e.at(m + c) - rotation(-c * e.theta) * e.at(m)]


@identity("algebra", is_a_table)
def dot_product_invariance(e: Symbolic, m: Any, n: Any, c: Any) -> list[Any]:
    """The dot product of two rows depends on the difference of their positions only."""
    return [e.at(m + c).dot(e.at(n + c)) - e.at(m).dot(e.at(n))]


@identity("algebra", is_a_table)
def distance_invariance(e: Symbolic, m: Any, n: Any, c: Any) -> list[Any]:
    """The distance of two rows depends on the difference of their positions only."""
    there, here = e.at(m + c) - e.at(n + c), e.at(m) - e.at(n)
    return [there.dot(there) - here.dot(here)]


def grows_at_every_step(encoding: Encoding) -> bool:
    """Whether row k + 1 is farther from row 0 than row k is, for every k, which is read off the definition."""
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    block: Any = cast(OnVectors, encoding.definition).block
    apart = [sum(e**2 for e in block.subs(POSITION, at) - block.subs(POSITION, 0)) for at in (k, k + 1)]
    return bool(sympy.simplify(apart[1] - apart[0]).is_positive)


@decided("quantity", "algebra", is_a_table, everywhere=grows_at_every_step)
def monotone_distance(encoding: Encoding, case: Witness | None) -> bool | None:
    """The farther a position is from the first, the farther apart are their rows, at every step up to 64."""
    dims, steps = ([case["kernel"]], [case["k"]]) if case else (sorted(map(encoding.dimension, (8, 34))), range(64))
    return all(_farther(encoding, dim, k, tables_at(encoding, case)) for dim in dims for k in steps)


def _farther(encoding: Encoding, dim: int, k: int, tables: Parameters) -> bool:
    """Whether row k + 1 is farther from row 0 than row k is, by more than their rounding."""
    parameters = {**encoding.configured(dim, {}), **tables}
    seen = rows(encoding, encoding.grid.lay((0, k, k + 1)), dim, parameters, length=k + 2).reshape(3, -1)
    near, far = ((seen[1:] - seen[0]) ** 2).sum(-1)
    return bool(far - near > 8 * RADIUS * (seen**2).sum())


@identity("algebra", is_a_table)
def adjacent_orthogonality(e: Symbolic, m: Any, n: Any) -> list[Any]:
    """Different rows are orthogonal."""
    return [e.at(m).dot(e.at(n))]


@decided(
    "theorem",
    "algebra",
    acts_by_position,
    cites="of what turns: cos k = 1 for no integer k but 0, as pi is irrational",
)
def injectivity(encoding: Encoding, case: Witness | None) -> bool | None:
    """Different positions from 0, 1, 2, ... act differently, on every vector that is not zero in the first pair.

    On a grid these are places along a line: others may act alike on a vector that is zero in the pairs of an axis. Of
    what acts between a query and a key, different distances of a key behind its query act differently, on some vectors.

    Stands in for the theorem: among the first 3000 positions (or all, where there are fewer) no two rows are the same.
    """
    dim = encoding.dimension(8)
    parameters = {**encoding.configured(dim, {}), **tables_at(encoding, case)}
    if encoding.definition.maps:
        offsets = [case["n"] - case["m"]] if case else range(1, 3000)
        return every(_moves(encoding, k) for k in offsets)
    count = min(1000, (encoding.largest_at(dim, parameters) or 999) + 1)
    places = [case["m"], case["n"]] if case else range(count)
    if encoding.definition.on_vectors:
        seen = rows(encoding, encoding.grid.lay(places), dim, parameters, length=max(places) + 1)
        return _all_different(seen.reshape(len(places), -1))
    return _all_different(np.stack([all_extended(between(encoding, k, parameters)) for k in places]))


def _moves(encoding: Encoding, k: int) -> bool | None:
    """Whether the first block is another at k than at 0, as balls; where they meet, as expressions."""
    dim = encoding.dimension(8)
    place = encoding.grid.line(k)[encoding.axes_of(dim, encoding.configured(dim, {}))[0]]
    moved = different(first_block(encoding, place), first_block(encoding, 0))
    if moved is None:
        first = sympy.Matrix(encoding.definition.parts[0]).subs(THETA, encoding.blocks.frequency.subs(INDEX, 0))
        there, here = (first.subs(POSITION, sympy.Rational(p)) for p in (place, 0))
        return False if sympy.simplify(there - here).is_zero_matrix else None
    return moved


def _all_different(seen: np.ndarray) -> bool:
    """Whether no two rows (n, entries), each entry within RADIUS of the truth, relative to its size, can be the same.

    Rows are different if their shadows on one line are.
    """
    shadows = np.sort(seen @ np.cos(np.arange(1, seen.shape[1] + 1, dtype=np.longdouble)))
    margin = 4 * seen.shape[1] * RADIUS * max(1.0, float(np.abs(seen).max()))
    return bool((np.diff(shadows) > margin).all())
