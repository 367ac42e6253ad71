"""positional-encodings: sines and cosines interleaved, angles in float32, one cast to the dtype of the input.

Positions are counted from 0; of one long table, rows are chosen.
"""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import LARGEST, rows


@implements(
    "sinusoidal",
    form="elementwise",
    layout="interleaved",
    package="positional-encodings",
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/tatp22/multidim-positional-encoding/blob/master/positional_encodings/torch_encodings.py",
)
def positional_encodings(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncoding1D."""
    from positional_encodings.torch_encodings import PositionalEncoding1D

    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    table: Tensor = PositionalEncoding1D(dim)(torch.empty(1, count, dim, dtype=dtype))[0]
    return table[indices]
