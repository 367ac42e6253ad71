"""positional-encodings: sines and cosines interleaved, angles in float32, one cast to the dtype of the input.

Positions are counted from 0; of one long table, rows are chosen.
"""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import LARGEST, rows
from impls.zoo.grids import SIDE, grid_of

SOURCE = "https://github.com/tatp22/multidim-positional-encoding/blob/master/positional_encodings/torch_encodings.py"


@implements(
    "sinusoidal",
    form="elementwise",
    layout="interleaved",
    package="positional-encodings",
    positions="non-negative",
    max_position=LARGEST,
    source=SOURCE,
)
def positional_encodings(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncoding1D."""
    from positional_encodings.torch_encodings import PositionalEncoding1D

    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    table: Tensor = PositionalEncoding1D(dim)(torch.empty(1, count, dim, dtype=dtype))[0]
    return table[indices]


@implements(
    "sinusoidal-2d",
    form="elementwise",
    layout="interleaved",
    package="positional-encodings",
    positions="non-negative",
    max_position=SIDE - 1,
    source=SOURCE,
)
def positional_encodings_2d(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncoding2D, row first."""
    from positional_encodings.torch_encodings import PositionalEncoding2D

    sizes, cells = grid_of(positions)
    table: Tensor = PositionalEncoding2D(dim)(torch.empty(1, *sizes, dim, dtype=dtype))[0]
    return table.flatten(0, 1)[cells]
