"""LongRoPE with one mistake: which factors are taken, when, and by how much vectors are lengthened."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from impls import implements
from impls.faults.right import frequencies, turned_by

Call = Callable[[Tensor, Tensor], Tensor]
Factors = Sequence[float]
ORIGINAL, REACH = 4096, 131072


def _length(original: int, reach: int, factor: float | None, attention_factor: float | None) -> float:
    """The right attention factor."""
    times = reach / original if factor is None else factor
    default = math.sqrt(1 + math.log(max(times, 1)) / math.log(original))
    return default if attention_factor is None else attention_factor


def _encoded(x: Tensor, positions: Tensor, base: float, factors: Factors, length: float) -> Tensor:
    theta = frequencies(x.shape[-1], base) / torch.tensor(list(factors), dtype=torch.float64)
    angle = positions.double()[:, None] * theta
    return turned_by(x, length * angle.cos(), length * angle.sin())


def _is_long(positions: Tensor, original: int) -> bool:
    return int(positions.max()) + 1 > original


@implements("rope-longrope", form="elementwise", name="longrope-factors-swapped")
def factors_swapped(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """The two lists are swapped: short sequences get the long factors, and long ones the short."""
    original = original_max_position_embeddings
    chosen = short_factor if _is_long(positions, original) else long_factor
    length = _length(original, max_position_embeddings, factor, attention_factor)
    return _encoded(x, positions, base, chosen, length)


@implements(
    "rope-longrope",
    form="elementwise",
    name="longrope-long-only",
    source="https://github.com/lablup/mlxcel/issues/1358",
)
def long_only(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """The short factors are parsed and never used: every sequence is turned as a long one."""
    length = _length(original_max_position_embeddings, max_position_embeddings, factor, attention_factor)
    return _encoded(x, positions, base, long_factor, length)


@implements(
    "rope-longrope",
    form="elementwise",
    name="longrope-by-allocated-length",
    source="https://github.com/ggml-org/llama.cpp/issues/24823",
)
def by_allocated_length(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """The factors are chosen by how long sequences may become, not by how long this one is."""
    original = original_max_position_embeddings
    chosen = long_factor if max_position_embeddings > original else short_factor
    length = _length(original, max_position_embeddings, factor, attention_factor)
    return _encoded(x, positions, base, chosen, length)


@implements("rope-longrope", form="elementwise", name="longrope-long-one-token-early")
def long_one_token_early(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """A sequence that just fills the original context is taken for a long one."""
    original = original_max_position_embeddings
    chosen = long_factor if _is_long(positions, original - 1) else short_factor
    length = _length(original, max_position_embeddings, factor, attention_factor)
    return _encoded(x, positions, base, chosen, length)


@implements("rope-longrope", form="elementwise", name="longrope-stays-long", factory=True)
def stays_long(
    dim: int,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Call:
    """After a long sequence, short ones are turned by the long factors as well."""
    length = _length(original_max_position_embeddings, max_position_embeddings, factor, attention_factor)
    once_long = False

    def call(x: Tensor, positions: Tensor) -> Tensor:
        nonlocal once_long
        once_long = once_long or _is_long(positions, original_max_position_embeddings)
        return _encoded(x, positions, base, long_factor if once_long else short_factor, length)

    return call


@implements("rope-longrope", form="elementwise", name="longrope-factors-multiplied")
def factors_multiplied(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """Frequencies are multiplied by the factors, where they should be divided by them."""
    original = original_max_position_embeddings
    chosen = long_factor if _is_long(positions, original) else short_factor
    length = _length(original, max_position_embeddings, factor, attention_factor)
    return _encoded(x, positions, base, [1 / number for number in chosen], length)


@implements("rope-longrope", form="elementwise", name="longrope-attention-factor-of-yarn")
def attention_factor_of_yarn(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """The attention factor is that of YaRN, 0.1 ln factor + 1."""
    original = original_max_position_embeddings
    chosen = long_factor if _is_long(positions, original) else short_factor
    times = max_position_embeddings / original if factor is None else factor
    default = 0.1 * math.log(max(times, 1)) + 1
    return _encoded(x, positions, base, chosen, default if attention_factor is None else attention_factor)


@implements("rope-longrope", form="elementwise", name="longrope-lengthens-long-sequences-alone")
def lengthens_long_sequences_alone(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """The attention factor is applied to long sequences alone."""
    original, long = original_max_position_embeddings, _is_long(positions, original_max_position_embeddings)
    length = _length(original, max_position_embeddings, factor, attention_factor) if long else 1.0
    return _encoded(x, positions, base, long_factor if long else short_factor, length)
