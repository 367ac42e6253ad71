"""torchtune: neighbouring coordinates, a float32 table for positions 0..max, rotated in float32, cast back.

The package wants an older torchao and `datasets`; this one file of it wants torch.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, four_axes, growing, rows

Rope = Callable[[Tensor, Tensor], Tensor]


@implements(
    "rope",
    form="elementwise",
    layout="interleaved",
    package="torchtune",
    factory=True,
    batched=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/meta-pytorch/torchtune/blob/main/torchtune/modules/position_embeddings.py",
)
def torchtune(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryPositionalEmbeddings with input_pos."""
    module = leaf("torchtune.modules.position_embeddings")
    embedding = growing(lambda length: module.RotaryPositionalEmbeddings(dim, max_seq_len=length, base=base))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices = torch.atleast_2d(rows(positions))
        y: Tensor = embedding(indices)(four_axes(x).transpose(1, 2), input_pos=indices).transpose(1, 2)
        return y.reshape(x.shape)

    return rope
