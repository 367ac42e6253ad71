"""How published methods let the position into attention: through the logit, the value that is read, or the weight.

Contents are columns of letters, learned parameters are letters of their own, positions are integers. What the
functions below say of a method is decided for all values of these letters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

import sympy
from sympy import Matrix

from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.lemmas.softmax import Quotient, all_same, attend, column, equivariant, letter
from spec.proving.vanishing import vanishes

POSITIONS, SHIFTS = (0, 1, 4, 11, 40), (1, 7)
Q, K, V = column("q"), column("k"), letter("v")


@dataclass(frozen=True)
class Method:
    """The logit of content q at m with content k at n, the value read at m from n, the factor of the weight."""

    logit: Callable[[Matrix, Matrix, int, int], Any]
    value: Callable[[Any, int, int], Any] = lambda v, m, n: v
    factor: Callable[[int, int], Any] = lambda m, n: 1


def _clipped(offset: int) -> int:
    return max(-3, min(3, offset))


def _bucket(offset: int) -> str:
    """T5's bucket of an offset, 16 a side and 128 far, decided in integers: (distance / 8)^8 >= 16^j."""
    distance = abs(offset)
    near = distance if distance < 8 else 8 + sum(distance**8 >= 8**8 * 16**j for j in range(1, 8))
    return f"{near}after" if offset > 0 else f"{near}before"


def sinusoid(m: Any) -> Matrix:
    """One pair of the sinusoidal table at a position."""
    return Matrix([sympy.sin(m * THETA), sympy.cos(m * THETA)])


def _turned(x: Matrix, m: int) -> Matrix:
    return rotation(m * THETA) * x


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "nope": Method(lambda q, k, m, n: q.dot(k)),
        "learned": Method(
            lambda q, k, m, n: (q + column("Wq p", m)).dot(k + column("Wk p", n)),
            value=lambda v, m, n: v + letter("Wv p", n),
        ),
        "sinusoidal": Method(
            lambda q, k, m, n: (q + sinusoid(m)).dot(k + sinusoid(n)),
            value=lambda v, m, n: v + sinusoid(n)[0],
        ),
        "rope": Method(lambda q, k, m, n: _turned(q, m).dot(_turned(k, n))),
        "t5": Method(lambda q, k, m, n: q.dot(k) + letter("bias", _bucket(n - m))),
        "alibi": Method(lambda q, k, m, n: q.dot(k) - letter("slope") * abs(n - m)),
        "xlnet": Method(lambda q, k, m, n: (q + column("u")).dot(k) + (q + column("w")).dot(column("r", m - n))),
        "deberta": Method(
            lambda q, k, m, n: (
                q.dot(k) + q.dot(column("key", _clipped(m - n))) + k.dot(column("query", _clipped(n - m)))
            )
        ),
        "shaw": Method(
            lambda q, k, m, n: q.dot(k + column("a", _clipped(n - m))),
            value=lambda v, m, n: v + letter("c", _clipped(n - m)),
        ),
        "urpe": Method(lambda q, k, m, n: q.dot(k), factor=lambda m, n: letter("factor", m - n)),
    }
)


def is_relative(method: Method) -> bool:
    """Whether logit, value and factor are the same when both positions move by as much."""

    def seen(m: int, n: int) -> list[Any]:
        return [method.logit(Q, K, m, n), method.value(V, m, n), method.factor(m, n)]

    return all(
        vanishes(there - here)
        for m, n, c in product(POSITIONS, POSITIONS, SHIFTS)
        for there, here in zip(seen(m + c, n + c), seen(m, n), strict=True)
    )


def adds_a_matrix(method: Method) -> bool:
    """Whether all that it adds to the dot products is a number for each pair of positions, whatever the contents."""
    contents = [*Q, *K]
    return all(
        vanishes(sympy.diff(method.logit(Q, K, m, n) - Q.dot(K), content))
        for m, n in product(POSITIONS, POSITIONS)
        for content in contents
    )


def acts_before_softmax(method: Method) -> bool:
    """Whether positions reach the logits alone: neither the values nor the weights know them."""
    return all(
        vanishes(method.value(V, m, n) - V) and vanishes(method.factor(m, n) - 1)
        for m, n in product(POSITIONS, POSITIONS)
    )


def _weight(method: Method) -> Callable[[int, int, int, int], Any]:
    return lambda a, b, i, j: sympy.exp(method.logit(column("q", a), column("k", b), i, j))


def _value(method: Method) -> Callable[[int, int, int], Any]:
    return lambda b, i, j: method.factor(i, j) * method.value(letter("v", b), i, j)


def tells_orders_apart(method: Method, *, causal: bool = False) -> bool:
    """Whether permuting the tokens does more than permute the outputs."""
    return not equivariant(_weight(method), _value(method), causal=causal)


def run(method: Method, tokens: Sequence[int], *, causal: bool = False) -> list[Quotient]:
    """The outputs of attention under a method, where tokens[i] stands at position i."""
    return attend(tokens, _weight(method), _value(method), causal=causal)


def passes_the_probe(method: Method, *, causal: bool = False, marked: bool = False) -> bool:
    """Whether equal tokens get outputs that are not all equal; `marked`: with one other token in front of them."""
    found = run(method, [1, 0, 0, 0] if marked else [0, 0, 0], causal=causal)
    return not all_same(found[1:] if marked else found)
