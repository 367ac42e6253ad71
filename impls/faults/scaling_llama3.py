"""The scaling of Llama 3 with one mistake: which pairs are fast, and what becomes of those between."""

import math
from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault_in
from impls.faults.right import frequencies, turned


def _turns(theta: Tensor, original: float) -> Tensor:
    """How often each pair turns in the original context."""
    return original * theta / (2 * math.pi)


def _mixed(theta: Tensor, kept: Tensor, factor: float) -> Tensor:
    """The frequencies of which a share is kept, and the rest divided."""
    return theta * (kept + (1 - kept) / factor)


RIGHT: Steps = {"turns": _turns, "mixed": _mixed}


def _encoded(
    wrong: Steps,
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    steps, theta = RIGHT | wrong, frequencies(x.shape[-1], base)
    turns = steps["turns"](theta, original_max_position_embeddings)
    kept = ((turns - low_freq_factor) / (high_freq_factor - low_freq_factor)).clamp(0, 1)
    return turned(x, positions.double()[:, None] * steps["mixed"](theta, kept, factor))


_wrong = partial(fault_in, _encoded, encoding="rope-llama3")


@_wrong("mixed", name="llama3-wavelengths-compared-the-wrong-way")
def _compared_the_wrong_way(theta: Tensor, kept: Tensor, factor: float) -> Tensor:
    """The comparison of wavelengths is inverted: fast pairs are divided, and slow ones are kept."""
    ends = torch.where(kept == 1, theta / factor, theta)
    return torch.where((kept > 0) & (kept < 1), _mixed(theta, kept, factor), ends)


@_wrong("mixed", name="llama3-scaling-dropped", source="https://github.com/unslothai/unsloth/pull/6197")
def _scaling_dropped(theta: Tensor, kept: Tensor, factor: float) -> Tensor:
    """The scaling is parsed and never read: plain RoPE."""
    return theta


@_wrong("mixed", name="llama3-smooth-factor-inverted")
def _smooth_factor_inverted(theta: Tensor, kept: Tensor, factor: float) -> Tensor:
    """On the ramp the smooth factor is inverted: the faster of the pairs between, the more it is slowed."""
    return _mixed(theta, torch.where((kept > 0) & (kept < 1), 1 - kept, kept), factor)


@_wrong("mixed", name="llama3-without-a-ramp")
def _without_a_ramp(theta: Tensor, kept: Tensor, factor: float) -> Tensor:
    """There is no ramp: pairs between the two ends keep their frequency."""
    return torch.where(kept > 0, theta, theta / factor)


@_wrong("turns", name="llama3-wavelengths-without-two-pi")
def _without_two_pi(theta: Tensor, original: float) -> Tensor:
    """The wavelength lacks its factor of 2 pi: slow pairs are taken for fast ones."""
    return original * theta


@_wrong("mixed", name="llama3-every-pair-divided")
def _every_pair_divided(theta: Tensor, kept: Tensor, factor: float) -> Tensor:
    """Every frequency is divided by the factor, as in linear interpolation."""
    return theta / factor
