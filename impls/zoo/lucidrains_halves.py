"""lucidrains' models, each with a RoPE of its own: coordinates i and i + d/2, angles in the dtype of the model.

The frequencies are a buffer, and positions are cast to their dtype: in a model cast to half precision both are rounded,
and so are the angles. Bodies that differ have a row; megabyte's is that of colt5-attention, soundstorm-pytorch,
voicebox-pytorch and palm-pytorch too, and, but for coordinates that stay, of perceiver-ar-pytorch, x-clip and
retro-pytorch. ring-attention-pytorch takes positions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, rows, same_length

Rope = Callable[[Tensor, Tensor], Tensor]
GITHUB = "https://github.com/lucidrains"


@dataclass(frozen=True)
class Row:
    """A package, the module of its model, the embedding of a dimension, and how it turns x by angles."""

    package: str
    path: str
    embedding: Callable[[Any, int], Any]
    angles: Callable[[Any, Tensor], Tensor]
    turn: Callable[[Any, Tensor, Tensor], Tensor]


def _all(embedding: Any, positions: Tensor) -> Tensor:
    """The rows of these positions, of the angles of all."""
    angles: Tensor = embedding(int(positions.max()) + 1 if positions.numel() else 0)
    return angles[positions]


ROWS = (
    Row(
        "MEGABYTE-pytorch",
        "MEGABYTE_pytorch.megabyte",
        lambda module, dim: module.RotaryEmbedding(dim),
        _all,
        lambda module, angles, x: module.apply_rotary_pos_emb(angles, x),
    ),
    Row(
        "ring-attention-pytorch",
        "ring_attention_pytorch.ring_attention",
        lambda module, dim: module.RingRotaryEmbedding(dim),
        lambda embedding, positions: embedding(positions),
        lambda module, angles, x: module.apply_rotary_pos_emb(angles, x, head_dim_first=True),
    ),
)


def _rope(row: Row) -> Callable[[int], Rope]:
    def factory(dim: int) -> Rope:
        made: dict[torch.dtype, Any] = {}

        def rope(x: Tensor, positions: Tensor) -> Tensor:
            same_length(x, positions)
            module = leaf(row.path)
            if x.dtype not in made:
                made[x.dtype] = row.embedding(module, dim).to(x.dtype)
            return row.turn(module, row.angles(made[x.dtype], rows(positions)), x)

        return rope

    return factory


for _row in ROWS:
    implements(
        "rope",
        form="rotate-half",
        layout="half",
        name=_row.package.lower(),
        package=_row.package,
        factory=True,
        positions="non-negative",
        max_position=LARGEST,
        source=f"{GITHUB}/{_row.package}",
    )(_rope(_row))
