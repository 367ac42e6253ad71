"""The equations that define an encoding, as they are shown."""

from typing import Any

import sympy

from spec import Encoding
from spec.definitions.symbols import SCALE, THETA

X, Q, K, W = sympy.symbols("x q k w")


def definition(encoding: Encoding) -> list[Any]:
    """Equations, in the order in which they are read; none for what is defined by a rule in words."""
    own = [] if encoding.turn is None else [_equal("phase", sympy.Symbol("phase") + encoding.turn)]
    return [*own, *_acting(encoding), *_per_block(encoding)]


def _acting(encoding: Encoding) -> list[Any]:
    if encoding.acts_on == "input":
        return [_equal("PE", encoding.block)]
    if encoding.key_block is not None:
        blocks = ((encoding.block, Q, "q'"), (encoding.key_block, K, "k'"))
        return [_equal(left, sympy.MatMul(block, x, evaluate=False)) for block, x, left in blocks]
    if encoding.block is not None:
        return [_equal("y", sympy.MatMul(encoding.block, X, evaluate=False))]
    if encoding.acts_on == "score" and encoding.score is not None:
        return [_equal("bias", encoding.score[-1, -1])]
    if encoding.score is not None:
        return [
            _equal(
                "logit", sympy.MatMul(_and_one(Q, encoding).T, encoding.score, _and_one(K, encoding), evaluate=False)
            )
        ]
    if encoding.factor is not None:
        return [_equal("w'", sympy.Mul(encoding.factor, W, evaluate=False))]
    return []


def _and_one(content: sympy.Symbol, encoding: Encoding) -> sympy.ImmutableMatrix:
    """The content of a block, lengthened by a 1."""
    return sympy.ImmutableMatrix([*sympy.symbols(f"{content}:{encoding.width}"), 1])


def _per_block(encoding: Encoding) -> list[Any]:
    parts = ((THETA, "theta_i", encoding.frequency), (SCALE, "s_i", encoding.scale))
    return [_equal(name, value) for letter, name, value in parts if letter in encoding.letters]


def _equal(left: str, right: Any) -> sympy.Eq:
    return sympy.Eq(sympy.Symbol(left), right, evaluate=False)
