"""A bilinear form in query and key: the terms of content with content, of content with position, and a bias.

logit = sum over the blocks of (q, 1) @ matrix(m, n, theta_i) @ (k, 1)
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from itertools import product
from typing import Any, ClassVar

import sympy

from spec.definitions import refusals
from spec.definitions.blocks import NO_BLOCKS, Blocks
from spec.definitions.definition import AVERAGED, between, without_rotation
from spec.definitions.verdict import Verdict
from spec.definitions.words import ActsOn, Role

JOINED = "its terms join a query with a key: there is no map of one vector to write down"


@dataclass(frozen=True, eq=False)
class Form:
    """A matrix (w + 1, w + 1) for every block, in QUERY, KEY, THETA, SCALE and HEAD; the bias is in its corner.

    Learned numbers are written as TABLE(row, coordinate), of so many `rows`, by name where tables have others, or as
    content_bias(coordinate) and position_bias(coordinate). `roundings` counts those that every right implementation
    needs beside the angles.
    """

    matrix: sympy.ImmutableMatrix
    _: KW_ONLY
    blocks: Blocks = NO_BLOCKS
    rows: Mapping[str, sympy.Expr] | sympy.Expr | None = None
    roundings: int = 0

    place: ClassVar[ActsOn] = "content-score"
    spoken: ClassVar[str] = "terms in the logits"
    arguments: ClassVar[tuple[str, ...]] = ("q", "k", "query_positions", "key_positions")
    keywords: ClassVar[tuple[str, ...]] = ()
    attends: ClassVar[bool] = True
    maps: ClassVar[bool] = False
    on_vectors: ClassVar[bool] = False
    exact_in: ClassVar[tuple[str, ...]] = ()
    verdicts: ClassVar[Mapping[str, Verdict]] = AVERAGED
    turn: ClassVar[None] = None
    roles: ClassVar[tuple[Role, ...]] = ("query",)
    renormalised: ClassVar[bool] = False
    factors: ClassVar[int] = 0
    averages: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse what is no form of contents that are lengthened by a 1."""
        alone = "it has a row and a column for the 1 behind each content; a bias alone is a Bias"
        refusals.matrix_of("a form in query and key", self.matrix, square=True, instead=alone)
        if self.matrix.rows < 2:
            raise ValueError(f"expected a form of at least 2 x 2, got {self.matrix.rows} x {self.matrix.rows}; {alone}")
        refusals.letters_of("a form in query and key", [self.matrix], refusals.PAIR)
        refusals.rows_of(self.parts, self.rows)
        refusals.layers_of("a form in query and key", self.parts)
        self.blocks.suit(self.width)

    @cached_property
    def width(self) -> int:
        """Coordinates of the content in one block."""
        return int(self.matrix.rows) - 1

    @property
    def parts(self) -> tuple[sympy.ImmutableMatrix, ...]:
        """The form."""
        return (self.matrix,)

    @cached_property
    def without(self) -> Mapping[str, str]:
        """Why there is no such classic form, by its name."""
        return {"matrix": JOINED, "elementwise": JOINED, **without_rotation(self)}

    @property
    def entries(self) -> Mapping[tuple[int, int], sympy.Expr]:
        """By the coordinates of query and key that they multiply; the last one is the 1 behind each."""
        return {(row, column): self.matrix[row, column] for row, column in product(range(self.width + 1), repeat=2)}

    @cached_property
    def kernel(self) -> sympy.Expr:
        """The logit of equal contents (1, 0, ...) in one block."""
        return sympy.Add(*(self.matrix[row, column] for row in (0, -1) for column in (0, -1)))

    @property
    def effects(self) -> tuple[sympy.Expr, ...]:
        """The bias."""
        return (self.matrix[-1, -1],)

    @property
    def equations(self) -> tuple[tuple[str, Any], ...]:
        """A block's share of the logit, of contents lengthened by a 1."""
        q, k = (sympy.ImmutableMatrix([*sympy.symbols(f"{name}:{self.width}"), 1]) for name in "qk")
        return (("logit", sympy.MatMul(q.T, self.matrix, k, evaluate=False)),)

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any, *, opaque: bool = True) -> sympy.Expr:
        """A block's share of the logit of q at m with k at n."""
        one = sympy.Matrix([1])
        return (q.col_join(one).T * between(self.matrix, m, n) * k.col_join(one))[0]

    def between(self, m: Any, n: Any) -> sympy.Matrix:
        """What stands between the contents of a query at m and of a key at n."""
        return sympy.Matrix(between(self.matrix[: self.width, : self.width], m, n))

    def value(self, v: sympy.Matrix, n: Any) -> sympy.Matrix:
        """Values stay as they are."""
        return v

    def weight(self, m: Any, n: Any) -> sympy.Expr:
        """Weights are those of the softmax."""
        return sympy.S.One
