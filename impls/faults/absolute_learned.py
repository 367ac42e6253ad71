"""The learned table with one mistake: in the row that is looked up, or in what is not refused."""

import math

import torch
from torch import Tensor

from impls.faults import fault


def _expect_rows(positions: Tensor, table: Tensor) -> None:
    if positions.is_floating_point() or (positions < 0).any() or (positions >= len(table)).any():
        raise ValueError(f"a table of {len(table)} rows has the positions 0 to {len(table) - 1}")


@fault("learned", name="learned-padding-row-zeroed", source="https://github.com/huggingface/transformers/pull/10200")
def padding_row_zeroed(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The row of the padding token's number, 1, is zero, as if positions were tokens."""
    _expect_rows(positions, table)
    return torch.where(positions[:, None] == 1, 0, table[positions.long()]).to(dtype)


@fault("learned", name="learned-offset-by-two")
def offset_by_two(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Rows are looked up two further on, as if the table began with two that no token uses."""
    _expect_rows(positions, table)
    return table[(positions.long() + 2) % len(table)].to(dtype)


@fault("learned", name="learned-restarts", source="https://github.com/Blaizzy/mlx-vlm/issues/1983")
def restarts(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Rows are counted from 0 in every call: a token that comes later gets the first row again."""
    _expect_rows(positions, table)
    return table[: len(positions)].to(dtype)


@fault("learned", name="learned-last-row-repeated")
def last_row_repeated(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Positions behind the last row get the last row, instead of an error."""
    _expect_rows(positions.clamp(max=len(table) - 1), table)
    return table[positions.long().clamp(max=len(table) - 1)].to(dtype)


@fault("learned", name="learned-wraps")
def wraps(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Position -1 gets the last row: an index from the end, instead of an error."""
    _expect_rows(positions.abs(), table)
    return table[positions.long()].to(dtype)


@fault("learned", name="learned-fractions-cut-off")
def fractions_cut_off(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Positions between two rows get the first of them, instead of an error."""
    _expect_rows(positions.long(), table)
    return table[positions.long()].to(dtype)


@fault("learned", name="learned-scaled")
def scaled(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The rows are multiplied by the square root of the dimension, as those of tokens are."""
    _expect_rows(positions, table)
    return (table[positions.long()] * math.sqrt(dim)).to(dtype)


@fault("learned", name="learned-rounded", dtypes=("float64", "float32", "bfloat16", "float16"))
def rounded(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The product with one-hot rows is made in bfloat16, and the rows come back rounded."""
    _expect_rows(positions, table)
    chosen = torch.nn.functional.one_hot(positions.long(), len(table))
    return (chosen.bfloat16() @ table.bfloat16()).to(dtype)
