"""speechbrain: RoPE of neighbours from position 0 on, tables in float32 and then cast; T5's bias of BEATs.

The tables of RoPE are kept by a function of the module, and made for the next power of two of rows. The sinusoidal
table is in float32; that of relative positions has the sines of the past for the future as well: see its advisory.
BEATs' bias counts queries and keys from 0, always in both directions.

Its import allows TF32 in the products of the whole process, which its documentation says and how to forbid: as here.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from impls import implements
from impls.zoo.absent import alone
from impls.zoo.fitting import LARGEST, behind_zeros, four_axes, rows
from impls.zoo.learned import hand_in

Rope = Callable[[Tensor, Tensor], Tensor]
FARTHEST = 511
"""The largest position behind zeros."""
GITHUB = "https://github.com/speechbrain/speechbrain/blob/develop/speechbrain"
ABSENT = ("torchaudio", "scipy", "sentencepiece")
LONGEST = 1023
"""The largest position of a square of biases."""


@cache
def _module(name: str) -> Any:
    """Alone, for modules that speechbrain imports when they are asked for anything break those who ask all modules."""
    with patch.dict(os.environ, SB_DISABLE_QUIRKS="allow_tf32"):
        return alone(f"speechbrain.{name}", absent=ABSENT)


@implements(
    "rope",
    form="elementwise",
    layout="interleaved",
    package="speechbrain",
    factory=True,
    positions="contiguous",
    max_position=FARTHEST,
    source=f"{GITHUB}/nnet/attention.py",
)
def speechbrain(dim: int) -> Rope:
    """_rope_rotate, which RoPEMHA calls; zeros stand before the first vector."""
    rotate = _module("nnet.attention")._rope_rotate

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = rotate(behind_zeros(four_axes(x), positions, FARTHEST).transpose(1, 2)).transpose(1, 2)
        return y[..., y.shape[-2] - x.shape[-2] :, :].reshape(x.shape)

    return rope


@implements(
    "sinusoidal",
    form="elementwise",
    layout="interleaved",
    package="speechbrain",
    positions="non-negative",
    max_position=LARGEST,
    source=f"{GITHUB}/lobes/models/transformer/Transformer.py",
)
def speechbrain_sinusoidal(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncoding, in a model of the given dtype."""
    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    encoding = _module("lobes.models.transformer.Transformer").PositionalEncoding(dim, max_len=count).to(dtype)
    table: Tensor = encoding(torch.empty(1, count, dim))
    return table[0, indices]


@implements(
    "sinusoidal",
    form="elementwise",
    layout="interleaved",
    package="speechbrain",
    positions="integers",
    max_position=LARGEST,
    source=f"{GITHUB}/nnet/attention.py",
)
def speechbrain_relative(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """RelPosEncXL, of which a row is the offset of a query from its key."""
    indices = rows(positions, smallest=-LARGEST)
    count = int(indices.abs().max()) + 1 if indices.numel() else 1
    table: Tensor = _module("nnet.attention").RelPosEncXL(dim, dtype).make_pe(count)
    return table[0, count - 1 - indices]


@implements(
    "t5-bias",
    form="gather",
    package="speechbrain",
    parameters={"bidirectional": 1},
    positions="non-negative",
    max_position=LONGEST,
    source=f"{GITHUB}/lobes/models/beats.py",
)
def speechbrain_t5(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """MultiheadAttention.compute_bias of BEATs."""
    m, n = rows(query_positions, LONGEST), rows(key_positions, LONGEST)
    attention = _module("lobes.models.beats").MultiheadAttention(
        heads, heads, has_relative_attention_bias=True, num_buckets=num_buckets, max_distance=max_distance
    )
    hand_in(attention.relative_attention_bias, weight=table)
    queries, keys = (int(each.max()) + 1 if each.numel() else 0 for each in (m, n))
    bias: Tensor = attention.compute_bias(queries, keys)
    return bias[:, m][..., n]
