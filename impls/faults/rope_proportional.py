"""Proportional RoPE taken for partial RoPE, or counted otherwise."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, in_halves, in_pairs, turned


def _turning(x: Tensor, share: float) -> int:
    """How many pairs turn."""
    pairs = x.shape[-1] // 2
    if x.shape[-1] % 2 or not 1 <= (count := int(pairs * share)) <= pairs:
        raise ValueError(f"expected an even dimension in which a pair turns, got {x.shape[-1]} and a share of {share}")
    return count


@fault("rope-proportional", layout="half")
def proportional_as_partial(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, partial_rotary_factor: float = 0.25
) -> Tensor:
    """The first coordinates turn as a vector of their own, with its frequencies and its halves."""
    size = 2 * _turning(x, partial_rotary_factor)
    part = in_halves(turned(in_pairs(x[..., :size]), angles(positions, size, base)))
    return torch.cat([part, x[..., size:]], dim=-1)


@fault("rope-proportional", layout="half")
def proportional_halves_of_the_share(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, partial_rotary_factor: float = 0.25
) -> Tensor:
    """Frequencies are those of the head, and the halves those of the coordinates that turn."""
    count = _turning(x, partial_rotary_factor)
    part = in_pairs(x[..., : 2 * count])
    part = in_halves(turned(part, angles(positions, x.shape[-1], base)[..., :count]))
    return torch.cat([part, x[..., 2 * count :]], dim=-1)


@fault("rope-proportional")
def proportional_over_the_share(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, partial_rotary_factor: float = 0.25
) -> Tensor:
    """Exponents are divided by the number of coordinates that turn."""
    size = 2 * _turning(x, partial_rotary_factor)
    return torch.cat([turned(x[..., :size], angles(positions, size, base)), x[..., size:]], dim=-1)


@fault("rope-proportional", strict=False)
def proportional_slowest_pairs(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, partial_rotary_factor: float = 0.25
) -> Tensor:
    """The slowest pairs turn, and the fastest ones do not."""
    angle = angles(positions, x.shape[-1], base)
    angle[..., : angle.shape[-1] - _turning(x, partial_rotary_factor)] = 0
    return turned(x, angle)


@fault("rope-proportional")
def proportional_share_ignored(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, partial_rotary_factor: float = 0.25
) -> Tensor:
    """Every pair turns, the slow ones as well."""
    _turning(x, partial_rotary_factor)
    return turned(x, angles(positions, x.shape[-1], base))


def _interpolated(x: Tensor, positions: Tensor, base: float, factor: float, share: float) -> Tensor:
    """All right: pairs that turn have the frequencies of the whole head, divided by the factor."""
    angle = angles(positions, x.shape[-1], base) / factor
    angle[..., _turning(x, share) :] = 0
    return turned(x, angle)


@fault("rope-proportional")
def proportional_factor_in_part_alone(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 1.0, partial_rotary_factor: float = 0.25
) -> Tensor:
    """The factor is ignored where every pair turns."""
    used = 1.0 if partial_rotary_factor == 1 else factor
    return _interpolated(x, positions, base, used, partial_rotary_factor)


@fault("rope-proportional")
def proportional_base_at_a_quarter_alone(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 1.0, partial_rotary_factor: float = 0.25
) -> Tensor:
    """The base is ignored where the share of pairs is told."""
    used = base if partial_rotary_factor == 0.25 else 10000.0
    return _interpolated(x, positions, used, factor, partial_rotary_factor)


@fault("rope-proportional")
def proportional_at_least_a_quarter(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 1.0, partial_rotary_factor: float = 0.25
) -> Tensor:
    """A quarter of the pairs turns at least, however small the share."""
    return _interpolated(x, positions, base, factor, max(partial_rotary_factor, 0.25))
