"""KerasHub's tables and biases: SinePositionEncoding, PositionEmbedding, AlibiBias and the relative bias of T5.

SinePositionEncoding and AlibiBias compute everything in the dtype of the layer, positions as well. AlibiBias knows keys
alone: every row is the last one's, which no softmax sees.
"""

from types import SimpleNamespace

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import offset, rows
from impls.zoo.keras_hub_code import SOURCE, module

LAYERS = f"{SOURCE}/layers/modeling"


@implements(
    "learned",
    form="gather",
    positions="non-negative",
    differentiable=False,
    package="keras-hub",
    source=f"{LAYERS}/position_embedding.py",
)
def keras_hub_learned(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """PositionEmbedding whose weight is the table."""
    indices, name = rows(positions, max_position_embeddings - 1), str(dtype).removeprefix("torch.")
    layer = module("layers.modeling.position_embedding").PositionEmbedding(max_position_embeddings, dtype=name)
    layer.build((1, dim))
    layer.position_embeddings.assign(table)
    chosen: Tensor = layer(torch.zeros(1, len(indices), dim, dtype=dtype), positions=indices)
    return chosen[0]


@implements(
    "alibi",
    form="toeplitz",
    convention="causal",
    compare="softmax",
    positions="contiguous",
    package="keras-hub",
    source=f"{LAYERS}/alibi_bias.py",
)
def keras_hub_alibi(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """AlibiBias, added to scores that are zero."""
    offset(query_positions), offset(key_positions)
    layer = module("layers.modeling.alibi_bias").AlibiBias(dtype=str(dtype).removeprefix("torch."))
    bias: Tensor = layer(torch.zeros(1, heads, len(query_positions), len(key_positions), dtype=dtype))
    return bias[0]


@implements(
    "t5-bias",
    form="gather",
    positions="contiguous",
    package="keras-hub",
    source=f"{SOURCE}/models/t5/t5_multi_head_attention.py",
)
def keras_hub_t5(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """T5MultiHeadAttention.compute_bias, of keys from 0 on and of queries from where they begin."""
    code = module("models.t5.t5_multi_head_attention").T5MultiHeadAttention
    attention = SimpleNamespace(
        is_decoder=not bidirectional,
        relative_attention_buckets=num_buckets,
        relative_attention_max_distance=max_distance,
        relative_attention_bias=table,
        _relative_position_bucket=code._relative_position_bucket,
    )
    keys = offset(key_positions) + len(key_positions)
    bias: Tensor = code.compute_bias(attention, len(query_positions), keys, offset(query_positions))
    return bias[0, :, :, keys - len(key_positions) :]
