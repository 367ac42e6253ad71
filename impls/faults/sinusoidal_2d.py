"""The sinusoidal table of rows and columns with one mistake: in the axes, the ladder, the halves, or the counting."""

import math

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import frequencies

TURN = 2 * math.pi


def _ladder(dim: int, base: float) -> Tensor:
    """The frequencies of each half, refusing what does not split into pairs for two axes."""
    if dim % 4:
        raise ValueError(f"the dimension must be a multiple of 4; got {dim}")
    return frequencies(dim // 2, base)


def _angles(places: Tensor, theta: Tensor) -> Tensor:
    """Row and column times the frequencies, (n, 2, dim/4)."""
    return places.double()[..., None] * theta


def _interleaved(angle: Tensor, dtype: torch.dtype) -> Tensor:
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1).to(dtype)


def _halves(angle: Tensor, dtype: torch.dtype) -> Tensor:
    return torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1).to(dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-axes-exchanged")
def axes_exchanged(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The column comes first, where the row should."""
    return _interleaved(_angles(positions.flip(1), _ladder(dim, base)), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-h-taken-for-the-row", layout="half", convention="column-first")
def h_taken_for_the_row(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The row comes first, as the name h in published code says, where that code has the column there."""
    return _halves(_angles(positions, _ladder(dim, base)), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-as-wide-as-high")
def as_wide_as_high(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Places are numbered as if the grid were as wide as it is high: columns beyond spill into other rows."""
    side = positions[:, 0].amax() + 1
    number = positions[:, 0] * side + positions[:, 1]
    return _interleaved(_angles(torch.stack([number // side, number % side], dim=1), _ladder(dim, base)), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-halves-called-interleaved", layout="interleaved")
def halves_called_interleaved(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Of each axis all sines come before all cosines, where they are declared to alternate."""
    return _halves(_angles(positions, _ladder(dim, base)), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-all-sines-first", layout="half")
def all_sines_first(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The sines of both axes come before all cosines, where each axis should have its own together."""
    angle = _angles(positions, _ladder(dim, base)).flatten(1)
    return torch.cat([angle.sin(), angle.cos()], dim=1).to(dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-ends-at-base")
def ends_at_base(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The exponent is divided by d/4 - 1, where it should be divided by d/4: the last frequency is 1/base."""
    theta = torch.pow(base, torch.linspace(0, -1, len(_ladder(dim, base)), dtype=torch.float64))
    return _interleaved(_angles(positions, theta), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-does-not-end-at-base", layout="half", convention="vit-pytorch")
def does_not_end_at_base(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The exponent is divided by d/4, where it is declared to be divided by d/4 - 1."""
    return _halves(_angles(positions.flip(1), _ladder(dim, base)), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-ladder-of-the-whole-vector")
def ladder_of_the_whole_vector(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The exponent is divided by the whole dimension: each half has the faster frequencies alone."""
    theta = frequencies(dim, base)[: len(_ladder(dim, base))]
    return _interleaved(_angles(positions, theta), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-ladder-goes-on")
def ladder_goes_on(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The ladder goes on from row to column, where it should begin again."""
    theta = frequencies(dim, base).view(2, len(_ladder(dim, base)))
    return _interleaved(_angles(positions, theta), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-cosines-first")
def cosines_first(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Cosines stand before the sines, where sines come first."""
    return _interleaved(math.pi / 2 - _angles(positions, _ladder(dim, base)), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-centres")
def centres(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Rows and columns are taken at their centres: half a step is added to each."""
    return _interleaved(_angles(positions.double() + 0.5, _ladder(dim, base)), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-counted-from-one")
def counted_from_one(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Rows and columns are counted from 1, where they should be counted from 0."""
    return _interleaved(_angles(positions + 1, _ladder(dim, base)), dtype)


def _turned(places: Tensor, dim: int, base: float, cells: tuple[float, float], dtype: torch.dtype) -> Tensor:
    """The table of DETR, for places that are counted already."""
    return _interleaved(_angles(places.double() * TURN / torch.tensor(cells), _ladder(dim, base)), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-detr-counted-from-zero", convention="detr")
def detr_counted_from_zero(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows and columns are counted from 0, where they should be counted from 1."""
    return _turned(positions, dim, base, grid_size, dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-detr-centres", convention="detr")
def detr_centres(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows and columns are taken at their centres, as a later model has it: half a step is missing."""
    return _turned(positions.double() + 0.5, dim, base, grid_size, dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-detr-unscaled", convention="detr")
def detr_unscaled(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Positions are normalised to 1, where they should be normalised to 2 pi."""
    return _turned((positions.double() + 1) / TURN, dim, base, grid_size, dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-detr-sizes-exchanged", convention="detr")
def detr_sizes_exchanged(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows are divided by the number of columns, and columns by that of rows."""
    return _turned(positions + 1, dim, base, (grid_size[1], grid_size[0]), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-detr-not-normalised", convention="detr")
def detr_not_normalised(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows and columns are counted, and not divided by how many there are."""
    return _turned(positions + 1, dim, base, (TURN, TURN), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-detr-grid-ignored", convention="detr")
def detr_grid_ignored(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Every image is taken to have 25 rows and 38 columns."""
    return _turned(positions + 1, dim, base, (25, 38), dtype)


@fault("sinusoidal-2d", name="sinusoidal-2d-detr-shorter-side-first", convention="detr")
def detr_shorter_side_first(
    positions: Tensor,
    dim: int,
    *,
    base: float = 10000.0,
    grid_size: tuple[int, int] = (25, 38),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows are divided by the shorter side and columns by the longer one: right on images that are wide."""
    return _turned(positions + 1, dim, base, (min(grid_size), max(grid_size)), dtype)
