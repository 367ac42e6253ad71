"""rotary-embedding-torch on grids: neighbouring coordinates, a section with the same frequencies for each axis.

Angles are made in float32, for a raster from 0, and x is rotated in the wider of float32 and its own dtype. Sections
have more than two coordinates each: see its advisories, also for rasters from an offset.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.fitting import four_axes
from impls.zoo.grids import SIDE, grid_of

Rope = Callable[[Tensor, Tensor], Tensor]
register = partial(
    implements,
    form="elementwise",
    layout="interleaved",
    package="rotary-embedding-torch",
    factory=True,
    positions="non-negative",
    max_position=SIDE - 1,
    source="https://github.com/lucidrains/rotary-embedding-torch/blob/main/rotary_embedding_torch/rotary_embedding_torch.py",
)


@register("rope-2d-same-theta", head_sizes=(8, 16, 64, 128))
def rotary_embedding_torch_2d(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding.get_axial_freqs of rows and columns, and apply_rotary_emb."""
    return _rope(dim // 2, base)


@register("rope-3d", convention="same-theta", head_sizes=(12, 48, 96), max_position=63)
def rotary_embedding_torch_3d(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding.get_axial_freqs of time, rows and columns, and apply_rotary_emb."""
    return _rope(dim // 3, base)


def _rope(width: int, base: float) -> Rope:
    from rotary_embedding_torch import RotaryEmbedding, apply_rotary_emb

    embedding = RotaryEmbedding(width, theta=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        sizes, cells = grid_of(positions)
        y: Tensor = apply_rotary_emb(embedding.get_axial_freqs(*sizes).flatten(0, -2)[cells], four_axes(x))
        return y.reshape(x.shape)

    return rope
