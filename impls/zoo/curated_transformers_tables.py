"""curated-transformers: the sinusoidal table, and ALiBi over all offsets or for causal attention.

Tables and biases are in float32. Unless it is told otherwise, the table has rows of length 1; it is told. ALiBi for
causal attention has one row for all queries, right up to a constant in every row of the products.
"""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, rows

LONGEST = 1023
"""The largest position of a square of biases."""
LAYERS = "https://github.com/explosion/curated-transformers/blob/main/curated_transformers/layers"


@implements(
    "sinusoidal",
    form="elementwise",
    layout="interleaved",
    package="curated-transformers",
    positions="non-negative",
    max_position=LARGEST,
    source=f"{LAYERS}/embeddings.py",
)
def curated_transformers_sinusoidal(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """SinusoidalPositionalEmbedding without normalize."""
    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    module = leaf("curated_transformers.layers.embeddings")
    embedding = module.SinusoidalPositionalEmbedding(width=dim, max_len=count, normalize=False)
    table: Tensor = embedding(torch.empty(1, count))
    return table[indices].to(dtype)


@implements(
    "alibi",
    form="elementwise",
    package="curated-transformers",
    positions="non-negative",
    max_position=LONGEST,
    source=f"{LAYERS}/attention.py",
)
def curated_transformers_alibi(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """AttentionLinearBiases, not causal and not inverted, added to scores of 0."""
    m, n = rows(query_positions, LONGEST), rows(key_positions, LONGEST)
    count = max((int(each.max()) + 1 for each in (m, n) if each.numel()), default=0)
    bias = _added(torch.zeros(1, heads, count, count), causal=False)
    return bias[0][:, m][..., n].to(dtype)


@implements(
    "alibi",
    form="elementwise",
    convention="causal",
    compare="softmax",
    package="curated-transformers",
    positions="non-negative",
    max_position=LARGEST,
    source=f"{LAYERS}/attention.py",
)
def curated_transformers_alibi_causal(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """AttentionLinearBiases, causal and not inverted, added to scores of 0."""
    n = rows(key_positions)
    count = int(n.max()) + 1 if n.numel() else 0
    bias = _added(torch.zeros(1, heads, len(query_positions), count), causal=True)
    return bias[0][..., n].to(dtype)


def _added(scores: Tensor, *, causal: bool) -> Tensor:
    module = leaf("curated_transformers.layers.attention")
    biases = module.AttentionLinearBiases(n_attention_heads=scores.shape[1], is_causal=causal, is_inverted=False)
    added: Tensor = biases(attention_scores=scores)
    return added
