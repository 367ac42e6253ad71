"""Rotations of pairs, put together from parts that vary independently of one another.

    which coordinates turn       `Turned`: all, the first ones, the last ones
    how they pair                layouts, and the stretches that are halved each by itself (`Dealing.halves`)
    which axis a pair follows    `Dealing`: one line, sections of any widths, in turn
    how fast a pair turns        `Ladder`: theta_i in INDEX and DIM, scaled or not (spec.definitions.ramps)
    how its length changes       `Amplitude`: what multiplies cosine and sine, and what of keys

In a ladder and in a dealing, DIM is the number of coordinates that turn; where every section has a ladder of its own,
INDEX counts from the section's first pair in its ladder, and DIM is its width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import sympy
from sympy import Heaviside, Mod

from spec.definitions.blocks import Axis, Blocks
from spec.definitions.evaluation import Parameters, value
from spec.definitions.map import Map
from spec.definitions.rotations import rotation
from spec.definitions.symbols import BASE, DIM, INDEX, POSITION, SCALE, THETA
from spec.definitions.words import Layout


@dataclass(frozen=True, eq=False)
class Turned:
    """How many coordinates turn, the first ones or the last; of their pairs the first `pairs` alone, where named."""

    count: sympy.Expr = DIM
    pairs: sympy.Expr | None = None
    trailing: bool = False


@dataclass(frozen=True, eq=False)
class Ladder:
    """theta_i in radians per position, and the roundings that it needs beside those of a power of its size."""

    frequency: sympy.Expr = BASE ** (-2 * INDEX / DIM)
    roundings: sympy.Expr | int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Amplitude:
    """What multiplies cosine and sine, in POSITION and SCALE, of keys as well unless they have their own.

    `scale` is s_i in INDEX, DIM and the parameters. `roundings` counts those that the multiplication needs.
    """

    query: sympy.Expr = sympy.S.One
    key: sympy.Expr | None = None
    scale: sympy.Expr = sympy.S.One
    roundings: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Dealing:
    """The axis that pair i follows, and its place on the ladder: pair `index` out of `over` coordinates.

    In halves, the stretches of widths `halves` are halved each by itself.
    """

    axis: Axis | None = None
    index: sympy.Expr = INDEX
    over: sympy.Expr = DIM
    halves: tuple[sympy.Expr, ...] = ()


ALL = Turned()
LADDER = Ladder()
PLAIN = Amplitude()
ONE_LINE = Dealing()


def lengthened(by: sympy.Expr) -> Amplitude:
    """Queries and keys are multiplied by the same number everywhere."""
    return Amplitude(query=SCALE, scale=by, roundings=1)


def sections(widths: Sequence[sympy.Expr], *, own_ladders: bool = False, halved: bool = False) -> Dealing:
    """One section an axis, of so many coordinates each, in order.

    `own_ladders`: every section has a ladder over its width, otherwise one runs through all of them; `halved`: in
    halves, pairs lie within their section.
    """
    starts = list(accumulate(width / 2 for width in widths))[:-1]
    begun = [Heaviside(INDEX - start, 1) for start in starts]
    index = INDEX - sympy.Add(*(width / 2 * step for width, step in zip(widths, begun, strict=False)))
    over = widths[0] + sympy.Add(*((b - a) * step for (a, b), step in zip(pairwise(widths), begun, strict=True)))

    def axis(i: int, dim: int, parameters: Parameters) -> int:
        pairs = [value(width, dim, parameters) / 2 for width in widths]
        if sum(pairs) != dim // 2 or min(pairs) < 0 or any(each % 1 for each in pairs):
            raise ValueError(f"sections of {pairs} pairs must be whole, and give each of {dim // 2} pairs to one axis")
        return next(a for a, end in enumerate(accumulate(pairs)) if i < end)

    ladder: dict[str, Any] = {"index": index, "over": over} if own_ladders else {}
    return Dealing(axis=axis, halves=tuple(widths) if halved else (), **ladder)


def equal_sections(axes: int, *, own_ladders: bool = False, halved: bool = False) -> Dealing:
    """One section an axis, all of the same width."""
    each = DIM / axes
    ladder: dict[str, Any] = {"index": Mod(2 * axes * INDEX, DIM) / (2 * axes), "over": each} if own_ladders else {}
    return Dealing(
        axis=lambda i, dim, parameters: 2 * axes * i // dim, halves=(each,) * axes if halved else (), **ladder
    )


def pairs(
    ladder: Ladder = LADDER,
    *,
    turned: Turned = ALL,
    dealing: Dealing = ONE_LINE,
    scale: sympy.Expr = sympy.S.One,
    layouts: tuple[Layout, ...] | None = None,
    multiple: int | None = None,
    least: int = 0,
    backwards: bool = False,
) -> Blocks:
    """The blocks of pairs that are dealt out in this way, each with its frequency."""
    count = turned.count

    def on_pairs(expression: Any) -> Any:
        dealt = {INDEX: dealing.index, DIM: dealing.over}
        moved = {letter: place.subs(DIM, count) for letter, place in dealt.items() if place.subs(DIM, count) != letter}
        return sympy.sympify(expression).xreplace(moved) if moved else expression

    def axis(i: int, dim: int, parameters: Parameters) -> int:
        return dealing.axis(i, int(value(count, dim, parameters)), parameters) if dealing.axis else 0

    return Blocks(
        frequency=on_pairs(ladder.frequency),
        frequency_roundings=on_pairs(ladder.roundings),
        scale=on_pairs(scale),
        extent=count,
        count=turned.pairs,
        trailing=turned.trailing,
        layouts=layouts,
        multiple=multiple,
        least=least,
        halves=tuple(width.subs(DIM, count) for width in dealing.halves),
        backwards=backwards,
        axis=axis if dealing.axis else None,
    )


def rotary(ladder: Ladder = LADDER, *, amplitude: Amplitude = PLAIN, **dealt: Any) -> Map:
    """The map that turns the `pairs` so dealt, each by position times theta, and lengthens them so."""
    turn = rotation(POSITION * THETA)
    return Map(
        amplitude.query * turn,
        key_block=None if amplitude.key is None else amplitude.key * turn,
        blocks=pairs(ladder, scale=amplitude.scale, **dealt),
        roundings=amplitude.roundings,
    )
