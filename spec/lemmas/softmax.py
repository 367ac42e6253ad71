"""Attention in symbols: every output is a quotient of two sums, and quotients are compared by cross multiplication.

A weight before division is exp(logit), or a positive letter that stands for any such number; a masked one is 0. So what
is shown with letters holds for every logit, and what is refuted is refuted for the logits that stand in the exponents.
"""

from collections.abc import Callable, Sequence
from itertools import combinations, permutations
from typing import Any

import sympy

from spec.proving.vanishing import vanishes

Quotient = tuple[Any, Any]
Weight = Callable[[int, int, int, int], Any]
"""Of token a for token b, where a stands at i and b stands at j: `weight(a, b, i, j)`, before division."""
Value = Callable[[int, int, int], Any]
"""What is read from token b at j by a query at i: `value(b, i, j)`."""


def letter(name: str, *index: int | str) -> sympy.Symbol:
    """A real number of its own for every index."""
    return sympy.Symbol("_".join([name, *map(str, index)]), real=True)


def column(name: str, *index: int | str) -> sympy.Matrix:
    """Two real numbers, a pair of coordinates, of their own for every index."""
    return sympy.Matrix([letter(name, *index, "a"), letter(name, *index, "b")])


def positive(name: str, *index: int) -> sympy.Symbol:
    """A positive number of its own for every index: what exp makes of any logit."""
    return sympy.Symbol("_".join([name, *map(str, index)]), positive=True)


def outputs(weights: Sequence[Sequence[Any]], values: Sequence[Sequence[Any]]) -> list[Quotient]:
    """The outputs at all queries, as quotients; weights and values have the shape (queries, keys)."""
    rows = zip(weights, values, strict=True)
    return [(sum(w * v for w, v in zip(row, read, strict=True)), sum(row)) for row, read in rows]


def content(token: int, i: int, j: int) -> Any:
    """A value that is the token's alone, wherever it stands and whoever reads it."""
    return letter("v", token)


def attend(tokens: Sequence[int], weight: Weight, value: Value = content, *, causal: bool = False) -> list[Quotient]:
    """The outputs where tokens[i] stands at position i; `causal` hides the keys behind the query."""
    places = range(len(tokens))
    return outputs(
        [[0 if causal and j > i else weight(tokens[i], tokens[j], i, j) for j in places] for i in places],
        [[value(tokens[j], i, j) for j in places] for i in places],
    )


def same(one: Quotient, other: Quotient) -> bool:
    """Whether two quotients are equal for all values of their letters."""
    difference = sympy.expand(one[0] * other[1] - other[0] * one[1], power_exp=False)
    return difference == 0 or vanishes(difference)


def all_same(quotients: Sequence[Quotient]) -> bool:
    """Whether quotients are equal to one another for all values of their letters."""
    return all(same(quotients[0], other) for other in quotients[1:])


def all_different(quotients: Sequence[Quotient]) -> bool:
    """Whether no two quotients are the same function of their letters."""
    return not any(same(one, other) for one, other in combinations(quotients, 2))


def equivariant(weight: Weight, value: Value = content, *, causal: bool = False, tokens: int = 3) -> bool:
    """Whether permuting the tokens permutes the outputs, in every order."""
    here = attend(range(tokens), weight, value, causal=causal)
    return all(
        same(output, here[token])
        for order in permutations(range(tokens))
        for token, output in zip(order, attend(order, weight, value, causal=causal), strict=True)
    )
