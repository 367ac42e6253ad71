"""LongRoPE with one mistake: which factors are taken, when, and by how much vectors are lengthened."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault, fault_in
from impls.faults.right import frequencies, turned_by

Factors = Sequence[float]
ORIGINAL, REACH = 4096, 131072


def _is_long(length: int, original: int, reach: int) -> bool:
    return length > original


def _lengthened(times: float, original: int, attention_factor: float | None, long: bool) -> float:
    default = math.sqrt(1 + math.log(max(times, 1)) / math.log(original))
    return default if attention_factor is None else attention_factor


def _divisors(factors: Factors) -> Factors:
    return factors


RIGHT: Steps = {"is_long": _is_long, "lengthened": _lengthened, "divisors": _divisors}


def _encoded(
    wrong: Steps,
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
    """LongRoPE, right but for these steps."""
    steps, original, reach = RIGHT | wrong, original_max_position_embeddings, max_position_embeddings
    long = steps["is_long"](int(positions.max()) + 1, original, reach)
    divisors = torch.tensor(list(steps["divisors"](long_factor if long else short_factor)), dtype=torch.float64)
    times = reach / original if factor is None else factor
    length = steps["lengthened"](times, original, attention_factor, long)
    angle = positions.double()[:, None] * (frequencies(x.shape[-1], base) / divisors)
    return turned_by(x, length * angle.cos(), length * angle.sin())


_wrong = partial(fault_in, _encoded, encoding="rope-longrope")


@_wrong("is_long", name="longrope-factors-swapped")
def _is_short(length: int, original: int, reach: int) -> bool:
    """The two lists are swapped: short sequences get the long factors, and long ones the short."""
    return length <= original


@_wrong("is_long", name="longrope-long-only", source="https://github.com/lablup/mlxcel/issues/1358")
def _always_long(length: int, original: int, reach: int) -> bool:
    """The short factors are parsed and never used: every sequence is turned as a long one."""
    return True


@_wrong("is_long", name="longrope-by-allocated-length", source="https://github.com/ggml-org/llama.cpp/issues/24823")
def _by_allocated_length(length: int, original: int, reach: int) -> bool:
    """The factors are chosen by how long sequences may become, not by how long this one is."""
    return reach > original


@_wrong("is_long", name="longrope-long-one-token-early")
def _long_one_token_early(length: int, original: int, reach: int) -> bool:
    """A sequence that just fills the original context is taken for a long one."""
    return length > original - 1


@fault("rope-longrope", name="longrope-stays-long", factory=True)
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
) -> Callable[[Tensor, Tensor], Tensor]:
    """After a long sequence, short ones are turned by the long factors as well."""
    longest = 0

    def longest_is_long(length: int, original: int, reach: int) -> bool:
        nonlocal longest
        longest = max(longest, length)
        return longest > original

    return partial(
        _encoded,
        {"is_long": longest_is_long},
        short_factor=short_factor,
        long_factor=long_factor,
        base=base,
        original_max_position_embeddings=original_max_position_embeddings,
        max_position_embeddings=max_position_embeddings,
        factor=factor,
        attention_factor=attention_factor,
    )


@_wrong("divisors", name="longrope-factors-multiplied")
def _inverted(factors: Factors) -> Factors:
    """Frequencies are multiplied by the factors, where they should be divided by them."""
    return [1 / number for number in factors]


@_wrong("lengthened", name="longrope-attention-factor-of-yarn")
def _of_yarn(times: float, original: int, attention_factor: float | None, long: bool) -> float:
    """The attention factor is that of YaRN, 0.1 ln factor + 1."""
    return 0.1 * math.log(max(times, 1)) + 1 if attention_factor is None else attention_factor


@_wrong("lengthened", name="longrope-lengthens-long-sequences-alone")
def _long_alone(times: float, original: int, attention_factor: float | None, long: bool) -> float:
    """The attention factor is applied to long sequences alone."""
    return _lengthened(times, original, attention_factor, long) if long else 1.0


@fault("rope-longrope", name="longrope-short-mscale-for-all")
def short_mscale_for_all(
    x: Tensor,
    positions: Tensor,
    *,
    short_factor: Factors,
    long_factor: Factors,
    base: float = 10000.0,
    original_max_position_embeddings: int = ORIGINAL,
    max_position_embeddings: int = REACH,
    factor: float | None = None,
    short_mscale: float | None = None,
    long_mscale: float | None = None,
    attention_factor: float | None = None,
) -> Tensor:
    """The scale of short sequences lengthens long ones as well."""
    return _encoded(
        {},
        x,
        positions,
        short_factor=short_factor,
        long_factor=long_factor,
        base=base,
        original_max_position_embeddings=original_max_position_embeddings,
        max_position_embeddings=max_position_embeddings,
        factor=factor,
        attention_factor=attention_factor if short_mscale is None else short_mscale,
    )
