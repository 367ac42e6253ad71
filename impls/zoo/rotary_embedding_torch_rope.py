"""rotary-embedding-torch: neighbouring coordinates, angles in float32, rotated in the wider of float32 and x.

Called as a module it takes any positions and casts them to float32. `rotate_queries_or_keys` counts them itself,
from an offset, *in the dtype of x*, and keeps the angles of its first rows for later calls in any dtype. With
fewer angles than coordinates `apply_rotary_emb` leaves the rest alone; with more angles than rows of x it uses
the last of them.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.fitting import four_axes, offset, same_length

Rope = Callable[[Tensor, Tensor], Tensor]
REPOSITORY = "https://github.com/lucidrains/rotary-embedding-torch"
register = partial(
    implements,
    form="elementwise",
    layout="interleaved",
    package="rotary-embedding-torch",
    factory=True,
    source=f"{REPOSITORY}/blob/main/rotary_embedding_torch/rotary_embedding_torch.py",
)


@register("rope")
def rotary_embedding_torch(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding called with positions, and apply_rotary_emb."""
    return _rope(dim, base)


@register("partial-rope")
def rotary_embedding_torch_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RotaryEmbedding of rotary_dim called with positions, and apply_rotary_emb."""
    return _rope(rotary_dim, base)


@register("rope", positions="contiguous")
def rotary_embedding_torch_counted(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding.rotate_queries_or_keys with an offset."""
    from rotary_embedding_torch import RotaryEmbedding

    embedding = RotaryEmbedding(dim, theta=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions)
        y: Tensor = embedding.rotate_queries_or_keys(four_axes(x), offset=offset(positions))
        return y.reshape(x.shape)

    return rope


def _rope(rotated: int, base: float) -> Rope:
    from rotary_embedding_torch import RotaryEmbedding, apply_rotary_emb

    embedding = RotaryEmbedding(rotated, theta=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = apply_rotary_emb(embedding(positions), four_axes(x))
        return y.reshape(x.shape)

    return rope
