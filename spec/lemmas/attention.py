"""Attention and order: what permuting the tokens or moving them does to logits, weights and outputs.

Contents, logits and positions are letters, so a lemma holds for all of them. Three tokens stand for any number: with
more of them the sums have more terms, and nothing else changes.
"""

from itertools import permutations, product
from typing import Any

import sympy
from sympy import Matrix

from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.lemmas.lemma import lemma
from spec.lemmas.softmax import (
    Value,
    Weight,
    attend,
    column,
    content,
    equivariant,
    letter,
    positive,
    same,
)
from spec.proving.vanishing import vanishes

ORDERS = list(permutations(range(3)))


def _by_content(a: int, b: int, i: int, j: int) -> Any:
    return positive("e", a, b)


def _by_offset(a: int, b: int, i: int, j: int) -> Any:
    return positive("e", a, b, j - i)


def _by_position(a: int, b: int, i: int, j: int) -> Any:
    return positive("e", a, b, i, j)


def _turned(b: int, i: int, j: int) -> Any:
    return (rotation(j * THETA) * column("v", b))[0]


@lemma("proof")
def full_attention_is_equivariant() -> bool:
    """Without positions and without a mask, permuting the tokens permutes the outputs, and does nothing else."""
    return equivariant(_by_content)


def _moves(order: tuple[int, ...]) -> bool:
    """Whether every output of three tokens changes when they come in this order."""
    here, moved = (attend(tokens, _by_content) for tokens in ((0, 1, 2), order))
    return all(not same(one, other) for one, other in zip(here, moved, strict=True))


@lemma("proof")
def equivariant_is_not_invariant() -> bool:
    """The list of the outputs does change with the order of the tokens: it is permuted like them."""
    return _moves((1, 2, 0))


def _forgets(weight: Weight) -> bool:
    """Whether the output of the query at 0, token 0, is the same in every order of the keys behind it."""
    orders = [(0, *order) for order in permutations((1, 2, 3))]
    first, *others = (attend(order, weight)[0] for order in orders)
    return all(same(first, other) for other in others)


@lemma("proof")
def keys_are_a_set() -> bool:
    """Without positions, the output of one query is the same in whatever order keys and values come."""
    return _forgets(_by_content)


@lemma("proof")
def positions_give_order() -> bool:
    """A logit that knows the offset is enough to end the equivariance."""
    return not equivariant(_by_offset) and not _forgets(_by_offset)


@lemma("proof")
def causal_attention_is_not_equivariant() -> bool:
    """Behind a causal mask even two tokens without positions are told apart by their order."""
    return not equivariant(_by_content, causal=True, tokens=2)


def _prefix_is_a_set(weight: Weight) -> bool:
    """Whether the last output of one causal layer is the same in every order of the tokens before it."""
    first, *others = (attend((*order, 3), weight, causal=True)[-1] for order in ORDERS)
    return all(same(first, other) for other in others)


@lemma("proof")
def one_causal_layer_forgets_the_order_of_the_prefix() -> bool:
    """Without positions, the last output of a single causal layer does not depend on the order of what precedes."""
    return _prefix_is_a_set(_by_content)


def _after_layers(order: tuple[int, ...], layers: int) -> Any:
    """The last output of causal layers in which every query attends to all keys alike."""
    hidden = [letter("x", token) for token in order]
    for _ in range(layers):
        hidden = [sum(hidden[: i + 1]) / sympy.Integer(i + 1) for i in range(len(hidden))]
    return hidden[-1]


def _layers_forget(layers: int) -> bool:
    first, *others = (_after_layers((*order, 3), layers) for order in ORDERS)
    return all(vanishes(first - other) for other in others)


@lemma("proof")
def two_causal_layers_know_the_order_of_the_prefix() -> bool:
    """With a second causal layer the last output does depend on it, even where all logits are zero."""
    return _layers_forget(1) and not _layers_forget(2)


