"""A definition in symbols: one block with theta left open, so that what is proved holds for every frequency.

Blocks act on separate coordinates and logits are sums over blocks, so an identity of one block with symbolic theta
is the identity of the whole encoding, in every dimension and for every base. On a grid a block follows one axis, so
that its position is a number there as well; a form in query and key sees all axes, and its positions are columns.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from sympy.simplify.fu import TR10i

from spec.definitions.encoding import Encoding, rotation
from spec.definitions.symbols import CONTENT, KEY, POSITION, QUERY, THETA, sequence

VECTORS = frozenset("qkxyg")
PLACES = frozenset("mnlc")


@dataclass(frozen=True)
class Symbolic:
    """One block of an encoding, as the statements see it."""

    encoding: Encoding
    theta: sympy.Symbol = THETA
    opaque: bool = True
    """Of the turn of a content, proofs use only that it depends on that content alone, unless it is algebraic."""

    def at(self, position: Any, role: str = "query") -> sympy.Matrix:
        """The block at a position, a matrix for `query-key` and a column for `input`."""
        keys = role == "key" and self.encoding.key_block is not None
        block = self.encoding.key_block if keys else self.encoding.block
        assert block is not None
        return sympy.Matrix(block.subs(POSITION, position))

    @property
    def identity(self) -> sympy.Matrix:
        """The block that changes nothing."""
        return sympy.eye(self.encoding.width)

    def apply(self, x: sympy.Matrix, position: Any, role: str = "query") -> sympy.Matrix:
        """What becomes of the content of a block."""
        block = self.at(position, role)
        if self.encoding.acts_on == "input":
            return x + block
        return block * x if self.encoding.turn is None else self._turned(block, x)

    def _turned(self, block: sympy.Matrix, x: sympy.Matrix) -> sympy.Matrix:
        """What a block makes of a content that turns by itself before: a single rotation, where its angle is opaque."""
        assert self.encoding.turn is not None
        own = rotation(self.encoding.turn.subs(dict(zip(CONTENT, x, strict=True)), simultaneous=True))
        if not own.has(sympy.atan2):
            return block * sympy.simplify(own * x)
        if self.opaque:
            own = rotation(sequence("turn")(*x))
        return (block * own).applyfunc(TR10i) * x

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any) -> sympy.Expr:
        """The block's share of the logit of q at m with k at n; what acts on weights takes q . k as the weight."""
        if self.encoding.score is not None:
            one = sympy.Matrix([1])
            return (q.col_join(one).T * self.between(self.encoding.score, m, n) * k.col_join(one))[0]
        if self.encoding.factor is not None:
            return q.dot(k) * self.between(self.encoding.factor, m, n)
        return (self.apply(q, m, "query").T * self.apply(k, n, "key"))[0]

    def between(self, expression: Any, m: Any, n: Any) -> Any:
        """An expression of QUERY and KEY at these positions; on a grid, a number stands for its place on the line."""
        places = zip((*QUERY, *KEY), (*self._on_every_axis(m), *self._on_every_axis(n)), strict=True)
        return expression.subs(dict(places), simultaneous=True)

    def _on_every_axis(self, position: Any) -> list[Any]:
        if self.on_a_grid and isinstance(position, int):
            position = sympy.Matrix(self.encoding.line(position)[: self.encoding.axes])
        if isinstance(position, sympy.MatrixBase):
            return [*position, *[0] * (len(QUERY) - len(position))]
        return [position] * len(QUERY)

    @cached_property
    def on_a_grid(self) -> bool:
        """Whether a position is a column, one entry an axis."""
        return self.encoding.axes > 1 and self.encoding.block is None


def letters(residual: Callable[..., Any], encoding: Encoding) -> dict[str, Any]:
    """A symbol for each letter of a residual: real numbers, columns of real numbers for vectors and for grid places."""
    names = list(inspect.signature(residual).parameters)[1:]
    grid = Symbolic(encoding).on_a_grid
    sizes = {
        name: encoding.width if name in VECTORS else encoding.axes if grid and name in PLACES else 0 for name in names
    }
    return {
        name: sympy.Matrix(sympy.symbols(f"{name}:{size}", real=True)) if size else sympy.Symbol(name, real=True)
        for name, size in sizes.items()
    }


def entries(residual: list[Any]) -> tuple[sympy.Expr, ...]:
    """The scalar expressions of a residual, matrices taken entry by entry."""
    scalars = (entry for item in residual for entry in (item if isinstance(item, sympy.MatrixBase) else [item]))
    return tuple(sympy.sympify(scalar) for scalar in scalars)
