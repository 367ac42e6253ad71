"""RoPE at normalised coordinates with one mistake: in the unit of the angle, the ladder, the axes, or the pairs."""

import math

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import in_halves, in_pairs, turned


def _angles(positions: Tensor, dim: int, base: float, *, over: int, unit: float) -> Tensor:
    """unit c b^(-2j/over) for the row, then for the column, (n, dim/2)."""
    if dim % 4:
        raise ValueError(f"expected a multiple of 4, got dimension {dim}")
    ladder = unit * torch.pow(base, -2 * torch.arange(dim // 4, dtype=torch.float64) / over)
    return (positions.double()[:, :, None] * ladder).flatten(1)


def _right(positions: Tensor, dim: int, base: float) -> Tensor:
    return _angles(positions, dim, base, over=dim // 2, unit=2 * math.pi)


@fault("rope-normalised-2d", strict=False)
def normalised_coordinates_in_radians(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """The coordinate is taken as an angle: 2 pi is missing."""
    dim = x.shape[-1]
    return turned(x, _angles(positions, dim, base, over=dim // 2, unit=1.0))


@fault("rope-normalised-2d", strict=False)
def normalised_half_a_turn(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """The fastest pair turns round once from edge to edge, and not twice."""
    dim = x.shape[-1]
    return turned(x, _angles(positions, dim, base, over=dim // 2, unit=math.pi))


@fault("rope-normalised-2d", strict=False)
def normalised_ladder_of_the_head(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """Exponents are divided by the dimension, and not by that of one axis."""
    dim = x.shape[-1]
    return turned(x, _angles(positions, dim, base, over=dim, unit=2 * math.pi))


@fault("rope-normalised-2d", strict=False)
def normalised_columns_first(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """The first half of the pairs follows the column."""
    return turned(x, _right(positions.flip(-1), x.shape[-1], base))


@fault("rope-normalised-2d", layout="half", strict=False)
def normalised_halves_by_axis(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """Rows turn the halves of the first half of the vector, columns those of the second."""
    angles = _right(positions, x.shape[-1], base).chunk(2, dim=-1)
    parts = zip(x.chunk(2, dim=-1), angles, strict=True)
    return torch.cat([in_halves(turned(in_pairs(part), angle)) for part, angle in parts], dim=-1)


@fault("rope-normalised-2d", layout="half", strict=False)
def normalised_repeated_in_place(x: Tensor, positions: Tensor, *, base: float = 100.0) -> Tensor:
    """Every angle is repeated beside itself, as for neighbours, and applied to halves."""
    angle = _right(positions, x.shape[-1], base).repeat_interleave(2, dim=-1)
    a, b = x.chunk(2, dim=-1)
    return x * angle.cos().to(x.dtype) + torch.cat([-b, a], dim=-1) * angle.sin().to(x.dtype)
