"""A definition in symbols: one block with theta left open, so that what is proved holds for every frequency.

Blocks act on separate coordinates and logits are sums over blocks, so an identity of one block with symbolic theta
is the identity of the whole encoding, in every dimension and for every base. On a grid a block follows one axis, so
that its position is a number there as well; a form in query and key sees all axes, and its positions are columns.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import sympy

from spec.definitions.definition import OnVectors
from spec.definitions.encoding import Encoding
from spec.definitions.form import Form
from spec.definitions.symbols import THETA
from spec.definitions.words import Role

VECTORS = frozenset("qkxyg")
PLACES = frozenset("mnlc")


@dataclass(frozen=True)
class Symbolic:
    """One block of an encoding, as the statements see it."""

    encoding: Encoding
    theta: sympy.Symbol = THETA
    opaque: bool = True
    """Of the turn of a content, proofs use only that it depends on that content alone, unless it is algebraic."""

    @property
    def identity(self) -> sympy.Matrix:
        """The block that changes nothing."""
        return sympy.eye(self.encoding.width)

    @property
    def vectors(self) -> OnVectors:
        """The definition, where it says what becomes of a vector at a position."""
        return cast(OnVectors, self.encoding.definition)

    def at(self, position: Any, role: Role = "query") -> sympy.Matrix:
        """The block at a position, a matrix for `query-key` and a column for `input`."""
        return self.vectors.at(position, role)

    def apply(self, x: sympy.Matrix, position: Any, role: Role = "query") -> sympy.Matrix:
        """What becomes of the content of a block."""
        return self.vectors.apply(x, position, role, opaque=self.opaque)

    def result(self, x: sympy.Matrix, position: Any) -> sympy.Matrix:
        """What a call gives for the content of a block: what became of it, or the row of a table."""
        return self.vectors.result(x, position, opaque=self.opaque)

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any) -> sympy.Expr:
        """The block's share of the logit of q at m with k at n; what acts on weights takes q . k as the weight."""
        definition, places = self.encoding.definition, (self._place(m), self._place(n))
        return definition.logit(q, k, *places, opaque=self.opaque) * definition.weight(*places)

    def images(self, x: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any) -> list[Any]:
        """What is made of the content x: its image under a map; its logits, as a query at m and as a key at n."""
        if self.encoding.definition.maps:
            return [self.apply(x, m)]
        return [self.logit(x, k, m, n), self.logit(k, x, m, n)]

    def factors(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any) -> tuple[sympy.Matrix, sympy.Matrix]:
        """The contents whose product is the logit, or that term of it in which query and key meet."""
        if self.encoding.definition.maps:
            return self.apply(q, m, "query"), self.apply(k, n, "key")
        return q, cast(Form, self.encoding.definition).between(self._place(m), self._place(n)) * k

    def _place(self, position: Any) -> Any:
        """On a grid, a number stands for its place on the line."""
        if self.on_a_grid and isinstance(position, int):
            return sympy.Matrix(self.encoding.grid.line(position)[: self.encoding.grid.axes])
        return position

    @cached_property
    def on_a_grid(self) -> bool:
        """Whether a position is a column, one entry an axis."""
        return self.encoding.grid.axes > 1 and self.encoding.blocks.axis is None


def letters(residual: Callable[..., Any], encoding: Encoding) -> dict[str, Any]:
    """A symbol for each letter of a residual: real numbers, columns of real numbers for vectors and for grid places."""
    names = list(inspect.signature(residual).parameters)[1:]
    grid = Symbolic(encoding).on_a_grid
    sizes = {
        name: encoding.width if name in VECTORS else encoding.grid.axes if grid and name in PLACES else 0
        for name in names
    }
    return {
        name: sympy.Matrix(sympy.symbols(f"{name}:{size}", real=True)) if size else sympy.Symbol(name, real=True)
        for name, size in sizes.items()
    }


def entries(residual: list[Any]) -> tuple[sympy.Expr, ...]:
    """The scalar expressions of a residual, matrices taken entry by entry."""
    scalars = (entry for item in residual for entry in (item if isinstance(item, sympy.MatrixBase) else [item]))
    return tuple(sympy.sympify(scalar) for scalar in scalars)
