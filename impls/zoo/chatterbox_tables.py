"""chatterbox-tts: the tables of its speech encoders, made in float32, of which rows are chosen.

WeNet's is the sinusoidal table of positions, and ESPnet's that of all offsets between two tokens, positive ones first:
row 0 is in its middle. Whisper's has its sines first and ends at exactly 1 / base. ESPnet's has the dtype of its input.
"""

from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, rows

EMBEDDING = "chatterbox.models.s3gen.transformer.embedding"
register = partial(
    implements,
    "sinusoidal",
    form="elementwise",
    package="chatterbox-tts",
    max_position=LARGEST,
    source="https://github.com/resemble-ai/chatterbox/blob/master/src/chatterbox/models/s3gen/transformer/embedding.py",
)


@register(layout="interleaved", positions="non-negative")
def chatterbox_wenet(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncoding."""
    indices = rows(positions)
    encoding = leaf(EMBEDDING).PositionalEncoding(dim, 0.0, max_len=_enough(indices))
    return encoding.pe[0, indices].to(dtype)  # type: ignore[no-any-return]


@register(layout="interleaved", positions="integers")
def chatterbox_espnet(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """EspnetRelPositionalEncoding, of which a row is the offset of a query from its key."""
    indices = rows(positions, smallest=-LARGEST)
    count = _enough(indices.abs())
    encoding = leaf(EMBEDDING).EspnetRelPositionalEncoding(dim, 0.0, max_len=count)
    table: Tensor = encoding(torch.empty(1, count, dim, dtype=dtype))[1]
    return table[0, count - 1 - indices]


@register(layout="half", convention="tensor2tensor", positions="non-negative")
def chatterbox_whisper(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """WhisperPositionalEncoding."""
    indices = rows(positions)
    encoding = leaf(EMBEDDING).WhisperPositionalEncoding(dim, 0.0, max_len=_enough(indices))
    return encoding.pe[0, indices].to(dtype)  # type: ignore[no-any-return]


def _enough(indices: Tensor) -> int:
    """As many rows as hold every index."""
    return int(indices.max()) + 1 if indices.numel() else 1
