"""curated-transformers: coordinates i and i + d/2, a table in the dtype of the model, made anew when it is too short.

The first table, of 512 positions, is made in float32 and then cast with the model. A longer sequence has it made again,
of frequencies that were cast before: in half precision every later angle is that of a rounded frequency.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, four_axes, rows

Rope = Callable[[Tensor, Tensor], Tensor]
register = partial(
    implements,
    form="rotate-half",
    layout="half",
    package="curated-transformers",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/explosion/curated-transformers/blob/main/curated_transformers/layers/embeddings.py",
)


@register("rope", batched=True)
def curated_transformers(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbeddings with positions, in a model of the dtype of x."""
    made: dict[torch.dtype, torch.nn.Module] = {}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        if x.dtype not in made:
            made[x.dtype] = leaf("curated_transformers.layers.embeddings").RotaryEmbeddings(dim, base=base).to(x.dtype)
        y: Tensor = made[x.dtype](four_axes(x), positions=_of_rows(four_axes(x), positions))
        return y.reshape(x.shape)

    return rope


@register("partial-rope")
def curated_transformers_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """QueryKeyRotaryEmbeddings with positions, in a model of the dtype of x, which is the query and the key."""
    made: dict[torch.dtype, torch.nn.Module] = {}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        if x.dtype not in made:
            module = leaf("curated_transformers.layers.embeddings")
            made[x.dtype] = module.QueryKeyRotaryEmbeddings(base=base, fraction=rotary_dim / dim, head_width=dim).to(
                x.dtype
            )
        vectors = four_axes(x)
        y: Tensor = made[x.dtype](query=vectors, key=vectors, positions=_of_rows(vectors, positions))[0]
        return y.reshape(x.shape)

    return rope


def _of_rows(vectors: Tensor, positions: Tensor) -> Tensor:
    """Positions (batch, n)."""
    indices = rows(positions)
    return indices if indices.ndim == 2 else indices.expand(len(vectors), -1).contiguous()
