"""What a call gets beside the vectors that are looked at: the other side of attention, and exact cosines and sines."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from impls.calls import axes_of, call_of, has, table_dtype, tables_of
from impls.door.crossing import Beside, Strides
from impls.door.dtypes import rounded
from properties.cases import drawing
from properties.subjects.blocks import Waves
from properties.subjects.setup import Setup
from spec.definitions.map import Map
from spec.definitions.words import Role

GROUPS = (1, 2, 3, 4, 7, 8)
"""How many heads of queries share one of the keys, in turn; where it divides them, else all do."""
LAID: Mapping[Strides, Strides] = {"transposed": "strided", "strided": "transposed"}
"""How the other side lies in memory where this one does not lie one behind the other, which code may refuse."""


def beside(setup: Setup, x: np.ndarray, places: np.ndarray, role: Role) -> Beside:
    """What vectors (batch, heads, n, dim) of one side, at located positions, are handed in with."""
    one, seed = setup.implementation, setup.case.seed
    batch, _, tokens, dim = x.shape
    other = value = None
    if call_of(one).joint:
        heads = _heads(setup, x.shape[1], role)
        other = setup.held(drawing.vectors("gaussian", "beside", seed, (batch, heads, tokens, dim)))
        keys = x.shape[1] if role == "key" else heads
        if one.call == "qkv-packed":
            value = setup.held(drawing.vectors("gaussian", "value", seed, (batch, keys, tokens, dim)))
    cosines, sines, angles = _waves(setup, places)
    if (tables_of(one) or "").startswith("b ") and cosines.ndim == 2 and seed % 2:
        cosines, sines, angles = (np.broadcast_to(each, (batch, *each.shape)) for each in (cosines, sines, angles))
    return Beside(
        other=other,
        value=value,
        strides=LAID.get(setup.case.strides, "contiguous"),
        cosines=cosines,
        sines=sines,
        angles=angles,
        columns=_columns(setup) if call_of(one).handed else np.zeros(0, dtype=int),
        grid=setup.encoding.grid.axes,
        reached=0 if one.max_position is None else one.max_position + 1,
    )


def _heads(setup: Setup, count: int, role: Role) -> int:
    """The heads of the other side, where one side has so many: those declared with them, as many, fewer, or one."""
    pairs = setup.implementation.heads
    if not has(setup.implementation, "h"):
        return 1
    if pairs is not None:
        of_other = [pair[role == "query"] for pair in pairs if pair[role == "key"] == count]
        return of_other[setup.case.seed % len(of_other)] if of_other else count
    if setup.implementation.call == "qkv-packed" and "3" in "".join(axes_of(setup.implementation)):
        return count
    group = GROUPS[setup.case.seed % len(GROUPS)]
    if role == "key":
        return count * group
    return count // group if count % group == 0 else 1


def heads_told(setup: Setup, role: Role) -> dict[str, Any]:
    """How many heads q and k have in a call for one side of attention, as evidence tells it, where they may differ."""
    if not (call_of(setup.implementation).joint and has(setup.implementation, "h")):
        return {}
    one = setup.with_heads(np.zeros((setup.case.batch, setup.case.heads, 1, setup.case.dim)), role).shape[1]
    pair = (one, _heads(setup, one, role))
    return {"heads of q and k": "{} and {}".format(*(pair if role == "query" else pair[::-1]))}


def _waves(setup: Setup, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cosines, sines and angles of every pair, (n, pairs), or (batch, n, pairs) where every row has its positions."""
    if setup.has_rows(places):
        found = [_waves(setup, row) for row in places]
        cosines, sines, angles = (np.stack(each) for each in zip(*found, strict=True))
        return cosines, sines, angles
    if call_of(setup.implementation).handed is None:
        empty = np.zeros((len(places), 0))
        return empty, empty, empty
    waves = Waves(setup, setup.definition(Map))
    if not len(places):
        empty = np.zeros((0, len(waves.thetas)))
        return empty, empty, empty
    blocks = waves.blocks(places).astype(np.float64)
    return as_table(setup, blocks[..., 0, 0]), as_table(setup, blocks[..., 1, 0]), waves.handed_angles(places)


def as_table(setup: Setup, columns: np.ndarray) -> np.ndarray:
    """Cosines or sines as the tables that are handed in can hold them."""
    dtype = table_dtype(setup.implementation, setup.dtype)
    return setup.held(columns) if dtype == setup.dtype else rounded(columns, dtype)


def _columns(setup: Setup) -> np.ndarray:
    """The pair of every coordinate that turns, in the order in which they go out."""
    pair_of = np.full(setup.case.dim, -1)
    for pair, coordinates in enumerate(setup.coordinates_out):
        pair_of[coordinates] = pair
    return pair_of[pair_of >= 0]
