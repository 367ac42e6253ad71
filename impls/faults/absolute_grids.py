"""Learned tables of grids with one mistake: in the cell that is looked up, or in how the table is resampled."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from impls.expect import expect_cells, expect_rows
from impls.faults import Steps, fault, fault_in

Size = tuple[int, int]


@fault("learned-2d", name="learned-2d-columns-first")
def columns_first(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Cells are numbered column by column, where they should be numbered row by row."""
    _expect(positions, dim, table, grid_size, grid_size, num_prefix_tokens)
    row, column = positions.long().unbind(1)
    return table[num_prefix_tokens + grid_size[0] * column + row].to(dtype)


@fault("learned-2d", name="learned-2d-as-wide-as-high")
def as_wide_as_high(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows are as long as there are rows: the number of rows is taken for that of columns."""
    _expect(positions, dim, table, grid_size, grid_size, num_prefix_tokens)
    row, column = positions.long().unbind(1)
    return table[(num_prefix_tokens + grid_size[0] * row + column) % len(table)].to(dtype)


@fault("learned-2d", name="learned-2d-prefix-behind")
def prefix_behind(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The rows of prefix tokens are looked for behind those of the cells, where they stand before."""
    _expect(positions, dim, table, grid_size, grid_size, num_prefix_tokens)
    row, column = positions.long().unbind(1)
    return table[grid_size[1] * row + column].to(dtype)


def _expect(positions: Tensor, dim: int, table: Tensor, grid_size: Size, new_size: Size, prefix: int) -> None:
    expect_cells(positions, new_size)
    expect_rows(table, prefix + grid_size[0] * grid_size[1], dim)


def _rows_behind_the_prefix(table: Tensor, prefix: int) -> Tensor:
    return table[prefix:]


def _image(rows: Tensor, grid_size: Size) -> Tensor:
    return rows.T.reshape(1, -1, *grid_size)


def _resized(image: Tensor, new_size: Size) -> Tensor:
    resized: Tensor = interpolate(image, size=new_size, mode="bicubic", align_corners=False)
    return resized


def _looked_up(image: Tensor, positions: Tensor) -> Tensor:
    return image[0, :, positions[:, 0], positions[:, 1]].T


RIGHT: dict[str, Callable[..., Any]] = {
    "rows": _rows_behind_the_prefix,
    "image": _image,
    "resized": _resized,
    "looked_up": _looked_up,
}


def _interpolated(
    steps: Steps,
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    new_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows behind the prefix are an image, which is resized and looked up."""
    take = RIGHT | steps
    _expect(positions, dim, table, grid_size, new_size, num_prefix_tokens)
    image = take["image"](take["rows"](table.double(), num_prefix_tokens), grid_size)
    found: Tensor = take["looked_up"](take["resized"](image, new_size), positions.long())
    return found.to(dtype)


def wrong(step: str, name: str, **declared: Any) -> Callable[[Any], Any]:
    """Declare that resampling is faulty in a step."""
    return fault_in(_interpolated, step, "learned-interpolated", name=f"learned-interpolated-{name}", **declared)


@wrong("resized", "align-corners")
def align_corners(image: Tensor, new_size: Size) -> Tensor:
    """The corners of the two grids are aligned, where the borders of their images should be."""
    return interpolate(image, size=new_size, mode="bicubic", align_corners=True)


@wrong("resized", "antialiased")
def antialiased(image: Tensor, new_size: Size) -> Tensor:
    """The table is smoothed against aliasing, which changes the weights as well where nothing is made smaller."""
    return interpolate(image, size=new_size, mode="bicubic", align_corners=False, antialias=True)


@wrong("resized", "bilinear-for-bicubic")
def bilinear_for_bicubic(image: Tensor, new_size: Size) -> Tensor:
    """Rows are interpolated by straight lines, where the weights should be cubic."""
    return interpolate(image, size=new_size, mode="bilinear", align_corners=False)


@wrong("resized", "bicubic-for-bilinear", convention="bilinear")
def bicubic_for_bilinear(image: Tensor, new_size: Size) -> Tensor:
    """The weights are cubic, where rows are declared to be interpolated by straight lines."""
    return _resized(image, new_size)


@wrong("resized", "size-for-scale", convention="dinov2")
def size_for_scale(image: Tensor, new_size: Size) -> Tensor:
    """The size is asked for, where the scale of a grid that is a tenth of a cell wider is declared."""
    return _resized(image, new_size)


@wrong("resized", "scale-for-size")
def scale_for_size(image: Tensor, new_size: Size) -> Tensor:
    """A tenth of a cell is added to the new grid, so that a scale does not round down to one cell too few."""
    scale = tuple((new + 0.1) / old for new, old in zip(new_size, image.shape[-2:], strict=True))
    return interpolate(image, scale_factor=scale, mode="bicubic", align_corners=False)


@wrong("resized", "nearest")
def nearest(image: Tensor, new_size: Size) -> Tensor:
    """The nearest row is taken, and nothing is interpolated."""
    return interpolate(image, size=new_size, mode="nearest")


@wrong("resized", "cropped")
def cropped(image: Tensor, new_size: Size) -> Tensor:
    """Cells keep their rows and the table is cut off, or its last rows repeated, instead of being resampled."""
    row, column = (torch.arange(n).clamp(max=old - 1) for n, old in zip(new_size, image.shape[-2:], strict=True))
    return image[:, :, row][..., column]


@wrong("resized", "sizes-exchanged")
def sizes_exchanged(image: Tensor, new_size: Size) -> Tensor:
    """The table is resampled to as many rows as there are columns, and the other way round."""
    return _resized(image, (new_size[1], new_size[0])).reshape(*image.shape[:2], *new_size)


@wrong("image", "grid-transposed")
def grid_transposed(rows: Tensor, grid_size: Size) -> Tensor:
    """The rows of the table are laid out column by column, where they lie row by row."""
    return rows.T.reshape(1, -1, grid_size[1], grid_size[0]).transpose(2, 3)


@wrong("image", "channels-misread")
def channels_misread(rows: Tensor, grid_size: Size) -> Tensor:
    """The axes of the table are not exchanged before it is read as an image: its channels hold cells."""
    return rows.reshape(1, rows.shape[1], *grid_size)


@wrong("looked_up", "axes-exchanged")
def axes_exchanged(image: Tensor, positions: Tensor) -> Tensor:
    """Rows and columns of the new grid are exchanged when it is looked up."""
    row, column = positions.unbind(1)
    return image[0, :, column % image.shape[2], row % image.shape[3]].T


@wrong("rows", "prefix-resampled")
def prefix_resampled(table: Tensor, prefix: int) -> Tensor:
    """The rows of prefix tokens are taken for cells: the class token is resampled with the rest."""
    return table[: len(table) - prefix]
