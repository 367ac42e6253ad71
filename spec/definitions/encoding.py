"""An encoding is a block, repeated along the dimension, each time with another frequency; or a form in query and key.

A `query-key` encoding multiplies each block of coordinates by its matrix, an `input` encoding adds its column:

    y[block i] = block(p, theta_i) @ x[block i]        PE_p[block i] = block(p, theta_i)

What acts on the logits is a bilinear form in the contents of a block, each lengthened by a 1: it holds the terms of
content with content, of content with position, and, in its corner, the bias. What acts on weights is a factor.

    logit = sum over the blocks of (q, 1) @ score(m, n, theta_i) @ (k, 1)        weight * factor(m, n)

Everything else follows from these expressions: the proofs (with theta as a symbol), the exact values (with
theta_i = frequency(i)), and the error bounds.

Which coordinates form pair i is the layout. For eight coordinates in four pairs a, b, c, d:

    interleaved   a a b b c c d d        pair i = (2i, 2i + 1)
    half          a b c d a b c d        pair i = (i, i + 4)
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy

from spec.definitions.symbols import DIM, LENGTH, POSITION, SCALE, parameter, sequence
from spec.definitions.verdict import Verdict

ACTS_ON = ("query-key", "input", "score", "content-score", "weights", "positions")
LAYOUTS = ("interleaved", "half")
Value = float | tuple[float, ...]
Parameters = Mapping[str, Value]
NOTHING: Mapping[str, Any] = MappingProxyType({})


def along(*steps: int) -> Callable[[float], tuple[float, ...]]:
    """Places on a line through the grid: p steps of this size."""
    return lambda p: tuple(p * step for step in steps)


ONE_TWO_THREE = along(1, 2, 3)


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoding:
    """The mathematical object.

    `block` is (w, w) for `query-key` and (w, 1) for `input`, in the symbols POSITION, THETA and SCALE; `key_block` is
    that of keys, where they are treated otherwise; `turn` an angle, in CONTENT, by which the content of a block turns
    before. `score` is (w + 1, w + 1) in QUERY, KEY and HEAD, `factor` a single expression in them (`renormalised`: rows
    then sum to 1 again). `places` assigns positions to the
    segments that `tokens(segments, **parameters)` makes of those given: with markers added, or patches merged.

    `frequency` is theta_i and `scale` s_i, in INDEX, DIM, LENGTH and the parameters; LENGTH is one more than the
    largest position of a call. `parameters` have defaults, in DIM and the parameters before; a tuple holds one value a
    block, and is written as a `sequence` of INDEX. `tried` names other values of those that no other encoding has.
    `functions` are further functions of integers, computed exactly. `table` is the
    number of rows of a learned table. `conventions` names what the literature calls by the same name: the fields in
    which it differs.

    `extent` is the number of leading coordinates that the blocks cover; those behind it stay as they are. `multiple`
    divides every dimension; in halves, each of so many `parts` of the vector is halved by itself. On a grid of several
    `axes`, block i follows the axis `axis(i, dim, parameters)`, and `line` lays the positions of a statement out on it.
    `positions`, `smallest` and `largest` limit where it is defined, `reach` where its numbers fit into every dtype;
    `extents` counts the places along each axis of a
    finite grid.
    `roundings` counts those that every right implementation needs beside the angles; `frequency_roundings`, in the same
    letters as `frequency`, those that theta_i needs beside a power of its size. `without` says why a classic form makes
    no sense; `verdicts` what does not simply hold.
    """

    name: str
    title: str
    acts_on: str
    source: str
    block: sympy.ImmutableMatrix | None = None
    key_block: sympy.ImmutableMatrix | None = None
    turn: sympy.Expr | None = None
    score: sympy.ImmutableMatrix | None = None
    factor: sympy.Expr | None = None
    renormalised: bool = False
    places: Callable[..., Any] | None = None
    tokens: Callable[..., list[Any]] = list
    frequency: sympy.Expr = sympy.S.Zero
    scale: sympy.Expr = sympy.S.One
    parameters: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    tried: Mapping[str, Sequence[Any]] = field(default_factory=lambda: NOTHING)
    functions: Mapping[str, Callable[..., int]] = field(default_factory=lambda: NOTHING)
    table: sympy.Expr | None = None
    conventions: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: NOTHING)
    layouts: tuple[str, ...] = LAYOUTS
    extent: sympy.Expr = DIM
    multiple: int = 2
    parts: int = 1
    axes: int = 1
    axis: Callable[[int, int, Parameters], int] | None = None
    line: Callable[[float], tuple[float, ...]] = ONE_TWO_THREE
    extents: Callable[[Mapping[str, Any]], tuple[int, ...]] | None = None
    positions: str = "any"
    smallest: int | None = None
    largest: sympy.Expr | None = None
    reach: sympy.Expr | None = None
    roundings: int = 0
    frequency_roundings: sympy.Expr | int = 0
    without: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    verdicts: Mapping[str, Verdict] = field(default_factory=lambda: NOTHING)

    @cached_property
    def width(self) -> int:
        """Coordinates in one block: 2 where pairs are rotated."""
        return self._blocks[0].rows if self._blocks else self.score.rows - 1 if self.score is not None else 1

    @property
    def _blocks(self) -> list[sympy.ImmutableMatrix]:
        return [block for block in (self.block, self.key_block) if block is not None]

    @cached_property
    def letters(self) -> frozenset[sympy.Symbol]:
        """The symbols of the definition, those of frequency and scale apart."""
        parts = [*self._blocks, *(part for part in (self.score, self.factor) if part is not None)]
        return frozenset().union(*(part.free_symbols for part in parts))

    @cached_property
    def turns(self) -> bool:
        """Whether the definition depends on an angle at all."""
        parts = [*self._blocks, *(part for part in (self.score,) if part is not None)]
        return any(part.has(sympy.cos, sympy.sin) for part in parts)

    @property
    def partial(self) -> bool:
        """Whether some coordinates are left as they are."""
        return bool(self.extent != DIM)

    @cached_property
    def follows_length(self) -> bool:
        """Whether the result at a position depends on how far the sequence reaches."""
        return LENGTH in self.frequency.free_symbols | self.scale.free_symbols

    @cached_property
    def scales_by_powers(self) -> bool:
        """Whether s_i enters to the power of a position, rather than alone."""
        powers = (power for block in self._blocks for power in block.atoms(sympy.Pow))
        return any(power.base == SCALE and POSITION in power.exp.free_symbols for power in powers)

    @cached_property
    def computes(self) -> bool:
        """Whether a right implementation rounds at all."""
        return self.turns or self.roundings > 0 or self.scale != 1

    @cached_property
    def keeps_lengths(self) -> bool:
        """Whether every block is a rotation, or leaves its content as it is."""
        return all(sympy.simplify(block.T * block) == sympy.eye(block.cols) for block in self._blocks)

    @cached_property
    def scales_lengths(self) -> bool:
        """Whether every block multiplies the length of its content by s_i, and does nothing else to it."""
        return all(sympy.simplify(block.T * block) == SCALE**2 * sympy.eye(block.cols) for block in self._blocks)

    @cached_property
    def lengthens_nothing(self) -> bool:
        """Whether no block can lengthen its content: 1 - block^T block is diagonal, and nowhere negative."""
        lost = [sympy.eye(block.cols) - sympy.simplify(block.T * block) for block in self._blocks]
        return all(
            part.is_diagonal() and all(sympy.simplify(entry).is_nonnegative for entry in part.diagonal())
            for part in lost
        )

    def under(self, convention: str | None) -> "Encoding":
        """The encoding as this convention defines it."""
        return _under(self, convention) if convention else self

    def dimension(self, dim: int) -> int:
        """The smallest dimension, no smaller than this one, that the encoding can have."""
        return -(-dim // self.multiple) * self.multiple

    def configured(self, dim: int, given: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every parameter at this dimension: the given one, or the encoding's default."""
        known = {name: _plain(value) for name, value in given.items() if name in self.parameters}
        return dict(_completed(self, dim, tuple(known.items())))

    def covered(self, dim: int, parameters: Parameters) -> int:
        """How many leading coordinates the blocks cover."""
        return int(_value(self.extent, dim, tuple(parameters.items())))

    def limit(self, dim: int, parameters: Parameters) -> int | None:
        """The largest position at which it is defined, where there is one."""
        return None if self.largest is None else int(_value(self.largest, dim, tuple(parameters.items())))

    def reached(self, dim: int, parameters: Parameters) -> int | None:
        """The largest position at which its numbers fit into every dtype, where there is one."""
        return None if self.reach is None else int(_value(self.reach, dim, tuple(parameters.items())))

    def rows(self, dim: int, parameters: Parameters) -> int:
        """How many rows the learned table has."""
        assert self.table is not None
        return int(_value(self.table, dim, tuple(parameters.items())))

    def pairs(self, dim: int, parameters: Parameters, layout: str | None) -> np.ndarray:
        """The coordinates of each block, shape (blocks, width)."""
        coordinates = np.arange(self.covered(dim, parameters))
        if layout == "half":
            halves = coordinates.reshape(self.parts, self.width, -1)
            return halves.swapaxes(1, 2).reshape(-1, self.width)
        return coordinates.reshape(-1, self.width)

    def axes_of(self, dim: int, parameters: Parameters) -> np.ndarray:
        """The axis of the grid that each block follows, shape (blocks,)."""
        blocks = range(self.covered(dim, parameters) // self.width)
        return np.array([self.axis(i, dim, parameters) if self.axis else 0 for i in blocks], dtype=int)

    def grid(self, positions: Sequence[Any]) -> list[tuple[float, ...]]:
        """Positions laid out on the grid: one coordinate an axis for each; a place stays where it is."""
        return [tuple(p) if isinstance(p, list | tuple) else self.line(p)[: self.axes] for p in positions]


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value


@lru_cache(maxsize=256)
def _under(encoding: Encoding, convention: str) -> Encoding:
    return dataclasses.replace(encoding, **encoding.conventions[convention])


@lru_cache(maxsize=4096)
def _completed(encoding: Encoding, dim: int, known: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    values: dict[str, Any] = {}
    for name, default in encoding.parameters.items():
        given = dict(known).get(name)
        values[name] = _default(default, dim, values) if given is None else given
    return tuple(values.items())


def _default(default: Any, dim: int, before: Parameters) -> Any:
    if callable(default):
        return default(dim)
    if isinstance(default, tuple | bool):
        return default
    numbers = {parameter(name): number for name, number in before.items() if not isinstance(number, tuple)}
    value = sympy.sympify(default).subs({DIM: dim} | numbers)
    return int(value) if value.is_Integer else float(value)


@lru_cache(maxsize=4096)
def _value(expression: sympy.Expr, dim: int, parameters: tuple[tuple[str, Any], ...]) -> float:
    numbers = {parameter(name): value for name, value in parameters if not isinstance(value, tuple)}
    tuples = [(name, value) for name, value in parameters if isinstance(value, tuple)]
    several = {sequence(name)(i): entry for name, value in tuples for i, entry in enumerate(value)}
    return float(expression.subs({DIM: dim} | numbers | several))


def rotation(angle: sympy.Expr) -> sympy.ImmutableMatrix:
    """The counter-clockwise rotation of the plane by an angle in radians."""
    return sympy.ImmutableMatrix(
        [[sympy.cos(angle), -sympy.sin(angle)], [sympy.sin(angle), sympy.cos(angle)]],
    )
