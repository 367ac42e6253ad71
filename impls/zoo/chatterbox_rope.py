"""chatterbox-tts: RoPE of Matcha-TTS, coordinates i and i + d/2, from position 0 on, by a table in float32.

The table is never cast, so vectors in half precision come back in float32. What lies beyond `d` is left as it is. It is
the body of labml.ai, with other axes.
"""

from collections.abc import Callable

from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import behind_zeros, four_axes

Rope = Callable[[Tensor, Tensor], Tensor]
FARTHEST = 511
"""The largest position behind zeros."""


@implements(
    "partial-rope",
    form="rotate-half",
    layout="half",
    package="chatterbox-tts",
    factory=True,
    positions="contiguous",
    max_position=FARTHEST,
    source="https://github.com/resemble-ai/chatterbox/blob/master/src/chatterbox/models/s3gen/matcha/text_encoder.py",
)
def chatterbox_matcha(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RotaryPositionalEmbeddings of Matcha-TTS; zeros stand before the first vector."""
    embedding = leaf("chatterbox.models.s3gen.matcha.text_encoder").RotaryPositionalEmbeddings(rotary_dim, base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = embedding(behind_zeros(four_axes(x), positions, FARTHEST))
        return y[..., y.shape[-2] - x.shape[-2] :, :].reshape(x.shape)

    return rope
