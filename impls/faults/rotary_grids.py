"""RoPE on a grid with one mistake: in the axes, the frequencies, the halves of the vector, or the coordinates."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import frequencies, in_halves, in_pairs, turned


def angles(places: Tensor, dim: int, base: float) -> Tensor:
    """Row times the faster half of the frequencies, column times the slower half; radians, (n, dim/2), all right."""
    return (places.double()[:, :, None] * _whole(dim, base).view(2, -1)).flatten(1)


def _whole(dim: int, base: float) -> Tensor:
    """RoPE's frequencies, refusing what does not split into pairs for each of two axes."""
    if dim % 4:
        raise ValueError(f"the dimension must be a multiple of 4; got {dim}")
    return frequencies(dim, base)


@fault("rope-2d", name="rope-2d-axes-swapped", source="https://github.com/ggml-org/llama.cpp/pull/13282")
def axes_swapped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Row and column are exchanged: the first half of the pairs turns with the column."""
    return turned(x, angles(positions.flip(-1), x.shape[-1], base))


@fault("rope-2d", name="rope-2d-as-wide-as-high")
def as_wide_as_high(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Places are numbered as if the grid were as wide as it is high: columns beyond spill into other rows."""
    side = positions[:, 0].amax() + 1
    number = positions[:, 0] * side + positions[:, 1]
    return turned(x, angles(torch.stack([number // side, number % side], dim=-1), x.shape[-1], base))


@fault("rope-2d", name="rope-2d-as-high-as-wide")
def as_high_as_wide(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The table is as high as it is wide: rows beyond the last column are taken from its last row."""
    row = positions[:, 0].clamp(max=positions[:, 1].amax())
    return turned(x, angles(torch.stack([row, positions[:, 1]], dim=-1), x.shape[-1], base))


@fault("rope-2d", name="rope-2d-flattened")
def flattened(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The grid is put in one line, row by row of 64 columns, and every pair turns with the place in it."""
    number = positions[:, 0] * 64 + positions[:, 1]
    return turned(x, number.double()[:, None] * _whole(x.shape[-1], base))


@fault("rope-2d", name="rope-2d-row-for-both")
def row_for_both(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The column is forgotten: every pair turns with the row, which shows on no text."""
    return turned(x, positions[:, :1].double() * _whole(x.shape[-1], base))


@fault("rope-2d", name="rope-2d-counted-from-one", source="https://github.com/osaurus-ai/vmlx-swift/pull/225")
def counted_from_one(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Rows and columns are counted from 1, where they should be counted from 0."""
    return turned(x, angles(positions + 1, x.shape[-1], base))


@fault("rope-2d", name="rope-2d-columns-from-one")
def columns_from_one(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Columns are counted from 1 and rows from 0: on text the coordinates are no longer equal."""
    return turned(x, angles(positions + torch.tensor([0, 1]), x.shape[-1], base))


@fault("rope-2d", name="rope-2d-share-of-the-grid")
def share_of_the_grid(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Coordinates are divided by the largest of the call and multiplied by 16: they depend on the other tokens."""
    places = positions.double() * (16 / positions.double().abs().amax(0).clamp(min=1))
    return turned(x, angles(places, x.shape[-1], base))


@fault("rope-2d", name="rope-2d-frequencies-of-half")
def frequencies_of_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Each half has the frequencies of a vector of its own size: row and column have the same, and text is no RoPE."""
    theta = frequencies(x.shape[-1] // 2, base) if x.shape[-1] % 4 == 0 else _whole(x.shape[-1], base)
    return turned(x, (positions.double()[:, :, None] * theta).flatten(1))


@fault("rope-2d", name="rope-2d-frequencies-dealt-out")
def frequencies_dealt_out(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The row has every other frequency and the column those between: text is RoPE with its pairs permuted."""
    theta = _whole(x.shape[-1], base).view(-1, 2).T
    return turned(x, (positions.double()[:, :, None] * theta).flatten(1))


@fault("rope-2d", name="rope-2d-halves-sliced", layout="half")
def halves_sliced(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Each half of the vector is halved by itself: coordinate 0 is turned with d/4, where its partner is d/2."""
    pairs = torch.cat([in_pairs(half) for half in x.chunk(2, dim=-1)], dim=-1)
    y = turned(pairs, angles(positions, x.shape[-1], base))
    return torch.cat([in_halves(half) for half in y.chunk(2, dim=-1)], dim=-1)


@fault("rope-2d", name="rope-2d-odd-half-left")
def odd_half_left(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A dimension that gives the column fewer pairs than the row is taken, instead of being refused."""
    theta = frequencies(x.shape[-1] // 2 * 2, base)
    row = torch.arange(len(theta)) < (len(theta) + 1) // 2
    return turned(x, torch.where(row, positions[:, :1], positions[:, 1:]).double() * theta)


@fault("rope-2d-same-theta")
def same_theta_axes_swapped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Row and column are exchanged: the first half of the vector turns with the column."""
    return turned(x, (positions.flip(-1).double()[:, :, None] * _half(x.shape[-1], base)).flatten(1))


@fault("rope-2d-same-theta")
def same_theta_of_the_whole(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Both halves have the first frequencies of the whole dimension, which fall half as fast as their own."""
    theta = _whole(x.shape[-1], base)[: x.shape[-1] // 4]
    return turned(x, (positions.double()[:, :, None] * theta).flatten(1))


@fault("rope-2d-same-theta")
def same_theta_goes_on_falling(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The frequencies of the column go on where those of the row end: the axes are told apart."""
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope-2d-same-theta", layout="half")
def same_theta_halved_as_a_whole(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The vector is halved as a whole: coordinate 0 is turned with d/2, where its partner is d/4."""
    angle = (positions.double()[:, :, None] * _half(x.shape[-1], base)).flatten(1)
    return in_halves(turned(in_pairs(x), angle))


@fault("rope-2d-same-theta")
def same_theta_sides_normalised(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Columns are halved, as for an image twice as wide as high: one step to the side is less than one step down."""
    places = positions.double() * torch.tensor([1.0, 0.5])
    return turned(x, (places[:, :, None] * _half(x.shape[-1], base)).flatten(1))


@fault("rope-2d-same-theta", convention="alternating")
def same_theta_in_turn_down_one_ladder(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Row and column take turns down one ladder, where each should have a frequency of every two pairs."""
    theta = _whole(x.shape[-1], base)
    return turned(x, positions.double()[:, torch.arange(len(theta)) % 2] * theta)


def _half(dim: int, base: float) -> Tensor:
    _whole(dim, base)
    return frequencies(dim // 2, base)
