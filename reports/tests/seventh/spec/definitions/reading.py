"""What is read of a value: every value is multiplied by a number of its position.

value at n = entry(n) v
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import sympy

from spec.definitions import refusals
from spec.definitions.blocks import ONE_NUMBER, Blocks
from spec.definitions.definition import without_rotation
from spec.definitions.symbols import KEY, POSITION
from spec.definitions.verdict import Verdict
from spec.definitions.words import ActsOn, Role


@dataclass(frozen=True, eq=False)
class Reading:
    """An expression in POSITION. `roundings` counts those that every right implementation needs."""

    entry: sympy.Expr
    _: KW_ONLY
    roundings: int = 0

    place: ClassVar[ActsOn] = "values"
    spoken: ClassVar[str] = "a factor on the values"
    arguments: ClassVar[tuple[str, ...]] = ("v", "positions")
    keywords: ClassVar[tuple[str, ...]] = ()
    attends: ClassVar[bool] = True
    maps: ClassVar[bool] = False
    on_vectors: ClassVar[bool] = False
    exact_in: ClassVar[tuple[str, ...]] = ()
    averages: ClassVar[bool] = False
    verdicts: ClassVar[Mapping[str, Verdict]] = {}
    blocks: ClassVar[Blocks] = ONE_NUMBER
    width: ClassVar[int] = 1
    rows: ClassVar[None] = None
    turn: ClassVar[None] = None
    roles: ClassVar[tuple[Role, ...]] = ("query",)

    def __post_init__(self) -> None:
        """Refuse what is no single expression."""
        refusals.scalar("a factor on the values", self.entry, "what multiplies query and key is a Form")

    @property
    def parts(self) -> tuple[sympy.Expr, ...]:
        """The factor."""
        return (self.entry,)

    @property
    def without(self) -> Mapping[str, str]:
        """Why there is no such classic form, by its name."""
        return without_rotation(self)

    @property
    def kernel(self) -> sympy.Expr:
        """The logits are the same everywhere."""
        return sympy.S.One

    @property
    def effects(self) -> tuple[sympy.Expr, ...]:
        """The factor, at the key."""
        return (self.entry.subs(POSITION, KEY[0]),)

    @property
    def equations(self) -> tuple[tuple[str, Any], ...]:
        """The new value."""
        return (("v'", sympy.Mul(self.entry, sympy.Symbol("v"), evaluate=False)),)

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any, *, opaque: bool = True) -> sympy.Expr:
        """The plain product."""
        return q.dot(k)

    def value(self, v: sympy.Matrix, n: Any) -> sympy.Matrix:
        """What is read of a value at n."""
        return v * self.entry.subs(POSITION, n)

    def weight(self, m: Any, n: Any) -> sympy.Expr:
        """Weights are those of the softmax."""
        return sympy.S.One
