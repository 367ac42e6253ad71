"""Rotary embeddings of Hugging Face transformers: Llama, GPT-NeoX, Llama 4 and GPT-J.

The first three form their angles in float32 from any positions; GPT-J looks its positions up in a float32 table
with base 10000. Llama and GPT-NeoX pair coordinates i and i + d/2, GPT-J and Llama 4 pair neighbours. All but
Llama 4 round cosines and sines to the dtype of x and rotate in that dtype; Llama 4 multiplies complex64 numbers,
whatever x is, and rounds the product. A query and a key are rotated together: here the key has no heads, or one.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import LARGEST, four_axes, growing, rows

Rope = Callable[[Tensor, Tensor], Tensor]
MODELS = "https://github.com/huggingface/transformers/blob/main/src/transformers/models"
register = partial(implements, package="transformers", factory=True, batched=True)
table = partial(register, positions="non-negative", max_position=LARGEST)


@register("rope", form="rotate-half", layout="half", source=f"{MODELS}/llama/modeling_llama.py")
def transformers_llama(dim: int, *, base: float = 10000.0) -> Rope:
    """LlamaRotaryEmbedding and apply_rotary_pos_emb."""
    from transformers.models.llama import configuration_llama, modeling_llama

    scaling = {"rope_type": "default", "rope_theta": base}
    config = configuration_llama.LlamaConfig(
        hidden_size=dim, num_attention_heads=1, head_dim=dim, rope_parameters=scaling
    )
    return _of_cos_and_sin(modeling_llama.LlamaRotaryEmbedding(config), modeling_llama.apply_rotary_pos_emb)


@register("partial-rope", form="rotate-half", layout="half", source=f"{MODELS}/gpt_neox/modeling_gpt_neox.py")
def transformers_gpt_neox(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """GPTNeoXRotaryEmbedding and apply_rotary_pos_emb, told rotary_dim / dim as models are."""
    from transformers.models.gpt_neox import configuration_gpt_neox, modeling_gpt_neox

    scaling = {"rope_type": "default", "rope_theta": base, "partial_rotary_factor": rotary_dim / dim}
    config = configuration_gpt_neox.GPTNeoXConfig(hidden_size=dim, num_attention_heads=1, rope_parameters=scaling)
    embedding = modeling_gpt_neox.GPTNeoXRotaryEmbedding(config)
    return _of_cos_and_sin(embedding, modeling_gpt_neox.apply_rotary_pos_emb)


@register("rope", form="complex", layout="interleaved", source=f"{MODELS}/llama4/modeling_llama4.py")
def transformers_llama4(dim: int, *, base: float = 10000.0) -> Rope:
    """Llama4TextRotaryEmbedding and apply_rotary_emb."""
    from transformers.models.llama4 import configuration_llama4, modeling_llama4

    scaling = {"rope_type": "default", "rope_theta": base}
    config = configuration_llama4.Llama4TextConfig(
        hidden_size=dim, num_attention_heads=1, head_dim=dim, rope_parameters=scaling
    )
    embedding = modeling_llama4.Llama4TextRotaryEmbedding(config)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        query = four_axes(x).transpose(1, 2)
        turns = embedding(query, torch.atleast_2d(positions))
        y: Tensor = modeling_llama4.apply_rotary_emb(query, query[:, :, :1], turns)[0]
        return y.transpose(1, 2).reshape(x.shape)

    return rope


@table("rope", form="elementwise", layout="interleaved", source=f"{MODELS}/gptj/modeling_gptj.py")
def transformers_gpt_j(dim: int) -> Rope:
    """create_sinusoidal_positions and apply_rotary_pos_emb."""
    from transformers.models.gptj.modeling_gptj import apply_rotary_pos_emb, create_sinusoidal_positions

    sincos = growing(lambda length: create_sinusoidal_positions(length, dim))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices = torch.atleast_2d(rows(positions))
        chosen = sincos(indices)[indices].to(x.dtype)
        sin, cos = torch.split(chosen, chosen.shape[-1] // 2, dim=-1)
        y: Tensor = apply_rotary_pos_emb(four_axes(x).transpose(1, 2), sin, cos)
        return y.transpose(1, 2).reshape(x.shape)

    return rope


def _of_cos_and_sin(embedding: Callable[..., Any], apply: Callable[..., Any]) -> Rope:
    def rope(x: Tensor, positions: Tensor) -> Tensor:
        query = four_axes(x)
        cos, sin = embedding(query, torch.atleast_2d(positions))
        y: Tensor = apply(query, query[:, :0], cos, sin)[0]
        return y.reshape(x.shape)

    return rope
