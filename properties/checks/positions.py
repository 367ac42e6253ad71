"""Positions as they come: in any integer dtype, far out, anywhere in memory, on complete grids, or none at all."""

import dataclasses
from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from impls import Implementation
from impls.door.crossing import Laid
from properties.cases import families
from properties.checks.comparisons import is_exact, is_true, refused_or, same
from properties.checks.evidence import Evidence, refuted, satisfied, worst
from properties.checks.locality import takes_batched_positions
from properties.checks.property import Inapplicable, checks, gets_positions, takes_any_order, takes_fractions
from properties.checks.tensors import asked_in, on_whole_places
from properties.subjects.map import OnMaps
from properties.subjects.subject import Attending
from spec import Encoding
from spec.statements import code as says

INTEGERS = ("int64", "int32")
FAR = (2**15, 40001, 2**16 - 1, 66001, 2**17 + 3, 300777, 2**20 + 1, 2**21 - 1, 5000777, 2**23 + 1, 2**24 - 1)
PLACES = (3, 0, 7, 5, 1)
GRIDS: Mapping[int, Sequence[tuple[int, ...]]] = {
    2: ((7, 5), (5, 7), (6, 6), (16, 24)),
    3: ((3, 4, 5), (2, 6, 4), (3, 3, 3)),
    4: ((2, 3, 4, 2), (3, 2, 2, 4)),
}
"""Rows and columns, times before them, and a fourth axis."""


@checks(
    says.far_position_dtypes,
    cases=families.once(4, FAR, others=(0, 2**15 + 1)),
    needs=(gets_positions, takes_any_order),
)
def far_position_dtypes(s: Attending) -> Evidence:
    """f(x, p) = R_p x for p in int64 and int32, beyond 2^15 and up to 2^24"""
    taken = [dtype for dtype in INTEGERS if dtype in (s.implementation.position_dtypes or INTEGERS)]
    if not taken:
        raise Inapplicable("takes no integers as positions")
    return worst(*(asked_in(on_whole_places(s), _is_true_in, dtype) for dtype in taken))


def _is_true_in(s: Attending, dtype: str) -> Evidence:
    inputs = s.code.inputs()
    return is_true(s, s.code.result(*inputs, position_dtype=dtype), *inputs)


@checks(says.narrow_positions, cases=families.once(8, PLACES), needs=(gets_positions, takes_fractions))
def narrow_positions(s: Attending) -> Evidence:
    """f(x, p) is the same for p in bfloat16 and float16, or an error is raised"""
    return worst(*(refused_or(_in_dtype, s, dtype) for dtype in ("bfloat16", "float16")))


def _in_dtype(s: Attending, dtype: str) -> Evidence:
    inputs = s.code.inputs()
    return same(s, s.code.result(*inputs, position_dtype=dtype), s.code.result(*inputs), *inputs)


@checks(says.position_memory, cases=families.once(8, PLACES), needs=(gets_positions,))
def position_memory(s: Attending) -> Evidence:
    """f(x, p) is the same for p that is every other entry of a tensor, one entry many times, or behind others"""
    s = on_whole_places(s)
    asked: list[tuple[Laid, tuple[float, ...]]] = [("strided", s.case.positions), ("sliced", s.case.positions)]
    if s.implementation.positions != "contiguous":
        asked.append(("repeated", s.case.positions[:1] * len(s.case.positions)))
    return worst(*(refused_or(_lying, s, laid, p, dtype) for laid, p in asked for dtype in INTEGERS))


def _lying(s: Attending, laid: Laid, p: tuple[float, ...], dtype: str) -> Evidence:
    inputs = s.code.inputs("x", p)
    return same(s, s.code.result(*inputs, laid=laid, position_dtype=dtype), s.code.result(*inputs), *inputs)


@checks(says.whole_grids, cases=families.once(8, PLACES, others=(2, 5)), needs=(takes_any_order,))
def whole_grids(s: Attending) -> Evidence:
    """f(x, (a, b)) = R_(a, b) x for all a < rows and b < columns, for more rows than columns, fewer and as many"""
    cells, declared = s.encoding.cells_at(s.case.dim, s.setup.parameters), s.implementation.max_position
    if cells and declared is not None and max(cells) > declared + 1:
        raise Inapplicable(f"declares max_position {declared}, and a complete grid has {cells} cells")
    most = GRIDS[s.encoding.grid.axes] if s.setup.limit is None else _within(s.setup.limit, s.encoding.grid.axes)
    sizes = (cells,) if cells else most
    return worst(*(is_exact(s, s.draw("x", prod(size)), _raster(size)) for size in sizes))


def _within(limit: int, axes: int) -> set[tuple[int, ...]]:
    """The grids, no side of which reaches beyond the largest position."""
    return {tuple(min(side, limit + 1) for side in size) for size in GRIDS[axes]}


def _raster(size: Sequence[int]) -> np.ndarray:
    """Every cell of a grid of this size, row by row, (cells, axes)."""
    return np.stack(np.unravel_index(np.arange(prod(size)), size), axis=-1)


@checks(says.no_tokens, cases=families.once(8, PLACES))
def no_tokens(s: OnMaps) -> Evidence:
    """f(x, p) = x where x has no token, or an error"""
    return refused_or(_nothing_for_nothing, s)


def _nothing_for_nothing(s: OnMaps) -> Evidence:
    x, none = s.draw("x")[..., :0, :], s.setup.located(s.case.positions)[:0]
    s.code.accepted(s.code.answer(x, none), x, none)
    return satisfied()


@checks(says.nan_kept, cases=families.once(8, PLACES))
def nan_kept(s: OnMaps) -> Evidence:
    """Where a coordinate of x is not a number, one of f(x, p) is none, in its block or behind all; or an error"""
    turned = zip(s.setup.coordinates, s.setup.coordinates_out, strict=True)
    behind = np.stack([s.setup.rest, s.setup.rest], axis=-1)[..., None]
    return worst(*(refused_or(_kept, s, at, block) for at, block in (*turned, *behind)))


def _kept(s: OnMaps, at: np.ndarray, block: np.ndarray) -> Evidence:
    x = s.draw("x").copy()
    x[..., -1, at[0]] = np.nan
    lost = ~np.isnan(s.code.encode(x, s.case.positions)[..., -1, block]).any(-1)
    return (
        refuted(f"coordinate {at[0]} of the last token was not a number; the result is") if lost.any() else satisfied()
    )


def follows_the_length(implementation: Implementation, encoding: Encoding) -> str | None:
    """How far the sequence reaches plays a part."""
    return None if encoding.blocks.follows_length else "how far the sequence reaches plays no part"


@checks(says.batched_lengths, cases=families.general, needs=(takes_batched_positions, follows_the_length))
def batched_lengths(s: OnMaps) -> Evidence:
    """f(x, P)[b] = f(x[b], P[b]), where row b reaches as far as its own positions do"""
    s = s.alone()
    x, p = s.draw("x"), np.array(s.case.positions)
    rows = [tuple((p + b * s.case.shift).tolist()) for b in range(len(x))]
    together = s.code.encode_rows(x, rows)
    return worst(*(_as_alone(s, together[b : b + 1], x[b : b + 1], row) for b, row in enumerate(rows)))


def _as_alone(s: OnMaps, found: np.ndarray, x: np.ndarray, row: tuple[float, ...]) -> Evidence:
    one = s.varied(case=dataclasses.replace(s.case, positions=row))
    return same(one, found, one.code.result(x, row), x, row)
