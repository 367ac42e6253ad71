"""A map of queries and keys: each block of coordinates is multiplied by its matrix.

y[block i] = block(p, theta_i) @ x[block i]
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, ClassVar

import sympy
from sympy.simplify.fu import TR5, TR10i

from spec.definitions import refusals
from spec.definitions.blocks import NO_BLOCKS, Blocks
from spec.definitions.definition import AVERAGED, turns, without_phase
from spec.definitions.rotations import rotation
from spec.definitions.symbols import CONTENT, KEY, POSITION, QUERY, SCALE, THETA, sequence
from spec.definitions.verdict import Verdict
from spec.definitions.words import ActsOn, Role


@dataclass(frozen=True, eq=False)
class Map:
    """A matrix (w, w) for every block, in POSITION, THETA and SCALE.

    `key_block` is that of keys, where they are treated otherwise; `turn` an angle, in CONTENT, by which the content
    of a block turns before. `roundings` counts those that every right implementation needs beside the angles.
    """

    block: sympy.ImmutableMatrix
    _: KW_ONLY
    key_block: sympy.ImmutableMatrix | None = None
    turn: sympy.Expr | None = None
    blocks: Blocks = NO_BLOCKS
    roundings: int = 0

    place: ClassVar[ActsOn] = "query-key"
    spoken: ClassVar[str] = "a map of queries and keys"
    arguments: ClassVar[tuple[str, ...]] = ("x", "positions")
    keywords: ClassVar[tuple[str, ...]] = ("role",)
    attends: ClassVar[bool] = True
    maps: ClassVar[bool] = True
    origin: ClassVar[float] = 0.0
    on_vectors: ClassVar[bool] = True
    exact_in: ClassVar[tuple[str, ...]] = ()
    verdicts: ClassVar[Mapping[str, Verdict]] = AVERAGED
    rows: ClassVar[None] = None
    renormalised: ClassVar[bool] = False
    averages: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse blocks of other shapes, or with letters that mean nothing there."""
        column = "a column that is added to the input is a Table"
        for what, block in (("the block of a map", self.block), ("its key_block", self.key_block)):
            if block is not None:
                refusals.matrix_of(what, block, square=True, instead=column)
                refusals.letters_of(what, [block], refusals.BLOCK)
        if self.key_block is not None and self.key_block.rows != self.block.rows:
            widths = f"block is {self.block.rows} wide and key_block {self.key_block.rows}"
            raise ValueError(f"{widths}; queries and keys meet block by block: give both the same width")
        if self.turn is not None and self.width != 2:
            raise ValueError(
                f"a content turns in pairs of coordinates, and the block is {self.width} wide; leave `turn` out"
            )
        self.blocks.suit(self.width)

    @cached_property
    def width(self) -> int:
        """Coordinates in one block: 2 where pairs are turned."""
        return int(self.block.rows)

    @property
    def parts(self) -> tuple[sympy.ImmutableMatrix, ...]:
        """The block, and that of keys where it is another."""
        return (self.block,) if self.key_block is None else (self.block, self.key_block)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Both, where keys are treated otherwise than queries."""
        return ("query",) if self.key_block is None else ("query", "key")

    @cached_property
    def without(self) -> Mapping[str, str]:
        """Why there is no such classic form, by its name."""
        found = without_phase(self)
        pairs = turns(self) and self.width == 2
        return found if pairs else {**found, "rotate-half": "no pair of coordinates is rotated"}

    @cached_property
    def keeps_lengths(self) -> bool:
        """Whether every block is a rotation, or leaves its content as it is."""
        return all(gram == sympy.eye(self.width) for gram in self._grams)

    @cached_property
    def scales_lengths(self) -> bool:
        """Whether every block multiplies the length of its content by s_i, and does nothing else to it."""
        return all(gram == SCALE**2 * sympy.eye(self.width) for gram in self._grams)

    @cached_property
    def lengthens_nothing(self) -> bool:
        """Whether no block can lengthen its content: 1 - block^T block is diagonal, and nowhere negative."""
        lost = [sympy.eye(self.width) - gram for gram in self._grams]
        return all(
            part.is_diagonal() and all(sympy.simplify(entry).is_nonnegative for entry in part.diagonal())
            for part in lost
        )

    @cached_property
    def scales_by_powers(self) -> bool:
        """Whether s_i enters to the power of a position, rather than alone."""
        powers = (power for block in self.parts for power in block.atoms(sympy.Pow))
        return any(power.base == SCALE and POSITION in power.exp.free_symbols for power in powers)

    @cached_property
    def _grams(self) -> list[sympy.Matrix]:
        return [(block.T * block).applyfunc(_without_squared_sines) for block in self.parts]

    @cached_property
    def kernel(self) -> sympy.Expr:
        """The logit of equal contents (1, 0, ...) in one block."""
        return self.at(QUERY[0], "query")[:, 0].dot(self.at(KEY[0], "key")[:, 0])

    @cached_property
    def effects(self) -> tuple[sympy.Expr, ...]:
        """The entries of the blocks, of query and key at the same position."""
        return tuple(entry.subs(POSITION, QUERY[0]) for block in self.parts for entry in block)

    @property
    def equations(self) -> tuple[tuple[str, Any], ...]:
        """y = block x, or what becomes of queries and of keys."""
        if self.key_block is None:
            return (("y", sympy.MatMul(self.block, sympy.Symbol("x"), evaluate=False)),)
        return (
            ("q'", sympy.MatMul(self.block, sympy.Symbol("q"), evaluate=False)),
            ("k'", sympy.MatMul(self.key_block, sympy.Symbol("k"), evaluate=False)),
        )

    def at(self, position: Any, role: Role = "query") -> sympy.Matrix:
        """The block at a position."""
        block = self.key_block if role == "key" and self.key_block is not None else self.block
        return sympy.Matrix(block.subs(POSITION, position))

    def apply(self, x: sympy.Matrix, position: Any, role: Role = "query", *, opaque: bool = True) -> sympy.Matrix:
        """What becomes of the content of a block.

        Of the turn of a content, what is `opaque` uses only that it depends on that content alone, unless it is
        algebraic.
        """
        block = self.at(position, role)
        if self.turn is None:
            return block * x
        own = rotation(self.turn.subs(dict(zip(CONTENT, x, strict=True)), simultaneous=True))
        if not own.has(sympy.atan2):
            return block * sympy.simplify(own * x)
        if opaque:
            own = rotation(sequence("turn")(*x))
        return (block * own).applyfunc(TR10i) * x

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any, *, opaque: bool = True) -> sympy.Expr:
        """A block's share of the logit of q at m with k at n."""
        return (self.apply(q, m, "query", opaque=opaque).T * self.apply(k, n, "key", opaque=opaque))[0]

    def value(self, v: sympy.Matrix, n: Any) -> sympy.Matrix:
        """Values stay as they are."""
        return v

    def weight(self, m: Any, n: Any) -> sympy.Expr:
        """Weights are those of the softmax."""
        return sympy.S.One

    def result(self, x: sympy.Matrix, position: Any, *, opaque: bool = True) -> sympy.Matrix:
        """What a call gives for the content x of a block."""
        return self.apply(x, position, opaque=opaque)

    def result_at_zero(self, x: sympy.Matrix) -> sympy.Matrix:
        """Position 0 should change nothing."""
        return x

    def length_squared(self, x: sympy.Matrix) -> sympy.Expr:
        """Lengths should be kept."""
        return x.dot(x)

    def off_spectrum(self, m: Any) -> list[sympy.Expr]:
        """Turned back by m theta, nothing but a multiple of the identity should remain."""
        back = self.at(m) * rotation(-m * THETA)
        return [back[0, 0] - back[1, 1], back[0, 1], back[1, 0]]


def _without_squared_sines(entry: sympy.Expr) -> sympy.Expr:
    """An entry with 1 - cos^2 for every sin^2, multiplied out."""
    return TR5(entry.expand()).expand()
