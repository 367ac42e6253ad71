"""openai-whisper: all sines, then all cosines, of frequencies that end at exactly 1 / base, in float32.

s3tokenizer and chatterbox-tts have copies. Tokenizer and timing stay out: nothing here needs them.
"""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.absent import stand_ins
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, rows


@implements(
    "sinusoidal",
    form="elementwise",
    layout="half",
    convention="tensor2tensor",
    package="openai-whisper",
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/openai/whisper/blob/main/whisper/model.py",
)
def openai_whisper(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """sinusoids, which the encoder keeps as a buffer."""
    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    with stand_ins("tiktoken", "numba"):
        module = leaf("whisper.model")
    table: Tensor = module.sinusoids(count, dim, base)
    return table[indices].to(dtype)
