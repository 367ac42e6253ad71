"""Swin's window bias in three forms: gathered by one index, as a product with one-hot rows, and cut out of blocks."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect(
    query_positions: Tensor, key_positions: Tensor, heads: int, table: Tensor, window_size: tuple[int, int]
) -> None:
    """Cells inside the window, (n, 2), and a table with a row for every offset and a column for every head."""
    for positions in (query_positions, key_positions):
        if positions.ndim != 2 or positions.shape[-1] != 2:
            raise ValueError(f"positions are {tuple(positions.shape)}; expected (n, 2), row and column")
        if bool((positions.long() != positions).any()):
            raise ValueError("a position between the cells has no bias; interpolate the table instead")
        if bool((positions < 0).any() | (positions >= torch.tensor(window_size, device=positions.device)).any()):
            raise ValueError(f"a position lies outside the window of {window_size} rows and columns")
    wanted = ((2 * window_size[0] - 1) * (2 * window_size[1] - 1), heads)
    if tuple(table.shape) != wanted:
        raise ValueError(f"the table is {tuple(table.shape)}; expected ((2H - 1)(2W - 1), heads), {wanted}")


@implements("swin-bias", form="gather", name="swin-bias-gather", dtypes=DTYPES, strict=True)
def gather(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: tuple[int, int] = (9, 18)
) -> Tensor:
    """Offsets moved to 0 and up, rows times 2W - 1, added to one index into the table."""
    _expect(query_positions, key_positions, heads, table, window_size)
    query, key = query_positions.long(), key_positions.long()
    relative = query[:, None, :] - key[None, :, :]
    relative = relative + torch.tensor([size - 1 for size in window_size], device=relative.device)
    relative[..., 0] *= 2 * window_size[1] - 1
    return table[relative.sum(-1)].permute(2, 0, 1).contiguous()


@implements("swin-bias", form="one-hot", name="swin-bias-one-hot", dtypes=DTYPES, strict=True)
def one_hot(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: tuple[int, int] = (9, 18)
) -> Tensor:
    """A 1 for the offset in rows and a 1 for the one in columns, multiplied with the table as a grid."""
    _expect(query_positions, key_positions, heads, table, window_size)
    height, width = window_size
    query, key = (positions.to(torch.int64) for positions in (query_positions, key_positions))
    down = torch.nn.functional.one_hot(query[:, None, 0] - key[None, :, 0] + height - 1, 2 * height - 1)
    right = torch.nn.functional.one_hot(query[:, None, 1] - key[None, :, 1] + width - 1, 2 * width - 1)
    grid = table.reshape(2 * height - 1, 2 * width - 1, heads)
    columns = torch.einsum("mnc,rch->mnrh", right.to(table.dtype), grid)
    return torch.einsum("mnr,mnrh->hmn", down.to(table.dtype), columns)


@implements("swin-bias", form="toeplitz", name="swin-bias-toeplitz", dtypes=DTYPES, strict=True)
def toeplitz(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: tuple[int, int] = (9, 18)
) -> Tensor:
    """The bias of the whole window, a Toeplitz matrix of Toeplitz blocks, of which rows and columns are picked."""
    _expect(query_positions, key_positions, heads, table, window_size)
    height, width = window_size
    reversed_rows = table.unflatten(0, (2 * height - 1, 2 * width - 1)).movedim(-1, 0).flip(1, 2)
    blocks = reversed_rows.unfold(2, width, 1).flip(2)
    whole = blocks.unfold(1, height, 1).flip(1)
    window = whole.permute(0, 1, 2, 4, 3).reshape(heads, height * width, height * width)
    query, key = (p[:, 0].long() * width + p[:, 1].long() for p in (query_positions, key_positions))
    picked: Tensor = window[:, query][:, :, key]
    return picked
