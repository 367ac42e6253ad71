"""An assignment of positions: it says where the tokens of a mixed sequence stand, and nothing of attention."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import sympy

from spec.definitions.blocks import NO_BLOCKS, Blocks
from spec.definitions.placing import Places, Segment
from spec.definitions.verdict import Verdict
from spec.definitions.words import CLASSIC, ActsOn, Role


def unchanged(segments: Sequence[Segment]) -> list[Segment]:
    """The segments as they are given."""
    return list(segments)


@dataclass(frozen=True, eq=False)
class Assignment:
    """`places(segments, *, start=0)` gives every token and patch its place, in the order of the sequence.

    The segments are those that `tokens(segments)` makes of those given: with markers added, or patches merged. Where
    the patches of a frame do not come row by row, `ranks(segment)` says of each, row by row, how many of its frame come
    before it. All three take the parameters of the encoding that they name. `roundings` counts those that every right
    implementation needs.
    """

    places: Places
    _: KW_ONLY
    tokens: Callable[..., list[Any]] = unchanged
    ranks: Callable[..., Sequence[int]] | None = None
    roundings: int = 0

    place: ClassVar[ActsOn] = "positions"
    spoken: ClassVar[str] = "an assignment of positions"
    arguments: ClassVar[tuple[str, ...]] = ("segments",)
    keywords: ClassVar[tuple[str, ...]] = ()
    attends: ClassVar[bool] = False
    maps: ClassVar[bool] = False
    on_vectors: ClassVar[bool] = False
    exact_in: ClassVar[tuple[str, ...]] = ("float64",)
    verdicts: ClassVar[Mapping[str, Verdict]] = {}
    without: ClassVar[Mapping[str, str]] = dict.fromkeys(
        CLASSIC, "positions are assigned by counting; no vector is computed"
    )
    blocks: ClassVar[Blocks] = NO_BLOCKS
    width: ClassVar[int] = 1
    parts: ClassVar[tuple[Any, ...]] = ()
    turn: ClassVar[None] = None
    roles: ClassVar[tuple[Role, ...]] = ("query",)
    rows: ClassVar[None] = None
    renormalised: ClassVar[bool] = False
    averages: ClassVar[bool] = True
    kernel: ClassVar[sympy.Expr] = sympy.S.One
    effects: ClassVar[tuple[sympy.Expr, ...]] = ()
    equations: ClassVar[tuple[tuple[str, Any], ...]] = ()

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any, *, opaque: bool = True) -> sympy.Expr:
        """The plain product: attention is left to what is used at these positions."""
        return q.dot(k)

    def value(self, v: sympy.Matrix, n: Any) -> sympy.Matrix:
        """Values stay as they are."""
        return v

    def weight(self, m: Any, n: Any) -> sympy.Expr:
        """Weights are those of the softmax."""
        return sympy.S.One
