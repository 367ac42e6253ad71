"""What every kind of definition answers: where it acts, how it is called, and what attention sees of it.

An encoding reaches attention through three channels: the logit of a query with a key, the value that is read, and the
weight by which it is read.

    output at m = sum over n of weight(m, n) softmax(logit(q, k, m, n)) value(v, n)

Contents are columns, one entry a coordinate of a block, and everything is said of one block with its frequency THETA
left open: blocks act on separate coordinates, and logits are sums over blocks. Positions are numbers; where blocks
follow no axis of a grid, but see all of them, a column with one entry an axis will do as well.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import sympy
from sympy.core.function import AppliedUndef

from spec.definitions.blocks import Blocks
from spec.definitions.symbols import KEY, QUERY
from spec.definitions.verdict import Fails, Verdict, witness
from spec.definitions.words import ActsOn, Role

AVERAGED: Mapping[str, Verdict] = {
    "constant-input-probe": Fails(
        because="weights that sum to 1 average equal values to that value, whatever the logits are",
        witness=witness(m=0, n=1),
    )
}
"""What holds of everything that acts before the softmax, or leaves rows of weights that sum to 1."""


class Definition(Protocol):
    """One kind of definition.

    `place` is where it acts, `spoken` what one calls it in a sentence; `arguments` are the names in the order of the
    call, `keywords` those that the suite supplies by name. `attends`: whether it acts in attention at all; `maps`:
    whether it makes another vector of a vector; `on_vectors`: whether it says what becomes of one vector at one
    position. `exact_in`: the dtypes in which its results are numbers without a rounding of their own, where nothing
    else is declared.
    `verdicts` are the rules of the whole place, `without` says why classic forms make no sense there.

    `parts` are the expressions and matrices of which it consists.
    """

    place: ClassVar[ActsOn]
    spoken: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]]
    keywords: ClassVar[tuple[str, ...]]
    attends: ClassVar[bool]
    maps: ClassVar[bool]
    on_vectors: ClassVar[bool]
    exact_in: ClassVar[tuple[str, ...]]

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """What does not simply hold, of everything that acts in this place."""

    @property
    def without(self) -> Mapping[str, str]:
        """Why there is no such classic form, by its name."""

    @property
    def blocks(self) -> Blocks:
        """How a vector divides into blocks."""

    @property
    def width(self) -> int:
        """Coordinates in one block: 2 where pairs are turned."""

    @property
    def parts(self) -> tuple[Any, ...]:
        """The expressions and matrices of which the definition consists, but for the turn of a content."""

    @property
    def turn(self) -> sympy.Expr | None:
        """The angle by which the content of a block turns by itself before."""

    @property
    def rows(self) -> Mapping[str, sympy.Expr] | sympy.Expr | None:
        """The number of rows of its learned tables, by name where these have others."""

    @property
    def roundings(self) -> sympy.Expr | int:
        """Those that every right implementation needs beside the angles."""

    @property
    def renormalised(self) -> bool:
        """Whether it makes the weights of a row sum to 1 again."""

    @property
    def averages(self) -> bool:
        """Whether the weights of a row sum to 1."""

    @property
    def equations(self) -> tuple[tuple[str, Any], ...]:
        """How it is written down: left and right sides, in one block; none for what is a rule in words."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """Of queries and keys those that have to be looked at: the first alone where both are treated alike."""

    @property
    def kernel(self) -> sympy.Expr:
        """The logit of equal unit contents in one block, in QUERY and KEY; of a table, of two of its rows."""

    @property
    def effects(self) -> tuple[sympy.Expr, ...]:
        """What it multiplies with or adds, in QUERY and KEY: what stays bounded, where it is."""

    def logit(self, q: sympy.Matrix, k: sympy.Matrix, m: Any, n: Any, *, opaque: bool = True) -> sympy.Expr:
        """A block's share of the logit of q at m with k at n.

        `opaque`: of the turn of a content only that it depends on that content is used, unless it is algebraic.
        """

    def value(self, v: sympy.Matrix, n: Any) -> sympy.Matrix:
        """What is read of a value at n."""

    def weight(self, m: Any, n: Any) -> sympy.Expr:
        """The factor of the weight with which a query at m reads from n."""


class OnPairs(Definition, Protocol):
    """A definition in whose result each query meets each key."""

    @property
    def entries(self) -> Mapping[tuple[int, int], sympy.Expr]:
        """By the coordinates of query and key that they multiply; the last one of each is the 1 behind its content."""

    @property
    def factors(self) -> sympy.Expr | int:
        """Of how many equal factors its powers may be made, in HEAD and HEADS; none where they are not."""


class OnVectors(Definition, Protocol):
    """A definition with one block for each position: it says what becomes of a vector there."""

    @property
    def block(self) -> sympy.ImmutableMatrix:
        """The block, in POSITION, THETA and SCALE."""

    @property
    def origin(self) -> float:
        """The position at which its angles are 0."""

    @property
    def keeps_lengths(self) -> bool:
        """Whether every block is a rotation, or leaves its content as it is."""

    @property
    def lengthens_nothing(self) -> bool:
        """Whether no block can lengthen its content."""

    @property
    def scales_lengths(self) -> bool:
        """Whether every block multiplies the length of its content by s_i, and does nothing else to it."""

    @property
    def scales_by_powers(self) -> bool:
        """Whether s_i enters to the power of a position, rather than alone."""

    def at(self, position: Any, role: Role = "query") -> sympy.Matrix:
        """The block at a position."""

    def apply(self, x: sympy.Matrix, position: Any, role: Role = "query", *, opaque: bool = True) -> sympy.Matrix:
        """What becomes of the content x of a block."""

    def result(self, x: sympy.Matrix, position: Any, *, opaque: bool = True) -> sympy.Matrix:
        """What a call gives for the content x of a block: what becomes of it, or the row of a table."""

    def result_at_zero(self, x: sympy.Matrix) -> sympy.Matrix:
        """What it should give at position 0, for `identity-at-zero`."""

    def length_squared(self, x: sympy.Matrix) -> sympy.Expr:
        """The square of the length that it should have at every position, for `norm`."""

    def off_spectrum(self, m: Any) -> list[sympy.Expr]:
        """What vanishes where the angle per position is theta, for `spectrum`."""


def between(expression: Any, m: Any, n: Any) -> Any:
    """An expression of QUERY and KEY at two positions: numbers, or columns with one entry an axis."""
    places = zip((*QUERY, *KEY), (*on_every_axis(m), *on_every_axis(n)), strict=True)
    return expression.subs(dict(places), simultaneous=True)


def on_every_axis(position: Any) -> list[Any]:
    """A coordinate for each letter of a place: those of a column, then zeros; a number stands on every axis."""
    if isinstance(position, sympy.MatrixBase):
        return [*position, *[0] * (len(QUERY) - len(position))]
    return [position] * len(QUERY)


def letters(definition: Definition) -> frozenset[sympy.Symbol]:
    """The symbols of a definition, those of frequency and scale and of the turn of a content apart."""
    return frozenset().union(*(part.free_symbols for part in definition.parts))


def functions(definition: Definition) -> frozenset[str]:
    """The names of the functions in a definition, those of the turn of a content apart."""
    return frozenset(str(use.func) for part in definition.parts for use in part.atoms(AppliedUndef))


def turns(definition: Definition) -> bool:
    """Whether a definition depends on an angle at all."""
    return any(part.has(sympy.cos, sympy.sin) for part in definition.parts)


def without_phase(definition: Definition) -> dict[str, str]:
    """Why there is no complex form, where nothing is turned."""
    return {} if turns(definition) else {"complex": "nothing turns, so there is no phase to multiply with"}


def without_rotation(definition: Definition) -> dict[str, str]:
    """Why there is no classic form that turns, where there is no vector to turn."""
    return {**without_phase(definition), "rotate-half": f"acts on {definition.place}: no vector is rotated"}
