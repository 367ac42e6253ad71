"""Scaled rotary embeddings of Hugging Face transformers, as a Llama model is configured for them, and DeepSeek's.

Frequencies and angles are float32, cosines and sines are multiplied by the attention factor in float32 and rounded to
the dtype of x, in which coordinates i and i + d/2 are rotated. `dynamic` and `longrope` follow the largest position
of a call. Of `mscale` and `mscale_all_dim` both count, or neither: one that is given alone is ignored. A base that has
grown shrinks back with the first sequence that is shorter than the trained length, and not before.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import four_axes

Rope = Callable[[Tensor, Tensor], Tensor]
ROPE = "https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_rope_utils.py"
DEEPSEEK = "https://github.com/huggingface/transformers/blob/main/src/transformers/models/deepseek_v3"
register = partial(
    implements,
    form="rotate-half",
    layout="half",
    package="transformers",
    factory=True,
    batched=True,
    source=ROPE,
)


@register("rope-linear")
def transformers_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """rope_type "linear"."""
    return _llama(dim, {"rope_type": "linear", "rope_theta": base, "factor": factor})


@register("rope-dynamic-ntk")
def transformers_dynamic(
    dim: int, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Rope:
    """rope_type "dynamic"."""
    scaling = {"rope_type": "dynamic", "rope_theta": base, "factor": factor}
    return _llama(dim, scaling, max_position_embeddings=max_position_embeddings)


@register("rope-yarn")
def transformers_yarn(
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float | None = None,
    beta_slow: float | None = None,
    attention_factor: float | None = None,
) -> Rope:
    """rope_type "yarn"."""
    given = {"beta_fast": beta_fast, "beta_slow": beta_slow, "attention_factor": attention_factor}
    return _yarn(dim, base, factor, original_max_position_embeddings, **given)


@register("rope-yarn", convention="both-mscales")
def transformers_yarn_mscale(
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    mscale: float | None = None,
    mscale_all_dim: float | None = None,
) -> Rope:
    """rope_type "yarn" with mscale and mscale_all_dim."""
    return _yarn(dim, base, factor, 2048, mscale=mscale, mscale_all_dim=mscale_all_dim)


@register("rope-yarn", convention="untruncated")
def transformers_yarn_untruncated(
    dim: int, *, base: float = 10000.0, factor: float = 4.0, original_max_position_embeddings: int = 2048
) -> Rope:
    """rope_type "yarn" with truncate=False, as gpt-oss has it."""
    return _yarn(dim, base, factor, original_max_position_embeddings, truncate=False)


@register("rope-llama3")
def transformers_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Rope:
    """rope_type "llama3"."""
    scaling = {
        "rope_type": "llama3",
        "rope_theta": base,
        "factor": factor,
        "low_freq_factor": low_freq_factor,
        "high_freq_factor": high_freq_factor,
        "original_max_position_embeddings": original_max_position_embeddings,
    }
    return _llama(dim, scaling)


@register("rope-longrope")
def transformers_longrope(
    dim: int,
    *,
    short_factor: tuple[float, ...],
    long_factor: tuple[float, ...],
    base: float = 10000.0,
    original_max_position_embeddings: int = 4096,
    max_position_embeddings: int = 131072,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Rope:
    """rope_type "longrope"."""
    scaling = {
        "rope_type": "longrope",
        "rope_theta": base,
        "short_factor": list(short_factor),
        "long_factor": list(long_factor),
        "original_max_position_embeddings": original_max_position_embeddings,
        "factor": factor,
        "attention_factor": attention_factor,
    }
    return _llama(dim, scaling, max_position_embeddings=max_position_embeddings)


@register(
    "rope-yarn",
    form="elementwise",
    layout="interleaved",
    convention="deepseek",
    compare="score",
    source=f"{DEEPSEEK}/modeling_deepseek_v3.py",
)
def transformers_deepseek(
    dim: int, *, base: float = 10000.0, factor: float = 4.0, original_max_position_embeddings: int = 2048
) -> Rope:
    """DeepseekV3RotaryEmbedding and apply_rotary_pos_emb_interleave: neighbours are rotated, and moved to halves."""
    from transformers.models.deepseek_v3 import configuration_deepseek_v3, modeling_deepseek_v3

    scaling = {
        "rope_type": "yarn",
        "rope_theta": base,
        "factor": factor,
        "original_max_position_embeddings": original_max_position_embeddings,
        "mscale": 1.0,
        "mscale_all_dim": 1.0,
    }
    config = configuration_deepseek_v3.DeepseekV3Config(qk_rope_head_dim=dim, rope_parameters=scaling)
    embedding = modeling_deepseek_v3.DeepseekV3RotaryEmbedding(config)
    return _of(embedding, modeling_deepseek_v3.apply_rotary_pos_emb_interleave)


def _yarn(dim: int, base: float, factor: float, original: int, **given: Any) -> Rope:
    sizes = {"factor": factor, "original_max_position_embeddings": original}
    return _llama(dim, {"rope_type": "yarn", "rope_theta": base} | sizes | given)


def _llama(dim: int, scaling: dict[str, Any], max_position_embeddings: int = 131072) -> Rope:
    from transformers.models.llama import configuration_llama, modeling_llama

    config = configuration_llama.LlamaConfig(
        hidden_size=dim,
        num_attention_heads=1,
        head_dim=dim,
        max_position_embeddings=max_position_embeddings,
        rope_parameters=scaling,
    )
    return _of(modeling_llama.LlamaRotaryEmbedding(config), modeling_llama.apply_rotary_pos_emb)


def _of(embedding: Callable[..., Any], apply: Callable[..., Any]) -> Rope:
    def rope(x: Tensor, positions: Tensor) -> Tensor:
        query = four_axes(x)
        cos, sin = embedding(query, torch.atleast_2d(positions))
        y: Tensor = apply(query, query[:, :0], cos, sin)[0]
        return y.reshape(x.shape)

    return rope
