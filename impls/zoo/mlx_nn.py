"""MLX: the bias of `mlx.nn`, ALiBi, with slopes and products in the dtype of the scores."""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import offset
from impls.zoo.mlx_arrays import to_torch

LAYERS = "https://github.com/ml-explore/mlx/blob/main/python/mlx/nn/layers/positional_encoding.py"


@implements(
    "alibi",
    form="elementwise",
    name="mlx-alibi",
    package="mlx",
    positions="contiguous",
    source=LAYERS,
)
def alibi(query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """ALiBi.create_alibi_matrix of keys from 0 on, and of queries from where they begin."""
    import mlx.core as mx
    from mlx.nn import ALiBi

    first, keys = offset(query_positions), offset(key_positions) + len(key_positions)
    name = str(dtype).removeprefix("torch.")
    with mx.stream(mx.cpu):
        matrix = ALiBi.create_alibi_matrix(first + len(query_positions), keys, heads, first, getattr(mx, name))
        return to_torch(matrix)[0, :, :, keys - len(key_positions) :]
