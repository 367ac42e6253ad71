"""torchtune: its classes for Phi-3 and Qwen2, and that for patches of an image; a float32 table for positions 0..max.

Both of them rotate i and i + d/2: Phi-3 in float32, Qwen2 with cosines and sines rounded to the dtype of x. The vision
class rotates neighbours, first by the column and then by the row of a patch, counted from 1, in float32; it takes whole
tiles, into which vectors are laid where their patch is, one tile for each that has the same. The package wants an older
torchao and `datasets`; these files want torch.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, growing, rows

Tables = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
Rope = Callable[[Tensor, Tensor], Tensor]
GITHUB = "https://github.com/meta-pytorch/torchtune/blob/main/torchtune"
SIDE = 64
"""Patches in a row of a tile, and in a column."""
register = partial(
    implements,
    "rope",
    form="rotate-half",
    axes="b n h d",
    package="torchtune",
    factory=True,
    batched=True,
    positions="non-negative",
    max_position=LARGEST,
)


@register(source=f"{GITHUB}/models/phi3/_position_embeddings.py")
def torchtune_phi3(dim: int, *, base: float = 10000.0) -> Rope:
    """Phi3RotaryPositionalEmbeddings with input_pos."""
    return _placed("phi3._position_embeddings", "Phi3", dim, base)


@register(source=f"{GITHUB}/models/qwen2/_positional_embeddings.py")
def torchtune_qwen2(dim: int, *, base: float = 10000.0) -> Rope:
    """Qwen2RotaryPositionalEmbeddings with input_pos."""
    return _placed("qwen2._positional_embeddings", "Qwen2", dim, base)


def _placed(module: str, name: str, dim: int, base: float) -> Rope:
    kind = getattr(leaf(f"torchtune.models.{module}"), f"{name}RotaryPositionalEmbeddings")
    embedding = growing(lambda length: kind(dim, max_seq_len=length, base=base))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices = torch.atleast_2d(rows(positions))
        turned: Tensor = embedding(indices)(x, input_pos=indices)
        return turned

    return rope


@implements(
    "rope-2d-same-theta",
    form="elementwise",
    layout="interleaved",
    convention="column-first",
    axes="b n h d",
    package="torchtune",
    factory=True,
    positions="non-negative",
    max_position=SIDE - 1,
    compare="score",
    origin=-1,
    source=f"{GITHUB}/modules/position_embeddings.py",
)
def torchtune_vision(dim: int, *, base: float = 10000.0) -> Rope:
    """VisionRotaryPositionalEmbeddings of one tile."""
    kind = leaf("torchtune.modules.position_embeddings").VisionRotaryPositionalEmbeddings

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        cells = rows(positions, SIDE - 1) @ torch.tensor([SIDE, 1])
        tiles = (cells[:, None] == cells).tril(-1).sum(-1)
        places = tiles * (SIDE * SIDE + 1) + cells
        count = int(tiles.max()) + 1 if len(tiles) else 1
        laid = x.new_zeros(x.shape[0], count * (SIDE * SIDE + 1), *x.shape[2:]).index_copy(1, places, x)
        turned: Tensor = kind(1, SIDE, count, dim // 2, base=base)(laid)[:, places]
        return turned

    return rope
