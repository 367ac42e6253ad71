"""A factor on the weights, behind the softmax: one number for each query position, key position and head.

weight * factor(m, n)
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, ClassVar

import sympy

from spec.definitions import refusals
from spec.definitions.blocks import ONE_NUMBER, Blocks
from spec.definitions.definition import AVERAGED, between, without_rotation
from spec.definitions.symbols import INDEX, SCALE, THETA
from spec.definitions.verdict import Verdict
from spec.definitions.words import ActsOn, Role


@dataclass(frozen=True, eq=False)
class Factor:
    """An expression in QUERY, KEY, HEAD and HEADS; `renormalised`: the rows of weights then sum to 1 again.

    A learned one is written as TABLE(row, HEAD), and has so many `rows`. `roundings` counts those that every right
    implementation needs.
    """

    entry: sympy.Expr
    _: KW_ONLY
    renormalised: bool = False
    rows: Mapping[str, sympy.Expr] | sympy.Expr | None = None
    roundings: int = 0

    place: ClassVar[ActsOn] = "weights"
    spoken: ClassVar[str] = "a factor on the weights"
    arguments: ClassVar[tuple[str, ...]] = ("weights", "query_positions", "key_positions")
    keywords: ClassVar[tuple[str, ...]] = ()
    attends: ClassVar[bool] = True
    maps: ClassVar[bool] = False
    on_vectors: ClassVar[bool] = False
    exact_in: ClassVar[tuple[str, ...]] = ()
    blocks: ClassVar[Blocks] = ONE_NUMBER
    width: ClassVar[int] = 1
    turn: ClassVar[None] = None
    factors: ClassVar[int] = 0
    roles: ClassVar[tuple[Role, ...]] = ("query",)

    def __post_init__(self) -> None:
        """Refuse what is no single expression of two positions."""
        refusals.scalar("a factor", self.entry, "what multiplies query and key is a Form")
        refusals.letters_of("a factor", [self.entry], refusals.PAIR - {THETA, SCALE, INDEX})
        refusals.rows_of(self.parts, self.rows)
        refusals.layers_of("a factor", self.parts)

    @property
    def averages(self) -> bool:
        """Whether the weights of a row sum to 1."""
        return self.renormalised

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """Where rows sum to 1, they average."""
        return AVERAGED if self.averages else {}

    @property
    def parts(self) -> tuple[sympy.Expr, ...]:
        """The factor."""
        return (self.entry,)

    @cached_property
    def without(self) -> Mapping[str, str]:
        """Why there is no such classic form, by its name."""
        return without_rotation(self)

    @property
    def entries(self) -> Mapping[tuple[int, int], sympy.Expr]:
        """The factor, which multiplies no coordinate of query or key."""
        return {(0, 0): self.entry}

    @property
    def kernel(self) -> sympy.Expr:
        """The factor: the logits are the same everywhere."""
        return self.entry

    @property
    def effects(self) -> tuple[sympy.Expr, ...]:
        """The factor."""
        return (self.entry,)

    @property
    def equations(self) -> tuple[tuple[str, Any], ...]:
        """The new weight."""
        return (("w'", sympy.Mul(self.entry, sympy.Symbol("w"), evaluate=False)),)

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any, *, opaque: bool = True) -> sympy.Expr:
        """The plain product."""
        return q.dot(k)

    def value(self, v: sympy.Matrix, n: Any) -> sympy.Matrix:
        """Values stay as they are."""
        return v

    def weight(self, m: Any, n: Any) -> sympy.Expr:
        """The factor of the weight with which a query at m reads from n."""
        return between(self.entry, m, n)
