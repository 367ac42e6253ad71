"""YaRN with one mistake: in the attention factor, in the ramp, or in what is forwarded to it."""

import math
from typing import Any

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import frequencies, turned_by


def right_length(
    factor: float = 4.0,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
    attention_factor: float | None = None,
    **others: Any,
) -> float:
    """The right attention factor."""
    grown = 0.1 * math.log(max(factor, 1.0))
    return (1 + mscale * grown) / (1 + mscale_all_dim * grown) if attention_factor is None else attention_factor


def _ends(
    dim: int,
    base: float = 10000.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    **others: Any,
) -> list[float]:
    """Between which pairs the ramp rises, before they are rounded to whole ones."""
    turns = [original_max_position_embeddings / (2 * math.pi * beta) for beta in (beta_fast, beta_slow)]
    return [dim * math.log(times) / (2 * math.log(base)) for times in turns]


def _whole(dim: int, low: float, high: float) -> tuple[float, float]:
    return max(math.floor(low), 0), min(math.ceil(high), dim - 1)


def _ramp(pairs: int, low: float, high: float) -> Tensor:
    return ((torch.arange(pairs).double() - low) / (high - low or 0.001)).clamp(0, 1)


def right_ramp(dim: int, **given: Any) -> Tensor:
    """The right ramp, a number for every pair."""
    return _ramp(dim // 2, *_whole(dim, *_ends(dim, **given)))


def mixed(dim: int, ramp: Tensor, base: float = 10000.0, factor: float = 4.0, **others: Any) -> Tensor:
    """The frequencies between those of RoPE and these divided by the factor, as the ramp says."""
    return frequencies(dim, base) * (1 - ramp + ramp / factor)


def encoded(x: Tensor, positions: Tensor, theta: Tensor, length: float) -> Tensor:
    """Vectors turned at these frequencies, and lengthened."""
    angle = positions.double()[:, None] * theta
    return turned_by(x, length * angle.cos(), length * angle.sin())


def _with_length(x: Tensor, positions: Tensor, length: float, **given: Any) -> Tensor:
    """All of it right, but for this attention factor."""
    return encoded(x, positions, mixed(x.shape[-1], right_ramp(x.shape[-1], **given), **given), length)


def _with_ramp(x: Tensor, positions: Tensor, ramp: Tensor, **given: Any) -> Tensor:
    """All of it right, but for this ramp."""
    return encoded(x, positions, mixed(x.shape[-1], ramp, **given), right_length(**given))


@fault("rope-yarn", name="yarn-attention-factor-dropped")
def attention_factor_dropped(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """The attention factor is dropped: vectors keep their length."""
    return _with_length(x, positions, 1.0, **given)


@fault("rope-yarn", name="yarn-attention-factor-squared")
def attention_factor_squared(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """The attention factor is applied twice: to the table, and to the vectors once more."""
    return _with_length(x, positions, right_length(**given) ** 2, **given)


@fault("rope-yarn", name="yarn-attention-factor-on-queries-alone")
def attention_factor_on_queries_alone(x: Tensor, positions: Tensor, *, role: str = "query", **given: Any) -> Tensor:
    """The attention factor reaches the queries alone: logits grow by it once, where they should grow by its square."""
    return _with_length(x, positions, right_length(**given) if role == "query" else 1.0, **given)


@fault("rope-yarn", name="yarn-attention-factor-ignored", source="https://github.com/vllm-project/vllm/pull/46280")
def attention_factor_ignored(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """An attention factor that is asked for is ignored: it is always computed from the factor."""
    return _with_length(x, positions, right_length(**given | {"attention_factor": None}), **given)


@fault("rope-yarn", name="yarn-mscale-ratio-ignored", source="https://github.com/vllm-project/vllm/issues/48621")
def mscale_ratio_ignored(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """The attention factor is that of the factor alone: mscale and mscale_all_dim are not read."""
    return _with_length(x, positions, right_length(**given | {"mscale": 1.0, "mscale_all_dim": 0.0}), **given)


@fault("rope-yarn", name="yarn-one-mscale-counts-alone", convention="both-mscales")
def one_mscale_counts_alone(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """An mscale without mscale_all_dim counts, where both should be given or neither counts."""
    return _with_length(x, positions, right_length(**given), **given)


@fault("rope-yarn", name="yarn-attention-factor-with-decimal-logarithm")
def attention_factor_with_decimal_logarithm(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """The attention factor takes the decimal logarithm of the factor, where it should take the natural one."""
    length = 0.1 * math.log10(given.get("factor", 4.0)) + 1
    return _with_length(x, positions, length, **given)


@fault("rope-yarn", name="yarn-base-not-forwarded", source="https://github.com/sgl-project/SpecForge/pull/651")
def base_not_forwarded(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """The base is not forwarded to the scaled embedding: it is always 10000."""
    given.pop("base", None)
    return _with_length(x, positions, right_length(**given), **given)


@fault("rope-yarn", name="yarn-ramp-inverted")
def ramp_inverted(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """The ramp is inverted: fast pairs are interpolated, and slow ones keep their frequency."""
    return _with_ramp(x, positions, 1 - right_ramp(x.shape[-1], **given), **given)


@fault("rope-yarn", name="yarn-ramp-not-truncated")
def ramp_not_truncated(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """The ends of the ramp are not rounded to whole pairs."""
    return _with_ramp(x, positions, _ramp(x.shape[-1] // 2, *_ends(x.shape[-1], **given)), **given)


@fault("rope-yarn", name="yarn-ramp-over-coordinates")
def ramp_over_coordinates(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """The ramp counts coordinates, where its ends are numbers of pairs: it rises twice as fast."""
    low, high = _whole(x.shape[-1], *_ends(x.shape[-1], **given))
    return _with_ramp(x, positions, _ramp(x.shape[-1] // 2, low / 2, high / 2), **given)


@fault("rope-yarn", name="yarn-ramp-without-two-pi")
def ramp_without_two_pi(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """Radians are taken for turns: the ends of the ramp lack a factor of 2 pi."""
    dim, original = x.shape[-1], given.get("original_max_position_embeddings", 2048)
    ends = _ends(dim, **given | {"original_max_position_embeddings": original * 2 * math.pi})
    return _with_ramp(x, positions, _ramp(dim // 2, *_whole(dim, *ends)), **given)


@fault("rope-yarn", name="yarn-interpolates-every-pair")
def interpolates_every_pair(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """Every pair is interpolated: there is no ramp."""
    return _with_ramp(x, positions, torch.ones(x.shape[-1] // 2).double(), **given)


@fault("rope-yarn", name="yarn-factor-applied-twice")
def factor_applied_twice(x: Tensor, positions: Tensor, **given: Any) -> Tensor:
    """Interpolated frequencies are divided by the factor twice."""
    squared = given | {"factor": given.get("factor", 4.0) ** 2}
    theta = mixed(x.shape[-1], right_ramp(x.shape[-1], **given), **squared)
    return encoded(x, positions, theta, right_length(**given))
