"""Megatron-Core: angles in float32, cosines and sines rounded to the dtype of x, in which it is rotated.

Both layouts, and for multi-latent attention neighbours that are moved to halves. Modules move their frequencies to the
current CUDA device; here that is the CPU, by a stand-in while they are built and called. YaRN comes in halves only.
Packed sequences are laid beside a table that starts at position 0 for each. Without flash-attn
`apply_rotary_pos_emb_with_cos_sin` takes the cosines of the cosines that it is given.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any
from unittest.mock import patch

from torch import Tensor

from impls import implements
from impls.zoo.absent import alone

Turn = Callable[[Tensor, int], Tensor]
EMBEDDINGS = "megatron.core.models.common.embeddings"
ABSENT = ("megatron.core.transformer", "megatron.core.extensions.transformer_engine")


@cache
def _code(name: str) -> Any:
    return alone(f"{EMBEDDINGS}.{name}", absent=ABSENT)


@contextmanager
def _on_the_cpu() -> Iterator[None]:
    with patch("torch.cuda.current_device", return_value="cpu"):
        yield


register = partial(
    implements,
    call="offset",
    axes="n b h d",
    package="megatron-core",
    factory=True,
    source="https://github.com/NVIDIA/Megatron-LM/blob/main/megatron/core/models/common/embeddings/rope_utils.py",
)


@register("rope", form="rotate-half")
def megatron(dim: int, *, base: float = 10000.0) -> Turn:
    """RotaryEmbedding and apply_rotary_pos_emb, that of bshd."""
    return _turned(dim, 1.0, rotary_base=base)


@register("rope", form="elementwise", layout="interleaved")
def megatron_interleaved(dim: int, *, base: float = 10000.0) -> Turn:
    """RotaryEmbedding and apply_rotary_pos_emb with rotary_interleaved."""
    return _turned(dim, 1.0, {"rotary_interleaved": True}, rotary_base=base, rotary_interleaved=True)


@register("rope", form="rotate-half", layout="interleaved-to-half")
def megatron_multi_latent(dim: int, *, base: float = 10000.0) -> Turn:
    """RotaryEmbedding and apply_rotary_pos_emb with multi_latent_attention."""
    return _turned(dim, 1.0, {"multi_latent_attention": True}, rotary_base=base)


@register("partial-rope", form="rotate-half")
def megatron_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Turn:
    """RotaryEmbedding with rotary_percent."""
    return _turned(dim, rotary_dim / dim, rotary_base=base)


@register("rope-linear", form="rotate-half")
def megatron_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Turn:
    """RotaryEmbedding with seq_len_interpolation_factor."""
    return _turned(dim, 1.0, rotary_base=base, seq_len_interpolation_factor=factor)


@register(
    "rope-llama3",
    form="rotate-half",
    parameters={"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192},
)
def megatron_llama3(dim: int, *, base: float = 500000.0, factor: float = 8.0) -> Turn:
    """RotaryEmbedding with rope_scaling, of which the factor alone can be set."""
    return _turned(dim, 1.0, rotary_base=base, rope_scaling=True, rope_scaling_factor=factor)


@register("rope-yarn", form="rotate-half")
def megatron_yarn(
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32.0,
    beta_slow: float = 1.0,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
) -> Turn:
    """YarnRotaryEmbedding and apply_rotary_pos_emb."""
    given = {
        "original_max_position_embeddings": original_max_position_embeddings,
        "beta_fast": beta_fast,
        "beta_slow": beta_slow,
        "mscale": mscale,
        "mscale_all_dim": mscale_all_dim,
    }
    return _yarn(dim, rotary_base=base, scaling_factor=factor, **given)


@register("rope-yarn", form="rotate-half", convention="untruncated")
def megatron_yarn_untruncated(
    dim: int, *, base: float = 10000.0, factor: float = 4.0, original_max_position_embeddings: int = 2048
) -> Turn:
    """YarnRotaryEmbedding without correction_range_round_to_int."""
    given = {"original_max_position_embeddings": original_max_position_embeddings}
    return _yarn(dim, rotary_base=base, scaling_factor=factor, correction_range_round_to_int=False, **given)


def _turned(dim: int, share: float, applied: dict[str, bool] | None = None, **given: Any) -> Turn:
    with _on_the_cpu():
        module = _code("rotary_pos_embedding").RotaryEmbedding(dim, share, use_cpu_initialization=True, **given)
    apply = _code("rope_utils")._apply_rotary_pos_emb_bshd

    def turn(x: Tensor, offset: int) -> Tensor:
        with _on_the_cpu():
            freqs = module(len(x), offset)
        turned: Tensor = apply(x, freqs, **(applied or {}))
        return turned

    return turn


def _yarn(dim: int, **given: Any) -> Turn:
    with _on_the_cpu():
        module = _code("yarn_rotary_pos_embedding").YarnRotaryEmbedding(dim, use_cpu_initialization=True, **given)
    apply = _code("rope_utils")._apply_rotary_pos_emb_bshd

    def turn(x: Tensor, offset: int) -> Tensor:
        with _on_the_cpu():
            freqs, mscale = module(len(x), offset)
        turned: Tensor = apply(x, freqs, mscale=mscale)
        return turned

    return turn
