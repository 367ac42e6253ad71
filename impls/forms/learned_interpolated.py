"""A learned table of a grid on another grid, in three forms: resized as an image, place by place, by matrices."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from impls import implements
from impls.expect import expect_cells, expect_rows

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
Size = tuple[int, int]


register = partial(implements, "learned-interpolated", dtypes=DTYPES, strict=True)


def expect_resampled(positions: Tensor, dim: int, table: Tensor, grid_size: Size, new_size: Size, prefix: int) -> None:
    """Places on the new grid, and a table of the old one behind the rows of prefix tokens."""
    expect_cells(positions, new_size)
    expect_rows(table, prefix + grid_size[0] * grid_size[1], dim)


def _resized(
    positions: Tensor, table: Tensor, grid_size: Size, num_prefix_tokens: int, dtype: torch.dtype, **asked: Any
) -> Tensor:
    """Rows of a table that is resized as an image of `dim` channels, in float64."""
    image = table[num_prefix_tokens:].double().T.unflatten(1, grid_size)[None]
    row, column = positions.long().unbind(1)
    return interpolate(image, align_corners=False, antialias=False, **asked)[0, :, row, column].T.to(dtype)


@register(form="gather", name="learned-interpolated-resized")
def resized(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    new_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The image of the table is resized, bicubic, and looked up."""
    expect_resampled(positions, dim, table, grid_size, new_size, num_prefix_tokens)
    return _resized(positions, table, grid_size, num_prefix_tokens, dtype, size=new_size, mode="bicubic")


@register(form="gather", name="learned-interpolated-bilinear-resized", convention="bilinear")
def bilinear_resized(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    new_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The image of the table is resized, bilinear, and looked up."""
    expect_resampled(positions, dim, table, grid_size, new_size, num_prefix_tokens)
    return _resized(positions, table, grid_size, num_prefix_tokens, dtype, size=new_size, mode="bilinear")


@register(form="gather", name="learned-interpolated-dinov2-resized", convention="dinov2")
def dinov2_resized(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    new_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The image of the table is resized by a scale that makes it a tenth of a cell too large, and looked up."""
    expect_resampled(positions, dim, table, grid_size, new_size, num_prefix_tokens)
    if grid_size == new_size:
        row, column = positions.long().unbind(1)
        return table[num_prefix_tokens + grid_size[1] * row + column].to(dtype)
    scale = tuple((new + 0.1) / old for new, old in zip(new_size, grid_size, strict=True))
    return _resized(positions, table, grid_size, num_prefix_tokens, dtype, scale_factor=scale, mode="bicubic")


def _convolution(distance: Tensor) -> Tensor:
    """The weight of a row at this distance from s: cubic convolution with a = -3/4."""
    x = distance.abs()
    near, far = 1.25 * x**3 - 2.25 * x**2 + 1, -0.75 * (x**3 - 5 * x**2 + 8 * x - 4)
    return torch.where(x <= 1, near, torch.where(x < 2, far, 0))


def _triangle(distance: Tensor) -> Tensor:
    return (1 - distance.abs()).clamp(min=0)


def _resampling(old: int, new: int, wide: float, kernel: Callable[[Tensor], Tensor], like: Tensor) -> Tensor:
    """Which rows make a row of the new grid, (new, old): those behind the border count for the row at the border."""
    cells = torch.arange(new, dtype=torch.float64, device=like.device)
    s = (cells + 0.5) * old / wide - 0.5
    around = torch.arange(-3, old + 3, device=like.device)
    weights = kernel(s[:, None] - around)
    return torch.zeros(new, old, dtype=torch.float64, device=like.device).index_add(
        1, around.clamp(0, old - 1), weights
    )


def _by_matrices(
    positions: Tensor,
    table: Tensor,
    sizes: tuple[Size, Size],
    num_prefix_tokens: int,
    dtype: torch.dtype,
    kernel: Callable[[Tensor], Tensor],
    beyond: float = 0.0,
) -> Tensor:
    down, across = (
        _resampling(old, new, new + beyond, kernel, positions)[along.long()]
        for old, new, along in zip(*sizes, positions.unbind(1), strict=True)
    )
    image = table[num_prefix_tokens:].double().unflatten(0, sizes[0])
    return torch.einsum("nh,nw,hwd->nd", down, across, image).to(dtype)


@register(form="matrix", name="learned-interpolated-matrix")
def matrix(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    new_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """PE = (R_rows x R_columns) table, with the cubic weights of every old row for every new one."""
    expect_resampled(positions, dim, table, grid_size, new_size, num_prefix_tokens)
    return _by_matrices(positions, table, (grid_size, new_size), num_prefix_tokens, dtype, _convolution)


@register(form="matrix", name="learned-interpolated-bilinear-matrix", convention="bilinear")
def bilinear_matrix(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    new_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """PE = (R_rows x R_columns) table, with weights that fall to 0 from one row to the next."""
    expect_resampled(positions, dim, table, grid_size, new_size, num_prefix_tokens)
    return _by_matrices(positions, table, (grid_size, new_size), num_prefix_tokens, dtype, _triangle)


@register(form="matrix", name="learned-interpolated-dinov2-matrix", convention="dinov2")
def dinov2_matrix(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    new_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """PE = (R_rows x R_columns) table, on a new grid that is a tenth of a cell wider unless it is the old one."""
    expect_resampled(positions, dim, table, grid_size, new_size, num_prefix_tokens)
    beyond = 0.0 if grid_size == new_size else 0.1
    return _by_matrices(positions, table, (grid_size, new_size), num_prefix_tokens, dtype, _convolution, beyond)


@register(form="elementwise", name="learned-interpolated-elementwise")
def elementwise(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    new_size: Size = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Sixteen rows around every place, each looked up and weighted by polynomials in powers of t."""
    expect_resampled(positions, dim, table, grid_size, new_size, num_prefix_tokens)
    cells = torch.tensor(grid_size, device=positions.device)
    s = (positions.double() + 0.5) * cells / torch.tensor(new_size, device=positions.device) - 0.5
    t = (s - s.floor())[..., None] ** torch.arange(4, device=positions.device)
    by_power = [[0.0, -0.75, 1.5, -0.75], [1.0, 0.0, -2.25, 1.25], [0.0, 0.75, 1.5, -1.25], [0.0, 0.0, -0.75, 0.75]]
    weights = t @ torch.tensor(by_power, dtype=torch.float64, device=positions.device).T
    found = torch.zeros(len(positions), dim, dtype=torch.float64, device=positions.device)
    for i, j in torch.cartesian_prod(torch.arange(4), torch.arange(4)).tolist():
        step = torch.tensor([i - 1, j - 1], device=positions.device)
        row, column = torch.minimum((s.floor().long() + step).clamp(min=0), cells - 1).unbind(1)
        met = table[num_prefix_tokens + grid_size[1] * row + column].double()
        found = found + (weights[:, 0, i] * weights[:, 1, j])[:, None] * met
    return found.to(dtype)
