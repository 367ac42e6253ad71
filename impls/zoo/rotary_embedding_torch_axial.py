"""rotary-embedding-torch on grids: neighbouring coordinates, a section with the same frequencies for each axis.

Angles are made in float32, for a raster from 0 or from an offset, and x is rotated in the wider of float32 and its own
dtype. The angles of the first axis are kept by their number alone, also those from an offset: axes that have no more
cells get them, and a class with a raster of its own is made for every call.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.fitting import four_axes, rows
from impls.zoo.grids import SIDE, cells_of, grid_of

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


@register("rope-2d-same-theta")
def rotary_embedding_torch_2d(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding.get_axial_freqs of rows and columns, and apply_rotary_emb."""
    return _rope(dim // 2, base)


@register("rope-3d", convention="same-theta", max_position=63)
def rotary_embedding_torch_3d(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding.get_axial_freqs of time, rows and columns, and apply_rotary_emb."""
    return _rope(dim // 3, base)


@register("rope-2d-same-theta")
def rotary_embedding_torch_2d_offset(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding.get_axial_freqs with offsets, from the smallest row and column, and apply_rotary_emb."""
    return _rope(dim // 2, base, from_smallest=True)


def _rope(width: int, base: float, *, from_smallest: bool = False) -> Rope:
    from rotary_embedding_torch import RotaryEmbedding, apply_rotary_emb

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices = rows(positions, SIDE - 1)
        first = indices.amin(0) if from_smallest and len(indices) else indices.new_zeros(indices.shape[1])
        sizes, _ = grid_of(indices - first)
        offsets = tuple(first.tolist()) if from_smallest else None
        freqs = RotaryEmbedding(width, theta=base).get_axial_freqs(*sizes, offsets=offsets)
        freqs = freqs.flatten(0, -2)[cells_of(indices - first, sizes)]
        y: Tensor = apply_rotary_emb(freqs, four_axes(x))
        return y.reshape(x.shape)

    return rope
