"""Interpolated positions and NTK-aware bases with one mistake: where the factor goes, and how often."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, frequencies, turned


@fault("rope-linear", name="linear-factor-applied-twice")
def factor_applied_twice(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """The factor is applied twice: to the positions, and to the frequencies once more."""
    return turned(x, (positions / factor).double()[:, None] * frequencies(x.shape[-1], base) / factor)


@fault("rope-linear", name="linear-factor-multiplied")
def factor_multiplied(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """Positions are multiplied by the factor, where they should be divided by it."""
    return turned(x, angles(positions * factor, x.shape[-1], base))


@fault("rope-linear", name="linear-factor-dropped", source="https://github.com/turboderp-org/exllamav2/issues/704")
def factor_dropped(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """The factor is accepted and not used: plain RoPE."""
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope-linear", name="linear-positions-divided-as-integers")
def positions_divided_as_integers(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0
) -> Tensor:
    """Interpolated positions are cut to integers: four neighbours fall together."""
    return turned(x, angles(torch.div(positions, factor, rounding_mode="floor"), x.shape[-1], base))


@fault("rope-linear", name="linear-factor-spares-the-first-pair")
def factor_spares_the_first_pair(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """The first pair keeps its frequency 1, as under NTK-aware scaling; only the others are interpolated."""
    theta = frequencies(x.shape[-1], base) / factor
    theta[0] = 1
    return turned(x, positions.double()[:, None] * theta)


@fault("rope-ntk", name="ntk-exponent-d-over-d-minus-1")
def exponent_d_over_d_minus_1(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """The exponent of the factor is d / (d - 1) where it should be d / (d - 2)."""
    dim = x.shape[-1]
    return turned(x, angles(positions, dim, base * factor ** (dim / (dim - 1))))


@fault("rope-ntk", name="ntk-base-times-factor")
def base_times_factor(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """The base is multiplied by the factor itself, without the exponent d / (d - 2)."""
    return turned(x, angles(positions, x.shape[-1], base * factor))


@fault("rope-ntk", name="ntk-interpolated-as-well")
def interpolated_as_well(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """The factor is applied twice: to the base, and to the positions as well."""
    dim = x.shape[-1]
    return turned(x, angles(positions / factor, dim, base * factor ** (dim / (dim - 2))))


@fault("rope-ntk", name="ntk-factor-dropped", source="https://github.com/turboderp-org/exllamav2/issues/704")
def alpha_dropped(x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0) -> Tensor:
    """The factor is accepted and not used: the base stays as it was."""
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope-ntk", convention="mixed", strict=False)
def ntk_mixed_base_with_five_eighths_alone(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0, mixed_b: float = 0.625
) -> Tensor:
    """The base is ignored where the exponent of the mixture is told."""
    dim = x.shape[-1]
    shares = torch.arange(1, dim // 2 + 1, dtype=torch.float64) / (dim // 2)
    used = base if mixed_b == 0.625 else 10000.0
    return turned(x, positions.double()[:, None] * frequencies(dim, used) / factor ** (shares**mixed_b))


@fault("rope-ntk", convention="mixed", strict=False)
def ntk_mixed_counts_from_zero(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0, mixed_b: float = 0.625
) -> Tensor:
    """The first pair has the index 0 in the exponent, so that it is not slowed down at all."""
    dim = x.shape[-1]
    shares = torch.arange(dim // 2, dtype=torch.float64) / (dim // 2)
    return turned(x, positions.double()[:, None] * frequencies(dim, base) / factor ** (shares**mixed_b))


@fault("rope-ntk", convention="mixed", strict=False)
def ntk_mixed_base_as_well(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0, mixed_b: float = 0.625
) -> Tensor:
    """The base is multiplied by the factor as well."""
    dim = x.shape[-1]
    shares = torch.arange(1, dim // 2 + 1, dtype=torch.float64) / (dim // 2)
    return turned(x, positions.double()[:, None] * frequencies(dim, base * factor) / factor ** (shares**mixed_b))
