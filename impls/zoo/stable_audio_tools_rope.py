"""stable-audio-tools: coordinates i and i + d/2, angles in float32, turned in the wider of float32 and x, cast back.

The body of an x-transformers of before, which turned halves. With fewer angles than coordinates it leaves the rest
alone; with more angles than rows of x it uses the last of them. `use_xpos` asks for a name that is not there.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import four_axes, same_length

Rope = Callable[[Tensor, Tensor], Tensor]
register = partial(
    implements,
    form="rotate-half",
    layout="half",
    package="stable-audio-tools",
    factory=True,
    source="https://github.com/Stability-AI/stable-audio-tools/blob/main/stable_audio_tools/models/transformer.py",
)


@register("rope")
def stable_audio_tools(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding called with positions, and apply_rotary_pos_emb."""
    return _rope(dim, base)


@register("partial-rope")
def stable_audio_tools_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RotaryEmbedding of rotary_dim, and apply_rotary_pos_emb."""
    return _rope(rotary_dim, base)


@register("rope-linear")
def stable_audio_tools_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """RotaryEmbedding with interpolation_factor, and apply_rotary_pos_emb."""
    return _rope(dim, base, interpolation_factor=factor)


@register("rope-ntk")
def stable_audio_tools_ntk(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """RotaryEmbedding with base_rescale_factor, and apply_rotary_pos_emb."""
    return _rope(dim, base, base_rescale_factor=factor)


def _rope(rotated: int, base: float, **given: float) -> Rope:
    module = leaf("stable_audio_tools.models.transformer")
    embedding = module.RotaryEmbedding(rotated, base=base, **given)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions)
        y: Tensor = module.apply_rotary_pos_emb(four_axes(x), *embedding(positions))
        return y.reshape(x.shape)

    return rope
