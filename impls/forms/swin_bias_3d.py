"""Video Swin's window bias in three forms: gathered by one index, by three, and multiplied with one-hot rows."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
Window = tuple[int, int, int]


def _expect(query_positions: Tensor, key_positions: Tensor, heads: int, table: Tensor, window_size: Window) -> None:
    """Cells inside the window, (n, 3), and a table with a row for every offset and a column for every head."""
    for positions in (query_positions, key_positions):
        if positions.ndim != 2 or positions.shape[-1] != 3:
            raise ValueError(f"positions are {tuple(positions.shape)}; expected (n, 3): frame, row and column")
        if bool((positions.long() != positions).any()):
            raise ValueError("a position between the cells has no bias; interpolate the table instead")
        if bool((positions < 0).any() | (positions >= torch.tensor(window_size, device=positions.device)).any()):
            raise ValueError(f"a position lies outside the window of {window_size} frames, rows and columns")
    frames, height, width = (2 * size - 1 for size in window_size)
    if tuple(table.shape) != (frames * height * width, heads):
        wanted = f"((2T - 1)(2H - 1)(2W - 1), heads), {(frames * height * width, heads)}"
        raise ValueError(f"the table is {tuple(table.shape)}; expected {wanted}")


@implements("swin-bias-3d", form="gather", name="swin-bias-3d-gather", dtypes=DTYPES, strict=True)
def gather(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: Window = (4, 5, 7)
) -> Tensor:
    """Offsets moved to 0 and up, frames times (2H - 1)(2W - 1), rows times 2W - 1, added to one index."""
    _expect(query_positions, key_positions, heads, table, window_size)
    _, height, width = window_size
    moved = query_positions.long()[:, None] - key_positions.long() + torch.tensor(window_size, device=table.device) - 1
    strides = torch.tensor([(2 * height - 1) * (2 * width - 1), 2 * width - 1, 1], device=table.device)
    return table[(moved * strides).sum(-1)].permute(2, 0, 1).contiguous()


@implements("swin-bias-3d", form="nested", name="swin-bias-3d-nested", dtypes=DTYPES, strict=True)
def nested(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: Window = (4, 5, 7)
) -> Tensor:
    """The table as a block of numbers, with an index of its own along each axis."""
    _expect(query_positions, key_positions, heads, table, window_size)
    block = table.unflatten(0, [2 * size - 1 for size in window_size]).movedim(-1, 0)
    index = [
        torch.sub(query_positions.select(1, axis).unsqueeze(1), key_positions.select(1, axis)).long() + size - 1
        for axis, size in enumerate(window_size)
    ]
    bias: Tensor = block[:, index[0], index[1], index[2]]
    return bias


@implements("swin-bias-3d", form="one-hot", name="swin-bias-3d-one-hot", dtypes=DTYPES, strict=True)
def one_hot(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: Window = (4, 5, 7)
) -> Tensor:
    """A 1 for the offset along each axis, multiplied with the table as a block, an axis after the other."""
    _expect(query_positions, key_positions, heads, table, window_size)
    frames, height, width = window_size
    met = table.reshape(2 * frames - 1, 2 * height - 1, 2 * width - 1, heads)
    chosen = []
    for axis, size in enumerate(window_size):
        offsets = torch.arange(1 - size, size, device=table.device)
        apart = query_positions[:, None, axis, None].long() - key_positions[:, axis, None].long()
        chosen.append((apart == offsets).to(table.dtype))
    columns = torch.einsum("mnc,trch->mntrh", chosen[2], met)
    rows = torch.einsum("mnr,mntrh->mnth", chosen[1], columns)
    return torch.einsum("mnt,mnth->hmn", chosen[0], rows)
