"""MLX: the position layers of `mlx.nn`, SinusoidalPositionalEncoding and ALiBi.

The sinusoidal table is float32, with frequencies as tensor2tensor has them; by default it is multiplied by
sqrt(2/dims), which is left out here. ALiBi has slopes and products in the dtype of the scores.
"""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import offset
from impls.zoo.mlx_arrays import to_mlx, to_torch

LAYERS = "https://github.com/ml-explore/mlx/blob/main/python/mlx/nn/layers/positional_encoding.py"


@implements(
    "sinusoidal",
    form="elementwise",
    layout="half",
    convention="tensor2tensor",
    name="mlx-sinusoidal",
    package="mlx",
    dtypes=("float32",),
    source=LAYERS,
)
def sinusoidal(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """SinusoidalPositionalEncoding with scale 1, of positions in float32."""
    import mlx.core as mx
    from mlx.nn import SinusoidalPositionalEncoding

    if dtype != torch.float32:
        raise ValueError(f"the table is float32, asked for {dtype}: convert it")
    with mx.stream(mx.cpu):
        return to_torch(SinusoidalPositionalEncoding(dim, min_freq=1 / base, scale=1.0)(to_mlx(positions.float())))


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
