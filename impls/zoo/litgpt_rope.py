"""LitGPT: a float32 table for positions 0..max, rotated in the wider of float32 and x, cast back.

`apply_rope` rotates coordinates i and i + d/2; `apply_rope_interleave` neighbours, and moves them to halves. Its YaRN
lengthens nothing unless it is told mscale or mscale_all_dim. The package wants lightning; this one file of it wants
torch.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from torch import Tensor

from impls import implements
from impls.zoo.absent import alone
from impls.zoo.fitting import LARGEST, growing, rows

Tables = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


@cache
def _model() -> Any:
    return alone("litgpt.model", absent=["litgpt.config", "litgpt.scripts.convert_hf_checkpoint"])


def _applied(name: str, q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    apply = getattr(_model(), name)
    return apply(q, cos, sin), apply(k, cos, sin)


register = partial(
    implements,
    call="module-tables",
    apply=partial(_applied, "apply_rope"),
    package="litgpt",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/Lightning-AI/litgpt/blob/main/litgpt/model.py",
)


@register("rope")
def litgpt(dim: int, *, base: float = 10000.0) -> Tables:
    """build_rope_cache and apply_rope."""
    return _tables(dim, base=base)


@register("rope", layout="interleaved-to-half", apply=partial(_applied, "apply_rope_interleave"))
def litgpt_interleaved(dim: int, *, base: float = 10000.0) -> Tables:
    """build_rope_cache and apply_rope_interleave."""
    return _tables(dim, base=base)


@register("rope-linear")
def litgpt_condensed(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Tables:
    """build_rope_cache with condense_ratio, by which positions are divided, and apply_rope."""
    return _tables(dim, base=base, condense_ratio=factor)


@register("rope-linear")
def litgpt_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Tables:
    """build_rope_cache with a factor alone, by which frequencies are divided, and apply_rope."""
    return _tables(dim, base=base, extra_config={"factor": factor})


@register("rope-llama3")
def litgpt_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tables:
    """build_rope_cache with the numbers of Llama 3, and apply_rope."""
    scaling = {
        "factor": factor,
        "low_freq_factor": low_freq_factor,
        "high_freq_factor": high_freq_factor,
        "original_max_seq_len": original_max_position_embeddings,
    }
    return _tables(dim, base=base, extra_config=scaling)


@register("rope-yarn", convention="deepseek")
def litgpt_yarn(
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32.0,
    beta_slow: float = 1.0,
) -> Tables:
    """build_rope_cache with beta_fast and beta_slow, and apply_rope."""
    scaling = {
        "factor": factor,
        "beta_fast": beta_fast,
        "beta_slow": beta_slow,
        "original_max_seq_len": original_max_position_embeddings,
    }
    return _tables(dim, base=base, extra_config=scaling)


def _tables(dim: int, **given: Any) -> Tables:
    built = growing(lambda length: _model().build_rope_cache(length, dim, **given))

    def tables(x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        indices = rows(position_ids)
        cos, sin = built(indices)
        return cos[indices], sin[indices]

    return tables
