"""torchtune: the frequencies of Llama 3, in a float32 table for positions 0..max; neighbouring coordinates are rotated.

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
    "rope-llama3",
    form="elementwise",
    layout="interleaved",
    package="torchtune",
    factory=True,
    batched=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/meta-pytorch/torchtune/blob/main/torchtune/models/llama3_1/_position_embeddings.py",
)
def torchtune_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Rope:
    """Llama3ScaledRoPE with input_pos."""
    module = leaf("torchtune.models.llama3_1._position_embeddings")
    given = {
        "base": base,
        "scale_factor": factor,
        "low_freq_factor": low_freq_factor,
        "high_freq_factor": high_freq_factor,
        "old_context_len": original_max_position_embeddings,
    }
    embedding = growing(lambda length: module.Llama3ScaledRoPE(dim, max_seq_len=length, **given))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices = torch.atleast_2d(rows(positions))
        y: Tensor = embedding(indices)(four_axes(x).transpose(1, 2), input_pos=indices).transpose(1, 2)
        return y.reshape(x.shape)

    return rope
