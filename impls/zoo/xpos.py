"""xPos in x-transformers, rotary-embedding-torch, local-attention and torchscale.

All count positions from the middle of the sequence for the scale, and from its start for the angles: logits are those
of xPos, as long as queries and keys belong to sequences of one length, which is 2048 here. What is known of their
other rotations, in half precision, holds of these: all but that of x-transformers are asked in float32 alone.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import four_axes, offset, rows, three_axes

Rope = Callable[..., Tensor]
LENGTH = 2048
GITHUB = "https://github.com"
register = partial(implements, "xpos", compare="score", factory=True, positions="non-negative", max_position=LENGTH - 1)
neighbours = partial(register, form="elementwise", layout="interleaved")


@neighbours(
    package="x-transformers",
    source=f"{GITHUB}/lucidrains/x-transformers/blob/main/x_transformers/x_transformers.py",
)
def x_transformers_xpos(dim: int, *, base: float = 10000.0, scale_base: float = 512) -> Rope:
    """RotaryEmbedding with use_xpos, and apply_rotary_pos_emb, which gets the inverse of the scale for keys."""
    from x_transformers.x_transformers import RotaryEmbedding, apply_rotary_pos_emb

    embedding = RotaryEmbedding(dim, use_xpos=True, base=base, scale_base=scale_base)
    freqs, scale = embedding(torch.arange(LENGTH))
    scales = {"query": scale, "key": scale**-1}

    def rope(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        indices = rows(positions, LENGTH - 1)
        y: Tensor = apply_rotary_pos_emb(four_axes(x), freqs[:, indices], scales[role][:, indices])
        return y.reshape(x.shape)

    return rope


@neighbours(
    package="rotary-embedding-torch",
    dtypes=("float32",),
    source=f"{GITHUB}/lucidrains/rotary-embedding-torch/blob/main/rotary_embedding_torch/rotary_embedding_torch.py",
)
def rotary_embedding_torch_xpos(dim: int, *, base: float = 10000.0, scale_base: int = 512) -> Rope:
    """RotaryEmbedding with use_xpos, its angles and scales, and apply_rotary_emb."""
    from rotary_embedding_torch import RotaryEmbedding, apply_rotary_emb

    embedding = RotaryEmbedding(dim, theta=base, use_xpos=True, xpos_scale_base=scale_base)
    places = embedding.get_seq_pos(LENGTH)
    freqs, scale = embedding(places, seq_len=LENGTH), embedding.get_scale(places, seq_len=LENGTH)
    scales = {"query": scale, "key": scale**-1}

    def rope(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        indices = rows(positions, LENGTH - 1)
        y: Tensor = apply_rotary_emb(freqs[indices], four_axes(x), scale=scales[role][indices])
        return y.reshape(x.shape)

    return rope


@register(
    form="rotate-half",
    layout="half",
    package="local-attention",
    dtypes=("float32",),
    source=f"{GITHUB}/lucidrains/local-attention/blob/master/local_attention/rotary.py",
)
def local_attention_xpos(dim: int, *, base: float = 10000.0, scale_base: float = 512) -> Rope:
    """SinusoidalEmbeddings with use_xpos, and apply_rotary_pos_emb of queries and keys."""
    from local_attention.rotary import SinusoidalEmbeddings, apply_rotary_pos_emb

    embedding = SinusoidalEmbeddings(dim, theta=base, use_xpos=True, scale_base=scale_base)
    freqs, scale = embedding(torch.empty(LENGTH, dim))

    def rope(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        indices, both = rows(positions, LENGTH - 1), four_axes(x)
        q, k = apply_rotary_pos_emb(both, both, freqs[indices], scale[indices])
        y: Tensor = q if role == "query" else k
        return y.reshape(x.shape)

    return rope


@neighbours(
    package="torchscale",
    positions="contiguous",
    dtypes=("float32",),
    source=f"{GITHUB}/microsoft/torchscale/blob/main/torchscale/component/xpos_relative_position.py",
)
def torchscale_xpos(dim: int, *, scale_base: float = 512) -> Rope:
    """XPOS of sequences of 2048 tokens, zeros where nothing is asked for."""
    from torchscale.component.xpos_relative_position import XPOS

    module = XPOS(dim, scale_base)

    def rope(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        start, count = offset(rows(positions, LENGTH - 1)), x.shape[-2]
        tokens = torch.nn.functional.pad(three_axes(x), (0, 0, start, LENGTH - start - count))
        y: Tensor = module(tokens, downscale=role == "key")[:, start : start + count]
        return y.reshape(x.shape)

    return rope
