"""The scaling of Llama 3 with one mistake: which pairs are fast, and what becomes of those between."""

import math

import torch
from torch import Tensor

from impls import implements
from impls.faults.right import angles, frequencies, turned


def _kept(theta: Tensor, low: float, high: float, original: float) -> Tensor:
    """The right share of each frequency that is kept."""
    return ((original * theta / (2 * math.pi) - low) / (high - low)).clamp(0, 1)


def _mixed(theta: Tensor, kept: Tensor, factor: float) -> Tensor:
    return theta * (kept + (1 - kept) / factor)


@implements("rope-llama3", form="elementwise", name="llama3-wavelengths-compared-the-wrong-way")
def wavelengths_compared_the_wrong_way(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """The comparison of wavelengths is inverted: fast pairs are divided, and slow ones are kept."""
    theta = frequencies(x.shape[-1], base)
    kept = _kept(theta, low_freq_factor, high_freq_factor, original_max_position_embeddings)
    ends = torch.where(kept == 1, theta / factor, theta)
    mixed = torch.where((kept > 0) & (kept < 1), _mixed(theta, kept, factor), ends)
    return turned(x, positions.double()[:, None] * mixed)


@implements(
    "rope-llama3",
    form="elementwise",
    name="llama3-scaling-dropped",
    source="https://github.com/unslothai/unsloth/pull/6197",
)
def scaling_dropped(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """The scaling is parsed and never read: plain RoPE."""
    return turned(x, angles(positions, x.shape[-1], base))


@implements("rope-llama3", form="elementwise", name="llama3-smooth-factor-inverted")
def smooth_factor_inverted(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """On the ramp the smooth factor is inverted: the faster of the pairs between, the more it is slowed."""
    theta = frequencies(x.shape[-1], base)
    kept = _kept(theta, low_freq_factor, high_freq_factor, original_max_position_embeddings)
    inverted = torch.where((kept > 0) & (kept < 1), 1 - kept, kept)
    return turned(x, positions.double()[:, None] * _mixed(theta, inverted, factor))


@implements("rope-llama3", form="elementwise", name="llama3-without-a-ramp")
def without_a_ramp(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """There is no ramp: pairs between the two ends keep their frequency."""
    theta = frequencies(x.shape[-1], base)
    kept = _kept(theta, low_freq_factor, high_freq_factor, original_max_position_embeddings)
    return turned(x, positions.double()[:, None] * torch.where(kept > 0, theta, theta / factor))


@implements("rope-llama3", form="elementwise", name="llama3-wavelengths-without-two-pi")
def wavelengths_without_two_pi(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """The wavelength lacks its factor of 2 pi: slow pairs are taken for fast ones."""
    theta = frequencies(x.shape[-1], base)
    kept = _kept(theta, low_freq_factor, high_freq_factor, 2 * math.pi * original_max_position_embeddings)
    return turned(x, positions.double()[:, None] * _mixed(theta, kept, factor))


@implements("rope-llama3", form="elementwise", name="llama3-every-pair-divided")
def every_pair_divided(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Tensor:
    """Every frequency is divided by the factor, as in linear interpolation."""
    return turned(x, angles(positions / factor, x.shape[-1], base))
