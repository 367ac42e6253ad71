"""The sinusoidal table with one mistake."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, frequencies


def _table(angle: Tensor, dtype: torch.dtype) -> Tensor:
    """Column 2i is the sine of an angle (n, dim/2), column 2i + 1 its cosine."""
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2).to(dtype)


@fault("sinusoidal", name="sinusoidal-starts-at-one", source="https://github.com/tensorflow/tensor2tensor/pull/1758")
def starts_at_one(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The positions are off by one: they are counted from 1."""
    return _table(angles(positions + 1, dim, base), dtype)


@fault(
    "sinusoidal", name="sinusoidal-cosine-exponent-shifted", source="https://github.com/maxjcohen/transformer/issues/62"
)
def cosine_exponent_shifted(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Column j has the frequency base^(-j/d): a cosine has another frequency than the sine before it."""
    angle = positions.double()[:, None] * torch.pow(base, -torch.arange(dim, dtype=torch.float64) / dim)
    return torch.stack([angle[:, 0::2].sin(), angle[:, 1::2].cos()], dim=-1).flatten(-2).to(dtype)


@fault("sinusoidal", name="sinusoidal-sines-called-cosines-first", convention="cosines-first")
def sines_called_cosines_first(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Cosines are declared to come first, and come behind the sines."""
    return _table(angles(positions, dim, base), dtype)


@fault("sinusoidal", name="sinusoidal-base-exponent-swapped", source="https://github.com/ivanvovk/WaveGrad/issues/12")
def base_exponent_swapped(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Base and exponent are exchanged: all frequencies are nearly the same."""
    theta = (1 - torch.arange(0, dim, 2, dtype=torch.float64) / dim) ** (1 / base)
    return _table(positions.double()[:, None] * theta, dtype)


@fault("sinusoidal", name="sinusoidal-last-frequency-1-over-base")
def last_frequency_1_over_base(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The exponent is divided by d - 2 where it should be divided by d: the last frequency is 1/base."""
    exponents = torch.linspace(0, -1, dim // 2, dtype=torch.float64)
    return _table(positions.double()[:, None] * torch.pow(base, exponents), dtype)


@fault("sinusoidal", name="sinusoidal-cosine-sine-swapped")
def cosine_sine_swapped(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Cosines stand before the sines, where sines come first."""
    return _table(torch.pi / 2 - angles(positions, dim, base), dtype)


@fault("sinusoidal", name="sinusoidal-halves-called-interleaved", layout="interleaved")
def halves_called_interleaved(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """All sines stand before all cosines, where sine and cosine are declared to alternate."""
    angle = angles(positions, dim, base)
    return torch.cat([angle.sin(), angle.cos()], dim=-1).to(dtype)


@fault("sinusoidal", name="sinusoidal-empty-table")
def empty_table(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The table was never filled: all its entries are zeros."""
    return 0 * _table(angles(positions, dim, base), dtype)


@fault("sinusoidal", name="sinusoidal-one-row-for-all")
def one_row_for_all(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Every row is that of position 0."""
    return _table(0 * angles(positions, dim, base), dtype)


@fault("sinusoidal", name="sinusoidal-scaled-by-1.001")
def scaled_by_1_001(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The table is too large: it is scaled by 1.001."""
    return 1.001 * _table(angles(positions, dim, base), dtype)


@fault("sinusoidal", name="sinusoidal-interpolated")
def interpolated(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Linear interpolation was left switched on: the positions are divided by 4."""
    return _table(angles(positions / 4, dim, base), dtype)


@fault("sinusoidal", name="sinusoidal-positions-ignored")
def positions_ignored(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The positions are ignored: rows are counted 0, 1, 2, ... in every call."""
    return _table(angles(torch.arange(len(positions)), dim, base), dtype)


@fault("sinusoidal", name="sinusoidal-positions-normalised")
def positions_normalised(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The positions are divided by their number and multiplied by 512: the rows depend on how many there are."""
    return _table(angles(positions.double() * (512 / len(positions)), dim, base), dtype)


@fault("sinusoidal", name="sinusoidal-positions-mutated")
def positions_mutated(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The positions are counted on in place: the caller's tensor has moved by one."""
    table = _table(angles(positions, dim, base), dtype)
    positions += 1
    return table


@fault("sinusoidal", name="sinusoidal-always-float32")
def always_float32(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The table is float32, whatever the dtype that is asked for."""
    return _table(positions.double()[:, None] * frequencies(dim, base), torch.float32)


@fault(
    "sinusoidal",
    name="sinusoidal-batch-axis-added",
    source="https://github.com/tatp22/multidim-positional-encoding/issues/2",
)
def batch_axis_added(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The table comes with a third axis."""
    return _table(angles(positions, dim, base), dtype)[None]
