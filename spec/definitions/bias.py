"""A bias on the logits: one number for each query position, key position and head, whatever the contents."""

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
class Bias:
    """An expression in QUERY, KEY, HEAD and HEADS; with `blocks`, the sum of one in THETA, SCALE and INDEX as well.

    A learned one is written as TABLE(row, HEAD), and has so many `rows`, or as a vector of the heads, such as r1(HEAD).
    What is learned is a factor, or stands in an exponent or in the logarithm of 1 and a product. Layers of a network
    are refused, such as those of FIRE and of Swin v2: how wrong right code may be follows there from its sums and
    activations, for which no bound is derived. `roundings` counts those that every right implementation needs; of so
    many equal `factors`, in HEAD and HEADS, its powers may be made.
    """

    entry: sympy.Expr
    _: KW_ONLY
    rows: Mapping[str, sympy.Expr] | sympy.Expr | None = None
    roundings: int = 0
    blocks: Blocks = ONE_NUMBER
    factors: sympy.Expr | int = 0

    place: ClassVar[ActsOn] = "score"
    spoken: ClassVar[str] = "a bias on the logits"
    arguments: ClassVar[tuple[str, ...]] = ("query_positions", "key_positions", "heads")
    keywords: ClassVar[tuple[str, ...]] = ("dtype",)
    attends: ClassVar[bool] = True
    maps: ClassVar[bool] = False
    on_vectors: ClassVar[bool] = False
    exact_in: ClassVar[tuple[str, ...]] = ()
    verdicts: ClassVar[Mapping[str, Verdict]] = AVERAGED
    width: ClassVar[int] = 1
    turn: ClassVar[None] = None
    roles: ClassVar[tuple[Role, ...]] = ("query",)
    renormalised: ClassVar[bool] = False
    averages: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse what is no single expression of two positions."""
        refusals.scalar("a bias", self.entry, "what multiplies query and key is a Form")
        of_a_block = {THETA, SCALE, INDEX} if self.blocks is ONE_NUMBER else set()
        refusals.letters_of("a bias", [self.entry], refusals.PAIR - of_a_block)
        refusals.rows_of(self.parts, self.rows)
        refusals.layers_of("a bias", self.parts, sympy.log)

    @property
    def parts(self) -> tuple[sympy.Expr, ...]:
        """The bias."""
        return (self.entry,)

    @cached_property
    def without(self) -> Mapping[str, str]:
        """Why there is no such classic form, by its name."""
        return without_rotation(self)

    @property
    def entries(self) -> Mapping[tuple[int, int], sympy.Expr]:
        """By the coordinates of query and key that it multiplies: those of the 1 behind each."""
        return {(1, 1): self.entry}

    @property
    def kernel(self) -> sympy.Expr:
        """The bias: what contents add is the same everywhere."""
        return self.entry

    @property
    def effects(self) -> tuple[sympy.Expr, ...]:
        """The bias."""
        return (self.entry,)

    @property
    def equations(self) -> tuple[tuple[str, Any], ...]:
        """The bias."""
        return (("bias", self.entry),)

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any, *, opaque: bool = True) -> sympy.Expr:
        """The plain product, and the bias beside it."""
        return q.dot(k) + between(self.entry, m, n)

    def value(self, v: sympy.Matrix, n: Any) -> sympy.Matrix:
        """Values stay as they are."""
        return v

    def weight(self, m: Any, n: Any) -> sympy.Expr:
        """Weights are those of the softmax."""
        return sympy.S.One
