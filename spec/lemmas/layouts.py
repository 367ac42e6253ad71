"""Which coordinates form a pair is a convention: one that queries and keys share, and that nothing else depends on.

The matrices are written out for dimensions 2 to 8, with a letter for every frequency; they look alike in every
dimension.
"""

from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

import sympy
from sympy import Matrix, cos, sin

from spec.definitions.rotations import rotation
from spec.lemmas.lemma import lemma
from spec.proving.vanishing import vanishes

Turn = Callable[[Any], Matrix]
"""The matrix of a position."""

DIMS = (2, 4, 6, 8)
M, N, C = sympy.symbols("m n c", real=True)
THETAS = sympy.symbols("theta:4", positive=True)
Q, K = (Matrix(sympy.symbols(f"{name}:8", real=True)) for name in "qk")


def interleaved(dim: int) -> Turn:
    """Rotations by theta_0, theta_1, ... down the diagonal."""
    return lambda position: Matrix(sympy.diag(*(rotation(position * theta) for theta in THETAS[: dim // 2])))


def half(dim: int) -> Turn:
    """The rotation by theta_i in the plane of the coordinates i and i + dim / 2, written down entry by entry."""

    def turn(position: Any) -> Matrix:
        matrix = sympy.zeros(dim)
        for i, theta in enumerate(THETAS[: dim // 2]):
            j = i + dim // 2
            matrix[i, i] = matrix[j, j] = cos(position * theta)
            matrix[j, i], matrix[i, j] = sin(position * theta), -sin(position * theta)
        return matrix

    return turn


def permutation(order: Iterable[int]) -> Matrix:
    """The matrix with (P x)[j] = x[order[j]]."""
    places = list(order)
    return Matrix(len(places), len(places), lambda j, i: int(i == places[j]))


def evens_first(dim: int) -> list[int]:
    """The order 0, 2, 4, ..., 1, 3, 5, ... that carries interleaved pairs to their places in the half layout."""
    return [*range(0, dim, 2), *range(1, dim, 2)]


def carried(dim: int, order: Iterable[int]) -> Turn:
    """RoPE with the interleaved coordinates put in this order."""
    p, turn = permutation(order), interleaved(dim)
    return lambda position: p * turn(position) * p.T


def zero(matrix: Matrix) -> bool:
    """Whether all entries vanish."""
    return all(vanishes(entry) for entry in matrix)


def relative(queries: Turn, keys: Turn, shift: Any = C) -> bool:
    """Whether the logit of any query and key stays the same when both positions move by as much."""
    return zero(queries(M + shift).T * keys(N + shift) - queries(M).T * keys(N))


def same_at(position: Any, dim: int) -> bool:
    """Whether the two layouts are the same map at a position."""
    return zero(half(dim)(position) - interleaved(dim)(position))


def _carries(dim: int, order: Iterable[int]) -> bool:
    return zero(half(dim)(M) - carried(dim, order)(M))


@lemma("proof")
def the_half_layout_is_the_interleaved_one_permuted() -> bool:
    """R_half = P R_interleaved P^T, where P puts the even coordinates before the odd ones."""
    return all(_carries(dim, evens_first(dim)) for dim in DIMS)


def _logits_agree(dim: int, order: Iterable[int]) -> bool:
    """Whether permuted queries and keys have in the half layout the logits that they had interleaved."""
    p, q, k = permutation(order), Q[:dim, 0], K[:dim, 0]
    there = (half(dim)(M) * p * q).dot(half(dim)(N) * p * k)
    return vanishes(there - (interleaved(dim)(M) * q).dot(interleaved(dim)(N) * k))


@lemma("proof")
def permuted_weights_make_the_layouts_agree() -> bool:
    """A checkpoint goes from one layout to the other by permuting the rows of W_q and W_k: all logits stay."""
    return all(_logits_agree(dim, evens_first(dim)) for dim in DIMS)


@lemma("proof")
def the_same_weights_in_the_other_layout_are_another_function() -> bool:
    """The layouts differ at every dimension but 2, and agree where nothing is turned, at position 0."""
    return same_at(M, 2) and not any(same_at(M, dim) for dim in DIMS[1:]) and all(same_at(0, dim) for dim in DIMS)


def _mixed(queries: Turn, keys: Turn) -> tuple[bool, bool]:
    """Whether the logit is relative, and whether it is the plain dot product at equal positions."""
    product = queries(M).T * keys(M)
    return relative(queries, keys), zero(product - sympy.eye(product.rows))


@lemma("proof")
def queries_and_keys_must_share_a_layout() -> bool:
    """Queries in one layout and keys in the other know absolute positions, and do not even cancel at equal ones."""
    mixed = [_mixed(one(dim), other(dim)) for dim in (4, 6) for one, other in permutations((interleaved, half))]
    shared = [_mixed(layout(dim), layout(dim)) for dim in (4, 6) for layout in (interleaved, half)]
    return set(mixed) == {(False, False)} and set(shared) == {(True, True)}


@lemma("exhaustive")
def any_order_of_coordinates_is_relative() -> bool:
    """Every assignment of four coordinates to two pairs gives an encoding by offsets, adjacent or not."""
    return all(relative(carried(4, order), carried(4, order)) for order in permutations(range(4)))


def _elementwise(turn: Turn, partners: list[int], signs: list[int], spread: list[int]) -> bool:
    """Whether turning is x * C + (signs * x[partners]) * S, coordinate j with the angle of pair spread[j]."""
    dim = len(partners)
    x = Q[:dim, 0]
    swapped = [sign * x[partner] for sign, partner in zip(signs, partners, strict=True)]
    angles = [M * THETAS[pair] for pair in spread]
    return zero(turn(M) * x - Matrix([a * cos(t) + b * sin(t) for a, b, t in zip(x, swapped, angles, strict=True)]))


def elementwise_interleaved(dim: int) -> bool:
    """Whether x * (c0, c0, c1, c1, ...) + (-x1, x0, -x3, x2, ...) * (s0, s0, s1, s1, ...) is the matrix times x."""
    return _elementwise(
        interleaved(dim), [j ^ 1 for j in range(dim)], [-1, 1] * (dim // 2), [j // 2 for j in range(dim)]
    )


def elementwise_half(dim: int) -> bool:
    """Whether x * (c0, c1, ..., c0, c1, ...) + (-second half, first half) * (s0, s1, ..., s0, s1, ...) is."""
    pairs = dim // 2
    partners = [(j + pairs) % dim for j in range(dim)]
    return _elementwise(half(dim), partners, [-1] * pairs + [1] * pairs, [j % pairs for j in range(dim)])


@lemma("proof")
def elementwise_forms_are_the_matrices() -> bool:
    """Two elementwise products and a sum are the sparse matrix, in both layouts."""
    return all(elementwise_interleaved(dim) and elementwise_half(dim) for dim in DIMS)
