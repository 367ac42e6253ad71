"""local-attention: coordinates i and i + d/2, angles in float32, the result in the wider of float32 and x.

bfloat16 and float16 come back as float32. Positions are counted from 0; of one long table, rows are chosen.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import LARGEST, four_axes, growing, rows

Rope = Callable[[Tensor, Tensor], Tensor]


@implements(
    "rope",
    form="rotate-half",
    layout="half",
    package="local-attention",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/lucidrains/local-attention/blob/master/local_attention/rotary.py",
)
def local_attention(dim: int, *, base: float = 10000.0) -> Rope:
    """SinusoidalEmbeddings and apply_rotary_pos_emb, which also wants a key: here one without heads."""
    from local_attention.rotary import SinusoidalEmbeddings, apply_rotary_pos_emb

    embedding = SinusoidalEmbeddings(dim, theta=base)
    tables = growing(lambda length: embedding(torch.empty(length, dim)))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices, query = rows(positions), four_axes(x)
        freqs, scale = tables(indices)
        y: Tensor = apply_rotary_pos_emb(query, query[:, :0], freqs[indices], scale)[0]
        return y.reshape(x.shape)

    return rope
