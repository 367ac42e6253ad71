"""fair-esm (ESM-2): coordinates i and i + d/2, everything in the dtype that the model was cast to.

`model.half()` casts the frequencies too, and positions and angles follow: beyond position 2048 in float16, and
256 in bfloat16, even the position is rounded. Positions are counted from 0; of one long table, rows are chosen.
The base is 10000.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, growing, rows, three_axes

Rope = Callable[[Tensor, Tensor], Tensor]


@implements(
    "rope",
    form="rotate-half",
    layout="half",
    package="fair-esm",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/facebookresearch/esm/blob/main/esm/rotary_embedding.py",
)
def fair_esm(dim: int) -> Rope:
    """RotaryEmbedding and apply_rotary_pos_emb, in a model of the dtype of x."""
    module = leaf("esm.rotary_embedding")
    tables: dict[torch.dtype, Callable[[Tensor], tuple[Tensor, Tensor]]] = {}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        if x.dtype not in tables:
            embedding = module.RotaryEmbedding(dim).to(x.dtype)
            tables[x.dtype] = growing(lambda length: embedding._update_cos_sin_tables(torch.empty(1, length, dim)))
        indices = rows(positions)
        cos, sin = (table[:, indices] for table in tables[x.dtype](indices))
        y: Tensor = module.apply_rotary_pos_emb(three_axes(x), cos, sin)
        return y.reshape(x.shape)

    return rope
