"""RoPE along time, row and column with one mistake: in the order, the size or the layout of the sections."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import frequencies, in_halves, in_pairs, turned

Section = tuple[int, int, int] | None


def _axes(dim: int, section: Section) -> Tensor:
    """The axis of each pair, contiguously and right: three eighths for row and column each, unless given."""
    each = 3 * dim // 16
    counts = torch.tensor(section or (dim // 2 - 2 * each, each, each))
    return torch.repeat_interleave(torch.arange(3), counts)


def _turned_along(x: Tensor, positions: Tensor, axes: Tensor, base: float) -> Tensor:
    return turned(x, positions.double()[:, axes] * frequencies(x.shape[-1], base))


@fault("mrope", name="mrope-time-last")
def time_last(x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None) -> Tensor:
    """The sections are read as row, column, time, where the time comes first."""
    return _turned_along(x, positions.roll(-1, dims=-1), _axes(x.shape[-1], mrope_section), base)


@fault("mrope", name="mrope-row-and-column-swapped")
def row_and_column_swapped(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None
) -> Tensor:
    """Row and column are exchanged: the section after the time follows the column."""
    return _turned_along(x, positions[:, [0, 2, 1]], _axes(x.shape[-1], mrope_section), base)


@fault(
    "mrope",
    name="mrope-contiguous-called-interleaved",
    source="https://github.com/alibaba/MNN/pull/4133",
    convention="interleaved",
)
def contiguous_called_interleaved(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None
) -> Tensor:
    """The sections lie one behind the other, where the three axes should take turns: text shows no difference."""
    each = 5 * x.shape[-1] // 32
    section = mrope_section or (x.shape[-1] // 2 - 2 * each, each, each)
    return _turned_along(x, positions, _axes(x.shape[-1], section), base)


@fault("mrope", name="mrope-interleaved-called-contiguous", source="https://github.com/ollama/ollama/pull/12807")
def interleaved_called_contiguous(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None
) -> Tensor:
    """The three axes take turns as long as their pairs last, where the sections should lie one behind the other."""
    left = torch.bincount(_axes(x.shape[-1], mrope_section), minlength=3)
    i = torch.arange(x.shape[-1] // 2)
    return _turned_along(x, positions, torch.where(i // 3 < left[i % 3], i % 3, 0), base)


@fault("mrope", name="mrope-rows-before-columns", convention="time-slowest")
def rows_before_columns(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None
) -> Tensor:
    """All pairs of the row come before those of the column, where the two should take turns; time is last."""
    time, row, column = torch.bincount(_axes(x.shape[-1], mrope_section), minlength=3).tolist()
    return _turned_along(x, positions.roll(-1, dims=-1), _axes(x.shape[-1], (row, column, time)), base)


@fault(
    "mrope",
    name="mrope-sections-widened",
    layout="half",
)
def sections_widened(x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None) -> Tensor:
    """In the doubled table each section is taken twice as wide, instead of all three twice."""
    dim = x.shape[-1]
    axes = _axes(dim, mrope_section).repeat_interleave(2)
    angle = positions.double()[:, axes] * frequencies(dim, base).tile(2)
    swapped = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * angle.cos().to(x.dtype) + swapped * angle.sin().to(x.dtype)


@fault("mrope", name="mrope-section-ignored")
def section_ignored(x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None) -> Tensor:
    """The sections that are asked for are ignored: row and column always have three eighths of the pairs."""
    return _turned_along(x, positions, _axes(x.shape[-1], None), base)


@fault("mrope", name="mrope-time-for-all")
def time_for_all(x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None) -> Tensor:
    """Every pair turns with the time, as text allows: row and column do not matter."""
    return turned(x, positions[:, :1].double() * frequencies(x.shape[-1], base))


@fault("mrope", name="mrope-time-truncated", source="https://github.com/huggingface/transformers/pull/48669")
def time_truncated(x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None) -> Tensor:
    """The time is truncated to an integer: frames that are less than one apart fall together."""
    places = torch.cat([positions[:, :1].trunc(), positions[:, 1:]], dim=-1)
    return _turned_along(x, places, _axes(x.shape[-1], mrope_section), base)


@fault("mrope", name="mrope-frequencies-by-section")
def frequencies_by_section(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, mrope_section: Section = None
) -> Tensor:
    """The frequencies start again at 1 in every section: on text that is no RoPE."""
    counts = torch.bincount(_axes(x.shape[-1], mrope_section), minlength=3).tolist()
    theta = torch.cat([frequencies(x.shape[-1], base)[:count] for count in counts])
    return turned(x, positions.double()[:, _axes(x.shape[-1], mrope_section)] * theta)


@fault("rope-3d", name="rope-3d-time-last")
def thirds_with_time_last(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The coordinates are read as row, column, time, where the time comes first."""
    return _turned_along(x, positions.roll(-1, dims=-1), _thirds(x), base)


@fault("rope-3d", name="rope-3d-frequencies-of-a-third")
def frequencies_of_a_third(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Each third has the frequencies of a vector of its own size: on text that is no RoPE."""
    theta = frequencies(len(_thirds(x)) * 2 // 3, base)
    return turned(x, (positions.double()[:, :, None] * theta).flatten(1))


@fault("rope-3d", name="rope-3d-rest-left")
def rest_left(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A dimension that has no thirds of whole pairs is taken, instead of being refused: its last pairs stay."""
    size = x.shape[-1] // 6 * 6
    part = _turned_along(x[..., :size], positions, torch.arange(size // 2) * 6 // size, base)
    return torch.cat([part, x[..., size:]], dim=-1)


@fault("rope-3d", name="rope-3d-thirds-sliced", layout="half")
def thirds_sliced(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Each third of the vector is halved by itself, where the vector should be halved as a whole."""
    _thirds(x)
    pairs = torch.cat([in_pairs(third) for third in x.chunk(3, dim=-1)], dim=-1)
    y = _turned_along(pairs, positions, _thirds(x), base)
    return torch.cat([in_halves(third) for third in y.chunk(3, dim=-1)], dim=-1)


def _thirds(x: Tensor) -> Tensor:
    """The axis of each pair; refuses what does not split into three equal parts of whole pairs."""
    if x.shape[-1] % 6:
        raise ValueError(f"the dimension must be a multiple of 6; got {x.shape[-1]}")
    return torch.arange(x.shape[-1] // 2) * 6 // x.shape[-1]
