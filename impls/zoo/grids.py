"""Tables of a whole grid, of which rows are chosen: what adapters over images share."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from impls.expect import expect_cells
from impls.zoo.fitting import rows

SIDE = 512
"""The most cells along an axis of a grid that is built."""


def grid_of(places: Tensor, side: int = SIDE) -> tuple[list[int], Tensor]:
    """The sizes of the smallest grid that holds places (n, axes), and which of its cells each is, row by row.

    Raises ValueError unless they are integers in `0..side - 1`.
    """
    indices = rows(places, side - 1)
    sizes = [int(along.max()) + 1 if len(along) else 1 for along in indices.unbind(1)]
    return sizes, cells_of(indices, sizes)


def square_of(places: Tensor, side: int = SIDE) -> tuple[int, Tensor]:
    """The same for the smallest grid whose sides are equal."""
    sizes, _ = grid_of(places, side)
    return max(sizes), cells_of(places, [max(sizes)] * len(sizes))


def cells_of(places: Tensor, sizes: Sequence[int]) -> Tensor:
    """Which cell of a grid each place is, row by row. Raises ValueError for places outside it."""
    expect_cells(places, sizes)
    strides = [math.prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    cells: Tensor = (places.long() * torch.tensor(strides)).sum(1)
    return cells


def met_in_window(
    bias: Callable[[Tensor], Tensor], q: Tensor, queries: Tensor, keys: Tensor, window: Sequence[int]
) -> Tensor:
    """What code that takes the queries of a whole window (b, h w, d) makes of those at some cells, at these keys.

    Queries that share a cell come in windows of their own; cells without a query hold zeros.
    """
    rows, columns = cells_of(queries, window), cells_of(keys, window)
    same = torch.tril(rows[:, None] == rows, diagonal=-1)
    layer = same.sum(1)
    lead = q.shape[:-2]
    windows = q.new_zeros(*lead, int(layer.max()) + 1 if len(layer) else 1, math.prod(window), q.shape[-1])
    windows[..., layer, rows, :] = q
    made: Tensor = bias(windows.flatten(0, -3)).unflatten(0, windows.shape[:-2])[..., layer, rows, :]
    return made[..., columns]
