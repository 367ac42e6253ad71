"""OLMo-core: angles in float32 from position 0 on, rotated in float32 (`full_precision`), cast back.

`RotaryEmbedding` rotates i and i + d/2, `ComplexRotaryEmbedding` neighbours. Queries may be fewer than keys, and are
the last ones then; documents that are packed start anew. YaRN holds the end of its ramp to d/2 - 1, where others hold
it to d - 1. The package wants cached_path and dataclass-extensions; this file does not need them.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from torch import Tensor

from impls import implements
from impls.zoo.absent import alone

Turn = Callable[[Tensor, int], Tensor]
register = partial(
    implements,
    call="offset",
    package="ai2-olmo-core",
    factory=True,
    form="rotate-half",
    source="https://github.com/allenai/OLMo-core/blob/main/src/olmo_core/nn/rope.py",
)


@cache
def _code() -> Any:
    return alone("olmo_core.nn.rope", absent=["cached_path", "dataclass_extensions"])


@register("rope")
def olmo_core(dim: int, *, base: float = 10000.0) -> Turn:
    """RotaryEmbedding."""
    return _of("RotaryEmbedding", dim, base)


@register("rope", form="complex", layout="interleaved")
def olmo_core_complex(dim: int, *, base: float = 10000.0) -> Turn:
    """ComplexRotaryEmbedding."""
    return _of("ComplexRotaryEmbedding", dim, base)


@register("partial-rope")
def olmo_core_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Turn:
    """RotaryEmbedding with partial_rotary_factor."""
    return _of("RotaryEmbedding", dim, base, partial_rotary_factor=rotary_dim / dim)


@register("partial-rope", form="complex", layout="interleaved")
def olmo_core_partial_complex(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Turn:
    """ComplexRotaryEmbedding with partial_rotary_factor."""
    return _of("ComplexRotaryEmbedding", dim, base, partial_rotary_factor=rotary_dim / dim)


@register("rope-linear")
def olmo_core_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Turn:
    """RotaryEmbedding with PIRoPEScalingConfig."""
    return _scaled("PI", dim, base, factor=factor)


@register("rope-llama3")
def olmo_core_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Turn:
    """RotaryEmbedding with StepwiseRoPEScalingConfig, which takes the factors as shares of the spectrum."""
    low, high = 1 - 1 / low_freq_factor, 1 / high_freq_factor
    given = {"low_freq_proportion": low, "high_freq_proportion": high}
    return _scaled("Stepwise", dim, base, factor=factor, old_context_len=original_max_position_embeddings, **given)


def _scaled(kind: str, dim: int, base: float, **given: Any) -> Turn:
    return _of("RotaryEmbedding", dim, base, scaling=getattr(_code(), f"{kind}RoPEScalingConfig")(**given))


def _of(name: str, dim: int, base: float, **given: Any) -> Turn:
    module = getattr(_code(), name)(head_size=dim, theta=base, **given)

    def turn(x: Tensor, offset: int) -> Tensor:
        turned: Tensor = module(x, x, start_pos=offset)[0]
        return turned

    return turn
