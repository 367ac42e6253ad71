"""Sinusoidal tables of Hugging Face transformers: Marian, DistilBERT and M2M-100.

Marian (all sines, then all cosines) and DistilBERT (interleaved) compute every entry in float64 with NumPy, in a
loop over rows and columns, and store it by way of float32. M2M-100 follows tensor2tensor: sines, then cosines, of
frequencies that end at exactly 1/10000, all in float32. A table has the dtype that the model was given.
"""

from functools import lru_cache, partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import LARGEST, rows

MODELS = "https://github.com/huggingface/transformers/blob/main/src/transformers/models"
LOOPED = 1023
"""The largest position of the tables that a loop fills, a quarter of a second for dim 128; models use fewer."""
register = partial(implements, "sinusoidal", form="gather", package="transformers", positions="non-negative")


@register(layout="half", max_position=LOOPED, source=f"{MODELS}/marian/modeling_marian.py")
def transformers_marian(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """MarianSinusoidalPositionalEmbedding."""
    indices = rows(positions, LOOPED)
    return _marian(dim, dtype)[indices]


@register(layout="interleaved", max_position=LOOPED, source=f"{MODELS}/distilbert/modeling_distilbert.py")
def transformers_distilbert(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """create_sinusoidal_embeddings."""
    indices = rows(positions, LOOPED)
    return _distilbert(dim, dtype)[indices]


@register(
    layout="half",
    max_position=LARGEST,
    convention="tensor2tensor",
    source=f"{MODELS}/m2m_100/modeling_m2m_100.py",
)
def transformers_m2m_100(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """M2M100SinusoidalPositionalEmbedding without a padding row; dim is 4 at least."""
    from transformers.models.m2m_100.modeling_m2m_100 import M2M100SinusoidalPositionalEmbedding

    indices = rows(positions)
    weights: Tensor = M2M100SinusoidalPositionalEmbedding(_enough(indices), dim).to(dtype).weights
    return weights[indices]


def _enough(indices: Tensor) -> int:
    """A power of two of rows that holds every index: few sizes, so that few tables are ever built."""
    return 1 << int(indices.max()).bit_length() if indices.numel() else 1


@lru_cache(maxsize=64)
def _marian(dim: int, dtype: torch.dtype) -> Tensor:
    from transformers.models.marian.modeling_marian import MarianSinusoidalPositionalEmbedding

    table: Tensor = MarianSinusoidalPositionalEmbedding(LOOPED + 1, dim).to(dtype).create_weight()
    return table


@lru_cache(maxsize=64)
def _distilbert(dim: int, dtype: torch.dtype) -> Tensor:
    from transformers.models.distilbert.modeling_distilbert import create_sinusoidal_embeddings

    table: Tensor = create_sinusoidal_embeddings(LOOPED + 1, dim, torch.empty(LOOPED + 1, dim, dtype=dtype))
    return table
