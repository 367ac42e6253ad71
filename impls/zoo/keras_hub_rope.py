"""KerasHub's RotaryEmbedding, and the layers of models that inherit from it or stand beside it.

Angles are float32; cosines and sines are rounded to the dtype of the layer, in which coordinates i and i + d/2 are
rotated. ESM and RoFormer count positions in that dtype, Moonshine has its frequencies in it as well. Gemma exchanges
coordinates afterwards, which no score sees.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import integers, rows
from impls.zoo.keras_hub_code import SOURCE, by_dtype, module

Rope = Callable[[Tensor, Tensor], Tensor]
Turn = Callable[[Tensor, int], Tensor]
register = partial(implements, form="rotate-half", layout="half", axes="b n h d", package="keras-hub", factory=True)
rotary = partial(register, positions="integers", batched=True, source=f"{SOURCE}/layers/modeling/rotary_embedding.py")


@rotary("rope")
def keras_hub(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding."""
    return _rotary(max_wavelength=base)


@rotary("rope-linear")
def keras_hub_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """rope_type "linear"."""
    return _rotary(max_wavelength=base, scaling_factor=factor)


def keras_hub_yarn(
    truncate: bool,
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
) -> Rope:
    """rope_type "yarn"."""
    return _rotary(
        max_wavelength=base,
        scaling_factor=factor,
        rope_type="yarn",
        original_max_position_embeddings=original_max_position_embeddings,
        beta_fast=beta_fast,
        beta_slow=beta_slow,
        truncate=truncate,
    )


rotary("rope-yarn", name="keras-hub-yarn")(partial(keras_hub_yarn, True))
rotary("rope-yarn", convention="untruncated", name="keras-hub-yarn-untruncated")(partial(keras_hub_yarn, False))


@rotary("rope-llama3", source=f"{SOURCE}/models/llama/llama_rotary_embedding.py")
def keras_hub_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Rope:
    """LlamaRotaryEmbedding."""
    return _rotary(
        "models.llama.llama_rotary_embedding.LlamaRotaryEmbedding",
        max_wavelength=base,
        frequency_adjustment_factor=factor,
        low_freq_factor=low_freq_factor,
        high_freq_factor=high_freq_factor,
        pretraining_sequence_length=original_max_position_embeddings,
    )


@rotary("rope", compare="score", name="keras-hub-gemma", source=f"{SOURCE}/models/gemma/gemma_attention.py")
def keras_hub_gemma(dim: int) -> Rope:
    """CachedGemmaAttention._apply_rope: halves are rotated, and moved to neighbours."""
    return _attention("models.gemma.gemma_attention.CachedGemmaAttention", dim)


@rotary("rope-proportional", source=f"{SOURCE}/models/gemma4/gemma4_attention.py")
def keras_hub_gemma4(
    dim: int, *, base: float = 10000.0, factor: float = 1.0, partial_rotary_factor: float = 0.25
) -> Rope:
    """Gemma4TextAttention._apply_rope."""
    return _attention(
        "models.gemma4.gemma4_attention.Gemma4TextAttention",
        dim,
        rope_wavelength=base,
        rope_scaling_factor=factor,
        rope_partial_rotary_factor=partial_rotary_factor,
    )


@register("rope-longrope", call="offset", source=f"{SOURCE}/models/phi3/phi3_rotary_embedding.py")
def keras_hub_phi3(
    dim: int,
    *,
    short_factor: tuple[float, ...],
    long_factor: tuple[float, ...],
    base: float = 10000.0,
    original_max_position_embeddings: int = 4096,
    max_position_embeddings: int = 131072,
) -> Turn:
    """Phi3SuScaledRotaryEmbedding."""
    layer = _layer(
        "models.phi3.phi3_rotary_embedding.Phi3SuScaledRotaryEmbedding",
        inverese_freq_short_factor=list(short_factor),
        inverese_freq_long_factor=list(long_factor),
        max_sequence_length=max_position_embeddings,
        pretraining_sequence_length=original_max_position_embeddings,
        max_wavelength=base,
    )
    return lambda x, offset: layer(x.dtype)(x, start_index=offset)


@register("rope", positions="non-negative", max_position=4095, source=f"{SOURCE}/models/esm/esm_attention.py")
def keras_hub_esm(dim: int, *, base: float = 10000.0) -> Rope:
    """ESMRotaryEmbedding: of its tables for 4096 tokens, rows are chosen."""
    layer = _layer("models.esm.esm_attention.ESMRotaryEmbedding", max_wavelength=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices, rotary = rows(positions, 4095), layer(x.dtype)
        cos, sin = rotary._compute_cos_sin_embedding(torch.empty(1, 4096, 1, dim, dtype=x.dtype))
        y: Tensor = rotary.apply_rotary_pos_emb(x, cos[:, indices], sin[:, indices])
        return y

    return rope


@register(
    "rope",
    form="elementwise",
    layout="interleaved",
    call="offset",
    max_position=1023,
    source=f"{SOURCE}/models/roformer_v2/roformer_v2_attention.py",
)
def keras_hub_roformer(dim: int, *, base: float = 10000.0) -> Turn:
    """RoformrPositionalEmbedding, which counts from 0: what comes before is filled up with zeros."""
    layer = _layer("models.roformer_v2.roformer_v2_attention.RoformrPositionalEmbedding", dim, max_wavelength=base)

    def turn(x: Tensor, offset: int) -> Tensor:
        rows(torch.tensor([offset, max(offset, offset + x.shape[1] - 1)]), 1023)
        before = x.new_zeros(x.shape[0], offset, *x.shape[2:])
        y: Tensor = layer(x.dtype)([torch.cat([before, x], 1)])[:, offset:]
        return y

    return turn


@register(
    "partial-rope",
    layout="interleaved",
    positions="integers",
    parameters={"rotary_dim": 32},
    head_sizes=(52,),
    source=f"{SOURCE}/models/moonshine/moonshine_layers.py",
)
def keras_hub_moonshine(dim: int, *, base: float = 10000.0) -> Rope:
    """MoonshineRotaryEmbedding as moonshine-base has it: 0.62 of 52 coordinates, rounded down to an even number."""
    layer = _layer("models.moonshine.moonshine_layers.MoonshineRotaryEmbedding", dim, base_value=base)
    apply = module("models.moonshine.moonshine_multi_head_attention")._apply_rotary_pos_emb

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = apply(x, layer(x.dtype)(integers(positions)))
        return y

    return rope


def _layer(path: str, *sizes: int, **given: Any) -> Callable[[torch.dtype], Any]:
    folder, name = path.rsplit(".", 1)
    return by_dtype(lambda dtype: getattr(module(folder), name)(*sizes, **given, dtype=dtype))


def _rotary(path: str = "layers.modeling.rotary_embedding.RotaryEmbedding", **given: Any) -> Rope:
    layer = _layer(path, **given)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = layer(x.dtype)(x, positions=integers(positions))
        return y

    return rope


def _attention(path: str, dim: int, **given: Any) -> Rope:
    layer = _layer(path, head_dim=dim, num_query_heads=1, num_key_value_heads=1, **given)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        attention = layer(x.dtype)
        if not attention.built:
            attention.build((1, 1, dim))
        y: Tensor = attention._apply_rope(x, 0, torch.atleast_2d(integers(positions)))
        return y

    return rope
