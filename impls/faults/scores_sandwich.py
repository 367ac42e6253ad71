"""Sandwich with one mistake: in its frequencies, its sum, or the ratio of a head."""

from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault_in


def _frequencies(base: float, bar_d: int) -> Tensor:
    return base ** (-2 * torch.arange(1, bar_d // 2 + 1, dtype=torch.float64) / bar_d)


def _summed(angles: Tensor) -> Tensor:
    """The sum of cosines over the last axis, less the largest that it can be."""
    return angles.cos().sum(-1) - angles.shape[-1]


def _scale(heads: int) -> Tensor:
    return heads / (8 * torch.arange(1, heads + 1, dtype=torch.float64))


def _offsets(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    return query_positions.double()[:, None] - key_positions.double()


RIGHT: Steps = {"frequencies": _frequencies, "summed": _summed, "scale": _scale, "offsets": _offsets}


def _bias(
    wrong: Steps,
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    base: float = 10000.0,
    bar_d: int = 128,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    if bar_d < 2 or bar_d % 2:
        raise ValueError(f"bar_d is {bar_d}; expected an even number")
    steps = RIGHT | wrong
    angles = steps["offsets"](query_positions, key_positions)[..., None] * steps["frequencies"](base, bar_d)
    bias: Tensor = steps["scale"](heads)[:, None, None] * steps["summed"](angles)
    return bias.to(dtype)


sandwich_with = partial(fault_in, _bias, encoding="sandwich")


@sandwich_with("frequencies", name="sandwich-counted-from-zero")
def _counted_from_zero(base: float, bar_d: int) -> Tensor:
    """Frequencies begin at 1 instead of base^(-2/D)."""
    return base ** (-2 * torch.arange(0, bar_d // 2, dtype=torch.float64) / bar_d)


@sandwich_with("frequencies", name="sandwich-last-frequency-left-out")
def _last_left_out(base: float, bar_d: int) -> Tensor:
    """The slowest frequency is left out: the range ends one too early."""
    return _frequencies(base, bar_d)[: max(1, bar_d // 2 - 1)]


@sandwich_with("frequencies", name="sandwich-always-128")
def _always_128(base: float, bar_d: int) -> Tensor:
    """The number of coordinates is ignored: it is always 128."""
    return _frequencies(base, 128)


@sandwich_with(
    "summed",
    name="sandwich-angles-summed",
)
def _angles_summed(angles: Tensor) -> Tensor:
    """The cosine is forgotten: the angles themselves are summed."""
    return angles.sum(-1) - angles.shape[-1]


@sandwich_with("summed", name="sandwich-mean")
def _mean(angles: Tensor) -> Tensor:
    """The cosines are averaged instead of summed."""
    return angles.cos().mean(-1) - 1


@sandwich_with("summed", name="sandwich-all-coordinates-taken-away")
def _all_coordinates(angles: Tensor) -> Tensor:
    """D is taken away, and not D/2: equal positions have a bias."""
    return angles.cos().sum(-1) - 2 * angles.shape[-1]


@sandwich_with("scale", name="sandwich-ratio-multiplied")
def _multiplied(heads: int) -> Tensor:
    """The compression ratio multiplies, where it should divide: the last head sees least far, and not farthest."""
    return 8 * torch.arange(1, heads + 1, dtype=torch.float64) / heads


@sandwich_with("scale", name="sandwich-slopes-of-alibi")
def _slopes_of_alibi(heads: int) -> Tensor:
    """Heads are scaled by the geometric slopes of ALiBi."""
    return 2.0 ** (-8 * torch.arange(1, heads + 1, dtype=torch.float64) / heads)


@sandwich_with("offsets", name="sandwich-query-from-zero")
def _query_from_zero(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Queries are counted from 0 in every call, so that a decoded token stands at the beginning."""
    return torch.arange(len(query_positions)).double()[:, None] - key_positions.double()


@sandwich_with("frequencies", name="sandwich-base-at-128-alone")
def _base_at_128_alone(base: float, bar_d: int) -> Tensor:
    """The base is ignored where the number of coordinates is told."""
    return _frequencies(base if bar_d == 128 else 10000.0, bar_d)
