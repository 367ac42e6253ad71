"""Learned tables of grids with one mistake that many shapes hide: equal counts, squares, indices in few bits."""

import math
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from impls.expect import expect_cells, expect_rows
from impls.faults import Steps, fault_in
from impls.faults.absolute_grids import Size, wrong


def _rows(
    wrong: Steps,
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows of a table behind those of prefix tokens, by their number."""
    expect_cells(positions, grid_size)
    expect_rows(table, num_prefix_tokens + math.prod(grid_size), dim)
    return table[wrong["index"](positions.long(), grid_size, num_prefix_tokens)].to(dtype)


_numbered = partial(fault_in, _rows, "index", "learned-2d")


@_numbered(name="learned-2d-index-in-8-bits")
def _index_in_8_bits(cells: Tensor, grid_size: Size, prefix: int) -> Tensor:
    """The number of a cell is held in 8 bits, and wraps around from 256 on."""
    return (prefix + cells[:, 0] * grid_size[1] + cells[:, 1]).to(torch.uint8).long()


@_numbered(name="learned-2d-index-in-bfloat16")
def _index_in_bfloat16(cells: Tensor, grid_size: Size, prefix: int) -> Tensor:
    """The number of a cell is made in bfloat16, which holds no more than 256 of them exactly."""
    row, column = cells.bfloat16().unbind(1)
    last = prefix + math.prod(grid_size) - 1
    return (prefix + (row * grid_size[1] + column).long()).clamp(max=last)


@_numbered(name="learned-2d-square-by-its-count")
def _square_by_its_count(cells: Tensor, grid_size: Size, prefix: int) -> Tensor:
    """A grid with as many cells as a square is taken for one."""
    side = math.isqrt(math.prod(grid_size))
    columns = side if side**2 == math.prod(grid_size) else grid_size[1]
    return (prefix + columns * cells[:, 0] + cells[:, 1]) % (prefix + math.prod(grid_size))


@wrong("resized", "same-count")
def _same_count(image: Tensor, new_size: Size) -> Tensor:
    """The table itself is taken where the new grid has as many cells, whatever its shape."""
    if image[0, 0].numel() == math.prod(new_size):
        return image.reshape(*image.shape[:2], *new_size)
    return interpolate(image, size=new_size, mode="bicubic", align_corners=False)


@wrong("resized", "square-new-grid-reshaped")
def _square_new_grid(image: Tensor, new_size: Size) -> Tensor:
    """Rows and columns are exchanged where the new grid is a square."""
    resized = interpolate(image, size=new_size, mode="bicubic", align_corners=False)
    return resized.mT if new_size[0] == new_size[1] else resized


@wrong("resized", "antialiased-far-down")
def _antialiased_far_down(image: Tensor, new_size: Size) -> Tensor:
    """The table is smoothed against aliasing where the new grid has less than two fifths of the old rows or columns."""
    coarse = any(2.5 * new < old for new, old in zip(new_size, image.shape[-2:], strict=True))
    return interpolate(image, size=new_size, mode="bicubic", align_corners=False, antialias=coarse)


@wrong("image", "square-by-its-count")
def _old_grid_square_by_its_count(rows: Tensor, grid_size: Size) -> Tensor:
    """An old grid with as many cells as a square is taken for one."""
    side = math.isqrt(len(rows))
    return rows.T.reshape(1, -1, *((side, side) if side**2 == len(rows) else grid_size))


@wrong("resized", "tenth-on-equal-grids", convention="dinov2")
def _tenth_on_equal_grids(image: Tensor, new_size: Size) -> Tensor:
    """The tenth of a cell is added where the grids are equal as well, where the table itself should be taken."""
    scale = tuple((new + 0.1) / old for new, old in zip(new_size, image.shape[-2:], strict=True))
    return interpolate(image, scale_factor=scale, mode="bicubic", align_corners=False)
