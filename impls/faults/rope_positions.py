"""RoPE that takes positions for others: by their dtype, by where they lie in memory, or how many there are."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, frequencies, turned
from impls.faults.rotary_grids import angles as grid_angles


@fault("rope")
def positions_kept_in_16_bits(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions in 32 bits are kept in 16: beyond 32767 they are negative."""
    held = positions.to(torch.int16) if positions.dtype == torch.int32 else positions
    return turned(x, angles(held, x.shape[-1], base))


@fault("rope")
def positions_end_at_a_million(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions beyond 2^20 are taken for 2^20."""
    return turned(x, angles(positions.clamp(max=2**20), x.shape[-1], base))


@fault("rope")
def half_precision_multiplied(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions in half precision are multiplied with the frequencies in it."""
    if positions.dtype not in (torch.bfloat16, torch.float16):
        return turned(x, angles(positions, x.shape[-1], base))
    return turned(x, positions[:, None] * frequencies(x.shape[-1], base).to(positions.dtype))


@fault("rope")
def positions_read_one_after_the_other(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The stride of positions is ignored: they are read as if they lay one behind the other."""
    room = positions.untyped_storage().nbytes() // positions.itemsize - positions.storage_offset()
    flat = positions.as_strided((min(len(positions), room),), (1,), positions.storage_offset())
    read = torch.nn.functional.pad(flat, (0, len(positions) - len(flat)))
    return turned(x, angles(read, x.shape[-1], base))


@fault("rope")
def positions_read_from_the_start(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Where the positions begin in a longer tensor is ignored: they are read from its start."""
    return turned(x, angles(positions.as_strided(positions.shape, positions.stride(), 0), x.shape[-1], base))


@fault("rope")
def no_tokens_become_one(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A call without a token gives a token all the same: a block is padded, and not cut off again."""
    if x.numel() == 0:
        return x.new_zeros(*x.shape[:-2], 1, x.shape[-1])
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope")
def nan_becomes_zero(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """What is not a number becomes zero, so that nobody notices where it came from."""
    return turned(x.nan_to_num(0.0, torch.inf, -torch.inf), angles(positions, x.shape[-1], base))


@fault("rope-2d")
def complete_grids_column_by_column(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A complete grid is laid out column by column: its rows and columns are exchanged."""
    rows, columns = (positions.long().amax(0) + 1).tolist() if len(positions) else (0, 0)
    whole = len(positions) == rows * columns and len(positions) > 5
    order = torch.cartesian_prod(torch.arange(columns), torch.arange(rows)).flip(-1) if whole else positions
    return turned(x, grid_angles(order, x.shape[-1], base))
