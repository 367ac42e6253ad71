"""The learned table of a grid in two forms: its rows are looked up, or selected by one-hot rows and columns."""

from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_cells, expect_rows

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("learned-2d", form="gather", name="learned-2d-gather", dtypes=DTYPES, strict=True)
def gather(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: tuple[int, int] = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """PE(row, column) = table[num_prefix_tokens + columns row + column]."""
    expect_cells(positions, grid_size)
    expect_rows(table, num_prefix_tokens + grid_size[0] * grid_size[1], dim)
    row, column = positions.long().unbind(1)
    return table[num_prefix_tokens + grid_size[1] * row + column].to(dtype)


@implements("learned-2d", form="one-hot", name="learned-2d-one-hot", dtypes=DTYPES, strict=True)
def one_hot(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: tuple[int, int] = (9, 18),
    num_prefix_tokens: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """PE = (E_rows x E_columns) table, where the rows of E are 1 at the cell and 0 elsewhere."""
    expect_cells(positions, grid_size)
    expect_rows(table, num_prefix_tokens + grid_size[0] * grid_size[1], dim)
    chosen = [
        along[:, None] == torch.arange(count, device=positions.device)
        for along, count in zip(positions.unbind(1), grid_size, strict=True)
    ]
    cells = (chosen[0][:, :, None] & chosen[1][:, None, :]).flatten(1)
    return (cells.to(table.dtype) @ table[num_prefix_tokens:]).to(dtype)
