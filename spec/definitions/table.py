"""A table of one row a position, added to the input: each block of coordinates is given its column.

PE_p[block i] = block(p, theta_i)
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, ClassVar

import sympy

from spec.definitions import refusals
from spec.definitions.blocks import NO_BLOCKS, Blocks
from spec.definitions.definition import on_every_axis, without_rotation
from spec.definitions.symbols import INDEX, KEY, POSITION, QUERY, THETA
from spec.definitions.verdict import Verdict
from spec.definitions.words import ActsOn, Role


@dataclass(frozen=True, eq=False)
class Table:
    """A column (w, 1) for every block, in POSITION, THETA and SCALE.

    What sees all axes of a grid is written in QUERY, one letter an axis. A learned table is written as TABLE(row,
    coordinate), and has so many `rows`; a row may be a sum of several, each with a weight. `roundings`, in the
    parameters, counts those that every right implementation needs beside the angles; of weighted rows, relative to the
    largest number among them.
    """

    block: sympy.ImmutableMatrix
    _: KW_ONLY
    blocks: Blocks = NO_BLOCKS
    rows: sympy.Expr | None = None
    roundings: sympy.Expr | int = 0

    place: ClassVar[ActsOn] = "input"
    spoken: ClassVar[str] = "a table added to the input"
    arguments: ClassVar[tuple[str, ...]] = ("positions", "dim")
    keywords: ClassVar[tuple[str, ...]] = ("dtype",)
    attends: ClassVar[bool] = True
    maps: ClassVar[bool] = False
    on_vectors: ClassVar[bool] = True
    exact_in: ClassVar[tuple[str, ...]] = ()
    verdicts: ClassVar[Mapping[str, Verdict]] = {}
    turn: ClassVar[None] = None
    roles: ClassVar[tuple[Role, ...]] = ("query",)
    renormalised: ClassVar[bool] = False
    averages: ClassVar[bool] = True
    scales_by_powers: ClassVar[bool] = False
    keeps_lengths: ClassVar[bool] = False
    scales_lengths: ClassVar[bool] = False
    lengthens_nothing: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Refuse what is no column, or has letters that mean nothing there."""
        refusals.matrix_of(
            "the block of a table", self.block, square=False, instead="what multiplies a vector is a Map"
        )
        refusals.letters_of("the block of a table", [self.block], refusals.BLOCK | {INDEX, *QUERY})
        refusals.rows_of(self.parts, self.rows)
        self.blocks.suit(self.width)

    @cached_property
    def width(self) -> int:
        """Coordinates in one block: 2 where sine and cosine belong together."""
        return int(self.block.rows)

    @cached_property
    def origin(self) -> float:
        """The position at which its angles are 0: that of the first row, unless positions are counted from another."""
        angles = [wave.args[0] for wave in self.block.atoms(sympy.sin, sympy.cos)]
        return -float(max([sympy.simplify(angle / THETA).subs(POSITION, 0) for angle in angles], default=0))

    @property
    def parts(self) -> tuple[sympy.ImmutableMatrix, ...]:
        """The column."""
        return (self.block,)

    @cached_property
    def without(self) -> Mapping[str, str]:
        """Why there is no such classic form, by its name."""
        return without_rotation(self)

    @cached_property
    def kernel(self) -> sympy.Expr:
        """A block's share of the dot product of two rows."""
        return self.at(self._place(QUERY)).dot(self.at(self._place(KEY)))

    @cached_property
    def effects(self) -> tuple[sympy.Expr, ...]:
        """The entries of a row."""
        return tuple(self.at(self._place(QUERY)))

    @property
    def equations(self) -> tuple[tuple[str, Any], ...]:
        """The column of a block."""
        return (("PE", self.block),)

    def at(self, position: Any, role: Role = "query") -> sympy.Matrix:
        """The column at a position."""
        along = list(map(sympy.sympify, on_every_axis(position)))
        return sympy.Matrix(self.block.xreplace({POSITION: along[0], **dict(zip(QUERY, along, strict=True))}))

    def _place(self, letters: Sequence[sympy.Symbol]) -> Any:
        """The letter of the one axis that a block follows, or the letters of all that it sees."""
        return sympy.Matrix(letters) if self.block.free_symbols & {*QUERY} else letters[0]

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any, *, opaque: bool = True) -> sympy.Expr:
        """A block's share of the logit of q at m with k at n, where projections are the identity."""
        return (self.apply(q, m).T * self.apply(k, n))[0]

    def value(self, v: sympy.Matrix, n: Any) -> sympy.Matrix:
        """The table reaches the values as well."""
        return v + self.at(n)

    def weight(self, m: Any, n: Any) -> sympy.Expr:
        """Weights are those of the softmax."""
        return sympy.S.One

    def apply(self, x: sympy.Matrix, position: Any, role: Role = "query", *, opaque: bool = True) -> sympy.Matrix:
        """What becomes of the content of a block."""
        return x + self.at(position)

    def result(self, x: sympy.Matrix, position: Any, *, opaque: bool = True) -> sympy.Matrix:
        """What a call gives: the column, whatever the content."""
        return self.at(position)

    def result_at_zero(self, x: sympy.Matrix) -> sympy.Matrix:
        """Row 0 should be 0, 1, 0, 1, ..., or all zeros."""
        return sympy.Matrix([0, 1][: self.width])

    def length_squared(self, x: sympy.Matrix) -> sympy.Expr:
        """All rows should have the length sqrt(dim / 2)."""
        return sympy.Rational(self.width, 2)

    def off_spectrum(self, m: Any) -> list[sympy.Expr]:
        """A row should obey f(m + 1) + f(m - 1) = 2 cos(theta) f(m)."""
        return [self.at(m + 1) + self.at(m - 1) - 2 * sympy.cos(THETA) * self.at(m)]
