"""How encodings let the position into attention, read off their definitions: the logit, the value, or the weight.

Contents are columns of letters, what is learned are letters of its own, positions are integers, and parameters have
their defaults. What the functions below say of an encoding is decided for all values of these letters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import sympy
from sympy import Matrix
from sympy.core.function import AppliedUndef

from spec.definitions.definition import between
from spec.definitions.encoding import Encoding
from spec.definitions.evaluation import numbers
from spec.definitions.symbols import HEAD, HEADS, sequence
from spec.encodings.shaw import OFFSET, REACH
from spec.lemmas.softmax import Quotient, all_same, attend, equivariant, letter
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes
from spec.truth import ENCODINGS

POSITIONS, SHIFTS = (0, 1, 4, 11, 40), (1, 7)


@dataclass(frozen=True, eq=False)
class Channels:
    """The logit of content q at m with content k at n, the value read at m from n, the factor of the weight."""

    width: int
    logit: Callable[[Matrix, Matrix, int, int], Any]
    value: Callable[[Matrix, int, int], Matrix]
    weight: Callable[[int, int], Any]

    def content(self, name: str, *index: int) -> Matrix:
        """The content of a block, in letters of its own for every index."""
        return Matrix([letter(name, *index, i) for i in range(self.width)])


@cache
def channels(name: str) -> Channels:
    """What the definition of an encoding says of each channel."""
    encoding = ENCODINGS[name]
    definition = encoding.definition
    return Channels(
        width=encoding.width,
        logit=lambda q, k, m, n: _settled(encoding, definition.logit(q, k, m, n)),
        value=lambda v, m, n: _settled(encoding, definition.value(v, n)),
        weight=lambda m, n: _settled(encoding, definition.weight(m, n)),
    )


@cache
def shaw_with_values() -> Channels:
    """Shaw's encoding with the second table of the paper, which adds to the values: no form in q and k says so."""
    row = sequence("value_table")(OFFSET + REACH)

    def value(v: Matrix, m: int, n: int) -> Matrix:
        return v + Matrix([_settled(ENCODINGS["shaw"], between(row, m, n))])

    return replace(channels("shaw"), value=value)


def _settled(encoding: Encoding, expression: Any) -> Any:
    """With the default parameters, for a single head; functions of integers evaluated, what is learned as letters."""
    parameters = encoding.configured(encoding.dimension(8), {})
    known = {letter: int(value) if isinstance(value, bool) else value for letter, value in numbers(parameters).items()}
    settled = sympy.sympify(expression).subs({**known, HEAD: 0, HEADS: 1})

    def value(part: Any) -> Any:
        name = str(part.func)
        whole = encoding.functions.get(name)
        return letter(name, *map(str, part.args)) if whole is None else sympy.Integer(whole(*map(int, part.args)))

    return settled.replace(lambda part: isinstance(part, AppliedUndef), value, simultaneous=False)


def sinusoid(m: Any) -> Matrix:
    """One pair of the sinusoidal table at a position."""
    return Symbolic(ENCODINGS["sinusoidal"]).at(m)


@cache
def is_relative(of: Channels) -> bool:
    """Whether logit, value and weight are the same when both positions move by as much."""
    q, k, v = map(of.content, "qkv")

    @cache
    def seen(m: int, n: int) -> list[Any]:
        return [of.logit(q, k, m, n), *of.value(v, m, n), of.weight(m, n)]

    return all(
        there == here or vanishes(there - here)
        for m, n, c in product(POSITIONS, POSITIONS, SHIFTS)
        for there, here in zip(seen(m + c, n + c), seen(m, n), strict=True)
    )


def adds_a_matrix(of: Channels) -> bool:
    """Whether all that it adds to the dot products is a number for each pair of positions, whatever the contents."""
    q, k = map(of.content, "qk")
    return all(
        vanishes(sympy.diff(of.logit(q, k, m, n) - q.dot(k), content))
        for m, n in product(POSITIONS, POSITIONS)
        for content in (*q, *k)
    )


def acts_before_softmax(of: Channels) -> bool:
    """Whether positions reach the logits alone: neither the values nor the weights know them."""
    v = of.content("v")
    return all(
        all(map(vanishes, of.value(v, m, n) - v)) and vanishes(of.weight(m, n) - 1)
        for m, n in product(POSITIONS, POSITIONS)
    )


def _weight(of: Channels) -> Callable[[int, int, int, int], Any]:
    return lambda a, b, i, j: sympy.exp(of.logit(of.content("q", a), of.content("k", b), i, j))


def _value(of: Channels) -> Callable[[int, int, int], Any]:
    """Of the first coordinate."""
    return lambda b, i, j: of.weight(i, j) * of.value(of.content("v", b), i, j)[0]


def tells_orders_apart(of: Channels, *, causal: bool = False) -> bool:
    """Whether permuting the tokens does more than permute the outputs."""
    return not equivariant(_weight(of), _value(of), causal=causal)


def run(of: Channels, tokens: Sequence[int], *, causal: bool = False) -> list[Quotient]:
    """The outputs of attention, where tokens[i] stands at position i."""
    return attend(tokens, _weight(of), _value(of), causal=causal)


def passes_the_probe(of: Channels, *, causal: bool = False, marked: bool = False) -> bool:
    """Whether equal tokens get outputs that are not all equal; `marked`: with one other token in front of them."""
    found = run(of, [1, 0, 0, 0] if marked else [0, 0, 0], causal=causal)
    return not all_same(found[1:] if marked else found)
