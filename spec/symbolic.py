"""A definition in symbols: one block with theta left open, so that what is proved holds for every frequency.

Blocks act on separate coordinates and logits are sums over blocks, so an identity of one block with symbolic theta
is the identity of the whole encoding, in every dimension and for every base.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy

from spec.encoding import Encoding
from spec.symbols import POSITION, THETA

VECTORS = frozenset("qkxyg")


@dataclass(frozen=True)
class Symbolic:
    """One block of an encoding, as the statements see it."""

    encoding: Encoding
    theta: sympy.Symbol = THETA

    def at(self, position: Any) -> sympy.Matrix:
        """The block at a position, a matrix for `query-key` and a column for `input`."""
        return sympy.Matrix(self.encoding.block.subs(POSITION, position))

    @property
    def identity(self) -> sympy.Matrix:
        """The block that changes nothing."""
        return sympy.eye(self.encoding.width)

    def apply(self, x: sympy.Matrix, position: Any) -> sympy.Matrix:
        """What becomes of the content of a block."""
        return self.at(position) * x if self.encoding.acts_on == "query-key" else x + self.at(position)

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any) -> sympy.Expr:
        """The block's share of the logit of q at m with k at n."""
        return (self.apply(q, m).T * self.apply(k, n))[0]


def letters(residual: Callable[..., Any], width: int) -> dict[str, Any]:
    """A symbol for each letter of a residual: real numbers, and columns of `width` real numbers for q, k, x, y, g."""
    names = list(inspect.signature(residual).parameters)[1:]
    return {
        name: sympy.Matrix(sympy.symbols(f"{name}:{width}", real=True))
        if name in VECTORS
        else sympy.Symbol(name, real=True)
        for name in names
    }


def entries(residual: list[Any]) -> tuple[sympy.Expr, ...]:
    """The scalar expressions of a residual, matrices taken entry by entry."""
    scalars = (entry for item in residual for entry in (item if isinstance(item, sympy.MatrixBase) else [item]))
    return tuple(sympy.sympify(scalar) for scalar in scalars)
