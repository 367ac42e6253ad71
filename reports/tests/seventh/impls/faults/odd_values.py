"""Mistakes with values of odd positions."""

from torch import Tensor

from impls.faults import fault


@fault("odd-values")
def values_of_even_positions(v: Tensor, positions: Tensor) -> Tensor:
    """The values of even positions are read."""
    return v * (1 - positions.long() % 2).to(v.dtype)[:, None]
