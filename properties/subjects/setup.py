"""What code and truth are told alike: an implementation, a dtype, a case, and all that follows from these."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any, TypeVar

import numpy as np

from impls import Implementation
from impls.calls import is_plain
from impls.declaration import POSITION_DTYPES
from impls.door.crossing import Instance, Numbers
from impls.door.dtypes import rounded
from impls.door.signatures import without_default
from properties.cases.case import Case, counts_of_heads, nearest, reach, takes
from properties.subjects.arrays import cells_of, extended, whole_or_not
from spec import Encoding
from spec.definitions.words import Role

Kind = TypeVar("Kind")
MOST = 8192
"""How many cells of a finite grid are gone through."""
AXES = 4
"""Those of vectors: batch, heads, tokens, coordinates."""
LEARNED_SIZES = (1.0, 16.0, 1 / 16)
"""How large learned numbers are, in turn: models hold such as lie near 0, and such as outweigh every logit."""


@dataclass(frozen=True)
class Setup:
    """An implementation at a dtype on a case.

    Where an encoding follows the length of the sequence, all results of one case are those within one sequence, as long
    as its farthest position asks: `anchored` calls bring one more token that stands there.
    """

    implementation: Implementation
    dtype: str
    case: Case
    anchored: bool = True

    @cached_property
    def encoding(self) -> Encoding:
        """The encoding that it claims to be, under its convention."""
        return self.implementation.claimed

    def definition(self, kind: type[Kind]) -> Kind:
        """The definition of the encoding, which is of this kind. Raises TypeError where it is of another."""
        found: Any = self.encoding.definition
        if not isinstance(found, kind):
            raise TypeError(f"{self.encoding.name} is {found.spoken}; expected a definition by {kind.__name__}")
        return found

    # Parameters and limits

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The value of every parameter, as the implementation must understand it on this case."""
        return self.encoding.configured(self.case.dim, self.given)

    @cached_property
    def given(self) -> dict[str, Any]:
        """The parameters of the case that the implementation takes, over which its fixed ones stand."""
        taken = {name: value for name, value in self.case.parameters if self._takes(name)}
        return taken | dict(self.implementation.parameters)

    def _takes(self, name: str) -> bool:
        return takes(self.implementation, name)

    @cached_property
    def instance(self) -> Instance:
        """The callable of this case: the parameters that it takes, fixed ones as well, and those that it must be given.

        Where an encoding follows the length of the sequence, it is kept for calls of the same length: what remains of
        other sequences is a question of its own.
        """
        required = without_default(self.implementation.function) & set(self.parameters)
        given = {name for name in self.given if name in self.parameters and self._takes(name)}
        passed = {name: self.parameters[name] for name in required | given}
        length = self.length if self.encoding.blocks.follows_length else None
        return Instance(self.case.dim, tuple(sorted(passed.items())), length)

    @cached_property
    def limit(self) -> int | None:
        """The largest position that it supports, where there is one."""
        return reach(self.implementation, self.case.dim, dict(self.case.parameters))

    @cached_property
    def accuracy(self) -> str:
        """The dtype whose accuracy is asked for: float64 is held to float32 unless the implementation claims it."""
        claimed = "float64" in (self.implementation.dtypes or ())
        return self.dtype if claimed or self.dtype != "float64" else "float32"

    # Positions

    @property
    def in_a_sequence(self) -> bool:
        """Whether calls bring one more token, at the end of the sequence."""
        return self.anchored and self.encoding.blocks.follows_length

    @cached_property
    def length(self) -> int:
        """How far the sequence reaches: one more than its largest position, which is one that is supported."""
        case = self.case
        if not self.anchored:
            return int(max(case.positions)) + 1
        reached = 2 * int(max(map(abs, (*case.positions, *case.others)))) + case.shift + 2
        return reached if self.limit is None else min(reached, self.limit + 1)

    def located(self, positions: Any) -> np.ndarray:
        """Positions as an array, (n,), or places on the grid, (n, axes), where those of a line are laid out.

        What already has one coordinate an axis stays as it is. Of code for consecutive positions only the first is
        laid out: the others follow it, in steps of 1 along every axis.
        """
        places, grid = np.asarray(positions), self.encoding.grid
        if grid.axes == 1 or places.ndim > 1:
            return whole_or_not(places)
        if self.implementation.positions == "contiguous":
            return whole_or_not(np.asarray(grid.lay(places[:1].tolist())) + (places - places[:1])[:, None])
        return whole_or_not(grid.lay(places.tolist()))

    def raster(self, count: int) -> np.ndarray:
        """Cells of a grid, row by row, (cells, axes): those of a finite one, or so many, more columns than rows."""
        if finite := self.encoding.cells_at(self.case.dim, self.parameters):
            return cells_of(finite, MOST)
        axes = self.encoding.grid.axes
        plane = -(-count // 2 ** (axes - 2))
        columns = int(np.sqrt(plane)) + 5
        shape = (*(2,) * (axes - 2), -(-plane // columns), columns)
        return np.stack(np.unravel_index(np.arange(count), shape), axis=-1)

    def spread(self, most: int) -> np.ndarray | None:
        """So many cells of a finite grid and its corners; None where there are none, or not all are supported."""
        cells, one = self.encoding.cells_at(self.case.dim, self.parameters), self.implementation
        if not cells or one.positions == "contiguous" or (one.max_position or inf) < max(cells) - 1:
            return None
        return cells_of(cells, most)

    def anchor(self, places: np.ndarray) -> np.ndarray:
        """One more position in every row, the last of the sequence; where they are consecutive all up to that one.

        No tokens at all stay none.
        """
        if not places.size:
            return places
        if self.implementation.positions == "contiguous":
            return np.concatenate([places, np.arange(int(places[-1]) + 1, self.length, dtype=places.dtype)])
        last = self.located((self.length - 1,)).astype(places.dtype)
        if self.encoding.grid.axes == 1:
            return np.concatenate([places, np.broadcast_to(last, (*places.shape[:-1], 1))], axis=-1)
        return np.concatenate([places, np.broadcast_to(last, (*places.shape[:-2], *last.shape))], axis=-2)

    def has_rows(self, places: np.ndarray) -> bool:
        """Whether every row of the batch has positions of its own, (batch, n), or (batch, n, axes) on a grid."""
        return places.ndim > (1 if self.encoding.grid.axes == 1 else 2)

    def tokens_of(self, places: np.ndarray) -> int:
        """How many tokens a call with these places has."""
        handed = self.anchor(places) if self.in_a_sequence else places
        return int(handed.shape[-1 if self.encoding.grid.axes == 1 else -2])

    def moved(self, positions: Any, by: int) -> np.ndarray:
        """Positions, each farther by the same offset: on a grid, by that of the offset's place on the line."""
        return np.asarray(self.located(positions) + self.located((by,)))

    # Contents

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`, (batch, heads, rows, dim); as many rows as positions.

        With values that the dtype, and the accuracy asked for, can hold. A witness fixes the first block of each.
        """
        content = dict(self.case.content).get(name)
        drawn = self.case.draw(name, rows, (self.accuracy, self.dtype))
        if content is None:
            return drawn
        fixed = np.zeros_like(drawn)
        fixed[..., self.coordinates[0]] = content[: self.coordinates.shape[-1]]
        return self.held(fixed)

    def learned(self, name: str, *shape: int) -> np.ndarray:
        """Numbers that training would find; all the same where a witness says so."""
        alike = dict(self.case.content).get(name)
        drawn = self.case.numbers(name, *shape) * self.learned_size
        return self.held(drawn if alike is None else np.full(shape, alike[0]))

    @property
    def learned_size(self) -> float:
        """How large they are."""
        return LEARNED_SIZES[self.case.seed % len(LEARNED_SIZES)]

    def held(self, values: np.ndarray) -> np.ndarray:
        """Numbers such as the accuracy asked for, and then the dtype, can hold."""
        return rounded(values, self.accuracy, self.dtype)

    def vectors(self, x: np.ndarray) -> Numbers:
        """Vectors as an argument, laid out in memory as the case asks."""
        return Numbers(x, self.dtype, self.case.strides if x.ndim == AXES else "contiguous")

    def places(self, positions: np.ndarray, dtype: str | None = None) -> Numbers:
        """Located positions as an argument, in int64 or float64 unless another dtype is asked for, or these refused."""
        declared, floating = self.implementation.position_dtypes, np.issubdtype(positions.dtype, np.floating)
        held = [d for d in POSITION_DTYPES if d in (declared or ()) and (d.startswith("float") or not floating)]
        return Numbers(positions, dtype or (held[0] if held else str(positions.dtype)), places=True)

    def holds(self, positions: Sequence[float]) -> bool:
        """Whether the dtype in which these positions are handed in holds them exactly."""
        places = self.located(positions)
        dtype = self.places(places).dtype
        with np.errstate(invalid="ignore"):
            return bool((places.astype(dtype).astype(np.float64) == places).all())

    # Heads

    @property
    def counts_of_heads(self) -> tuple[int, ...] | None:
        """The numbers of heads that a call may have, where they are declared."""
        return counts_of_heads(self.implementation, "query")

    def with_heads(self, x: np.ndarray, role: Role = "query") -> np.ndarray:
        """Vectors (..., n, dim) with as many heads as code takes that declares it, of the queries or of the keys.

        One head, or none, is repeated; of more, those that a call cannot have are rows of the batch. Code that takes
        vectors of four axes alone gets them.
        """
        counts = counts_of_heads(self.implementation, role)
        if x.ndim < AXES and (counts or not is_plain(self.implementation)) and x.ndim > 1:
            return self.with_heads(x[(None,) * (AXES - x.ndim)], role)
        if counts is None or x.ndim != AXES or x.shape[1] in counts:
            return x
        if x.shape[1] == 1:
            return np.repeat(x, nearest(1, counts), axis=1)
        each = next((count for count in counts if x.shape[1] % count == 0), x.shape[1])
        return x.reshape(-1, each, *x.shape[2:])

    def without_heads(self, result: np.ndarray, x: np.ndarray, role: Role = "query") -> np.ndarray:
        """The result for x itself, of one for `with_heads` of it."""
        if self.with_heads(x, role) is x:
            return result
        if x.ndim < AXES:
            missing = AXES - x.ndim
            return np.asarray(self.without_heads(result, x[(None,) * missing], role)[(0,) * missing])
        return (result[:, :1] if x.shape[1] == 1 else result).reshape(x.shape[:-2] + result.shape[-2:])

    # Coordinates

    @cached_property
    def coordinates(self) -> np.ndarray:
        """The coordinates of each block in the declared layout, in the vector that comes in, (blocks, width)."""
        return self.encoding.coordinates(self.case.dim, self.parameters, self.implementation.layout)

    @cached_property
    def coordinates_out(self) -> np.ndarray:
        """The coordinates of each block in the vector that goes out, (blocks, width)."""
        return self.encoding.coordinates_out(self.case.dim, self.parameters, self.implementation.layout)

    @cached_property
    def rest(self) -> np.ndarray:
        """The coordinates that belong to no block."""
        belongs = np.zeros(self.case.dim, dtype=bool)
        belongs[self.coordinates] = True
        return np.flatnonzero(~belongs)

    def pairs(self, x: np.ndarray) -> np.ndarray:
        """The contents of the blocks of vectors (..., dim), (..., blocks, width), in extended precision."""
        return extended(x)[..., self.coordinates]

    def returned(self, y: np.ndarray) -> np.ndarray:
        """What went out, laid out as what comes in, so that it can be handed in again."""
        if np.array_equal(self.coordinates, self.coordinates_out):
            return y
        x = y.copy()
        x[..., self.coordinates.ravel()] = y[..., self.coordinates_out.ravel()]
        return x

    def lengths(self, x: np.ndarray) -> np.ndarray:
        """The length of the content of every block of vectors (..., dim), (..., blocks)."""
        return np.asarray(np.sqrt((np.asarray(x, dtype=np.float64)[..., self.coordinates] ** 2).sum(-1)))


def attended_tokens(v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
    """Tokens that all hold v (..., 1, dim), one at each position, (..., n, dim)."""
    return np.ascontiguousarray(np.broadcast_to(v, (*v.shape[:-2], len(positions), v.shape[-1])))