def _permuted(order: tuple[int, ...], rows: tuple[int, ...]) -> bool:
    """Whether softmax(P A P^T) is softmax(A) with its rows and columns taken in these orders."""
    logits = [[positive("e", i, j) for j in range(3)] for i in range(3)]
    before = [[(entry, sum(row)) for entry in row] for row in logits]
    permuted = [[logits[i][j] for j in order] for i in order]
    after = [[(entry, sum(row)) for entry in row] for row in permuted]
    return all(same(after[i][j], before[rows[i]][order[j]]) for i, j in product(range(3), range(3)))


@lemma("proof")
def softmax_commutes_with_permutations() -> bool:
    """softmax(P A P^T) = P softmax(A) P^T, for every permutation P."""
    return all(_permuted(order, order) for order in ORDERS)


def _stays(weight: Weight, value: Value, shift: int = 5) -> bool:
    """Whether the outputs stay the same when every token moves by the same offset."""
    moved = attend(
        (0, 1, 2),
        lambda a, b, i, j: weight(a, b, i + shift, j + shift),
        lambda b, i, j: value(b, i + shift, j + shift),
    )
    return all(same(one, other) for one, other in zip(attend((0, 1, 2), weight, value), moved, strict=True))


@lemma("proof")
def relative_logits_and_plain_values_give_relative_outputs() -> bool:
    """Where the logits know offsets alone and the values no position, moving all tokens changes no output."""
    return _stays(_by_offset, content)


@lemma("proof")
def turned_values_know_the_positions() -> bool:
    """Turning the values like queries and keys makes the outputs depend on where the sentence stands."""
    return not _stays(_by_offset, _turned)


def _diluted(short: int, long: int) -> bool:
    """Whether the weight of key 0 is smaller among `long` keys than among `short`: 1/Z falls where Z grows."""
    growth = sum(positive("e", j) for j in range(long)) - sum(positive("e", j) for j in range(short))
    return bool(sympy.sympify(growth).is_positive)


@lemma("proof")
def equal_logits_are_not_equal_weights() -> bool:
    """The same logit is a smaller weight in a longer sentence: the softmax divides by the sum over the whole row."""
    return _diluted(10, 100)


def four_terms(x: Matrix, p: Matrix, y: Matrix, r: Matrix, queries: Matrix, keys: Matrix) -> list[sympy.Expr]:
    """The terms of (x + p) W_q W_k^T (y + r)^T, rows x, p and y, r: content-content, p-y, x-r, position-position."""
    weights = queries * keys.T
    return [(one * weights * other.T)[0] for one, other in ((x, y), (p, y), (x, r), (p, r))]


def _additive(p: Matrix, r: Matrix) -> tuple[sympy.Expr, list[sympy.Expr]]:
    """The logit of letters x + p with y + r, three coordinates projected to two, and its four terms."""
    x, y = (Matrix(1, 3, lambda _, j, name=name: letter(name, j)) for name in "xy")
    queries, keys = (Matrix(3, 2, lambda i, j, name=name: letter(name, i, j)) for name in ("wq", "wk"))
    return (((x + p) * queries) * ((y + r) * keys).T)[0], four_terms(x, p, y, r, queries, keys)


POSITIONS = [Matrix(1, 3, lambda _, j, name=name: letter(name, j)) for name in "pr"]


def _explained_by(*kept: int) -> bool:
    """Whether the logit is the sum of these of the four terms."""
    logit, terms = _additive(*POSITIONS)
    return vanishes(logit - sum(terms[i] for i in kept))


@lemma("proof")
def additive_positions_give_four_terms() -> bool:
    """The logit of x + p with y + r is the sum of four terms: x with y, p with y, x with r, p with r."""
    return _explained_by(0, 1, 2, 3)


def degrees_in_positions(*expected: int) -> bool:
    """Whether each of the four terms scales with its power of t when both position vectors scale with t."""
    t = letter("t")
    _, plain = _additive(*POSITIONS)
    _, scaled = _additive(*(t * vector for vector in POSITIONS))
    return all(vanishes(s - t**power * term) for s, term, power in zip(scaled, plain, expected, strict=True))


@lemma("proof")
def one_term_is_free_of_positions_and_one_is_quadratic() -> bool:
    """Of the four terms the first knows no position, two are linear in the positions, and the last is quadratic."""
    return degrees_in_positions(0, 1, 1, 2)
