"""torchembed: RoPE of halves, ALiBi over a square and the sinusoidal table, made in float32.

RoPE's table is cast with the model, and made again where a sequence is longer than it, of frequencies that were cast.
ALiBi takes as many rows as there are keys, however many queries there are: here scores are square, and rows are chosen.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, four_axes, rows, same_length

Rope = Callable[[Tensor, Tensor], Tensor]
SOURCE = "https://pypi.org/project/torchembed"
LONGEST = 1023
"""The largest position of a square of biases."""


@implements(
    "rope",
    form="rotate-half",
    layout="half",
    package="torchembed",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source=SOURCE,
)
def torchembed(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding, in a model of the dtype of x, whose table holds every position: of it, rows are chosen."""
    made: dict[torch.dtype, Any] = {}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions)
        if x.dtype not in made:
            made[x.dtype] = leaf("torchembed.positional").RotaryEmbedding(dim, base=base).to(x.dtype)
        indices, embedding = rows(positions), made[x.dtype]
        count = int(indices.max()) + 1 if indices.numel() else 0
        if count > embedding.max_seq_len:
            embedding(*[x.new_zeros(1, 1, count, dim)] * 2)
        vectors = four_axes(x)
        y: Tensor = embedding._vanilla_forward(
            vectors, vectors, embedding.cos_cache[indices], embedding.sin_cache[indices]
        )[0]
        return y.reshape(x.shape)

    return rope


@implements(
    "alibi",
    form="elementwise",
    package="torchembed",
    positions="non-negative",
    max_position=LONGEST,
    source=SOURCE,
)
def torchembed_alibi(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """ALiBiEmbedding, added to scores of 0."""
    m, n = rows(query_positions, LONGEST), rows(key_positions, LONGEST)
    count = max((int(each.max()) + 1 for each in (m, n) if each.numel()), default=0)
    bias: Tensor = leaf("torchembed.positional").ALiBiEmbedding(heads, count)(torch.zeros(1, heads, count, count))
    return bias[0][:, m][..., n].to(dtype)


@implements(
    "sinusoidal",
    form="elementwise",
    layout="interleaved",
    package="torchembed",
    positions="non-negative",
    max_position=LARGEST,
    source=SOURCE,
)
def torchembed_sinusoidal(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """SinusoidalEmbedding, in a model of the given dtype, added to an input of 0."""
    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    embedding = leaf("torchembed.positional").SinusoidalEmbedding(dim, count).to(dtype)
    table: Tensor = embedding(torch.zeros(1, count, dim, dtype=dtype))
    return table[0, indices]
