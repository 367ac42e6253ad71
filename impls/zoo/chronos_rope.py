"""chronos-forecasting: coordinates i and i + d/2, tables in float32 by a matrix product, cast to the dtype of x.

The class and its static function are those of Hugging Face's Llama, made one.
"""

from collections.abc import Callable
from types import SimpleNamespace

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import four_axes

Rope = Callable[[Tensor, Tensor], Tensor]


@implements(
    "rope",
    form="rotate-half",
    layout="half",
    package="chronos-forecasting",
    factory=True,
    batched=True,
    source="https://github.com/amazon-science/chronos-forecasting/blob/main/src/chronos/chronos2/layers.py",
)
def chronos_2(dim: int, *, base: float = 10000.0) -> Rope:
    """Chronos2RotaryEmbedding and its apply_rotary_pos_emb."""
    kind = leaf("chronos.chronos2.layers").Chronos2RotaryEmbedding
    embedding = kind(SimpleNamespace(rope_theta=base, d_kv=dim))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        vectors = four_axes(x)
        cos, sin = embedding(vectors, torch.atleast_2d(positions))
        y: Tensor = kind.apply_rotary_pos_emb(vectors, vectors, cos, sin)[0]
        return y.reshape(x.shape)

    return rope
