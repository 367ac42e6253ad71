"""rotary-embedding-torch and x-transformers for longer contexts: positions divided by a factor, or an NTK-aware base.

Both rotate neighbouring coordinates, with angles in float32. rotary-embedding-torch divides only the positions that it
counts itself, from an offset, in the dtype of x. Of too many angles both use the last, without a word.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.fitting import four_axes, offset, same_length

Rope = Callable[[Tensor, Tensor], Tensor]
GITHUB = "https://github.com/lucidrains"
register = partial(implements, form="elementwise", layout="interleaved", factory=True)
torch_rope = partial(
    register,
    package="rotary-embedding-torch",
    source=f"{GITHUB}/rotary-embedding-torch/blob/main/rotary_embedding_torch/rotary_embedding_torch.py",
)
x_rope = partial(
    register,
    package="x-transformers",
    batched=True,
    source=f"{GITHUB}/x-transformers/blob/main/x_transformers/x_transformers.py",
)


@torch_rope("rope-linear", positions="contiguous")
def rotary_embedding_torch_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """RotaryEmbedding with interpolate_factor, and rotate_queries_or_keys with an offset."""
    from rotary_embedding_torch import RotaryEmbedding

    embedding = RotaryEmbedding(dim, theta=base, interpolate_factor=factor)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions)
        y: Tensor = embedding.rotate_queries_or_keys(four_axes(x), offset=offset(positions))
        return y.reshape(x.shape)

    return rope


@torch_rope("rope-ntk")
def rotary_embedding_torch_ntk(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """RotaryEmbedding with theta_rescale_factor, called with positions, and apply_rotary_emb."""
    from rotary_embedding_torch import RotaryEmbedding, apply_rotary_emb

    embedding = RotaryEmbedding(dim, theta=base, theta_rescale_factor=factor)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = apply_rotary_emb(embedding(positions), four_axes(x))
        return y.reshape(x.shape)

    return rope


@x_rope("rope-linear")
def x_transformers_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """RotaryEmbedding with interpolation_factor, and apply_rotary_pos_emb."""
    return _x(dim, base=base, interpolation_factor=factor)


@x_rope("rope-ntk")
def x_transformers_ntk(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """RotaryEmbedding with base_rescale_factor, and apply_rotary_pos_emb."""
    return _x(dim, base=base, base_rescale_factor=factor)


def _x(dim: int, **given: float) -> Rope:
    from x_transformers.x_transformers import RotaryEmbedding, apply_rotary_pos_emb

    embedding = RotaryEmbedding(dim, **given)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        freqs, scale = embedding(positions)
        y: Tensor = apply_rotary_pos_emb(four_axes(x), freqs, scale)
        return y.reshape(x.shape)

    return rope
