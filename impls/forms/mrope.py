"""M-RoPE in its forms: positions are (time, row, column), and `mrope_section` says how many pairs follow each."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.forms.rope_2d import expect_places

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
Section = tuple[int, int, int]


def expect_section(dim: int, section: Section, *, in_turns: bool = False) -> None:
    """Raise ValueError for counts that do not fit: of contiguous sections, or of row and column taking turns."""
    if len(section) != 3 or min(section) < 0 or sum(section) != dim // 2:
        raise ValueError(f"mrope_section must be three counts that sum to {dim // 2} pairs; got {tuple(section)}")
    if in_turns and max(3 * section[1] - 1, 3 * section[2]) > dim // 2:
        raise ValueError(f"row and column take every third of {dim // 2} pairs; mrope_section {section} needs more")


def expect_in_turn(dim: int, section: Section) -> None:
    """Raise ValueError for counts that do not fit, of row and column taking turns before time."""
    expect_section(dim, section)
    if section[1] != section[2]:
        raise ValueError(f"row and column take turns, and mrope_section {tuple(section)} gives them different counts")


@implements("mrope", form="matrix", layout="interleaved", name="mrope-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor, *, mrope_section: Section, base: float = 10000.0) -> Tensor:
    """y = R_(time, row, column) x, with the block-diagonal (dim, dim) rotation built entry by entry."""
    expect_places(x, positions, axes=3, multiple=2)
    dim = x.shape[-1]
    expect_section(dim, mrope_section)
    time, row, _ = mrope_section
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(dim // 2):
        axis = 0 if i < time else 1 if i < time + row else 2
        angle = positions[:, axis].double() / base ** (2 * i / dim)
        rotation[:, 2 * i, 2 * i] = rotation[:, 2 * i + 1, 2 * i + 1] = angle.cos()
        rotation[:, 2 * i + 1, 2 * i], rotation[:, 2 * i, 2 * i + 1] = angle.sin(), -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements("mrope", form="elementwise", layout="half", name="mrope-elementwise", dtypes=DTYPES, strict=True)
def elementwise(x: Tensor, positions: Tensor, *, mrope_section: Section, base: float = 10000.0) -> Tensor:
    """(a, b) -> (a c - b s, b c + a s) on the halves of x; each axis has its section of the frequencies."""
    expect_places(x, positions, axes=3, multiple=2)
    a, b = x.chunk(2, dim=-1)
    expect_section(x.shape[-1], mrope_section)
    theta = torch.exp(torch.arange(a.shape[-1], device=x.device).double() * (-math.log(base) / a.shape[-1]))
    sections = zip(positions.double().unbind(-1), theta.split(mrope_section), strict=True)
    angles = torch.cat([torch.outer(place, part) for place, part in sections], dim=-1)
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements("mrope", form="complex", layout="interleaved", name="mrope-complex", dtypes=DTYPES, strict=True)
def complex_product(x: Tensor, positions: Tensor, *, mrope_section: Section, base: float = 10000.0) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i p theta_i), p gathered from time, row and column."""
    expect_places(x, positions, axes=3, multiple=2)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., 0::2], wide[..., 1::2])
    expect_section(x.shape[-1], mrope_section)
    counts = torch.tensor(mrope_section, device=x.device)
    axis = torch.repeat_interleave(torch.arange(3, device=x.device), counts)
    steps = torch.logspace(0, -1, z.shape[-1] + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    phases = torch.polar(torch.ones((), dtype=torch.float64, device=x.device), positions.double()[:, axis] * steps)
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    "mrope",
    form="rotate-half",
    layout="half",
    name="mrope-rotate-half",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/models/qwen2_vl/modeling_qwen2_vl.py",
    dtypes=DTYPES,
    strict=True,
)
def rotate_half(x: Tensor, positions: Tensor, *, mrope_section: Section, base: float = 10000.0) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s): whole tables of each axis, from which twice three sections are cut."""
    expect_places(x, positions, axes=3, multiple=2)
    dim = x.size(-1)
    expect_section(dim, mrope_section)
    widths = tuple(mrope_section) * 2
    inverse = base ** -(torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    whole = (positions.double()[..., None] * inverse).tile(1, 1, 2).split(widths, dim=-1)
    angles = torch.cat([part[:, i % 3] for i, part in enumerate(whole)], dim=-1)
    rotated = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    return x * torch.cos(angles).to(x.dtype) + rotated * torch.sin(angles).to(x.dtype)


@implements(
    "mrope",
    form="elementwise",
    layout="half",
    name="mrope-interleaved",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/models/qwen3_vl/modeling_qwen3_vl.py",
    dtypes=DTYPES,
    convention="interleaved",
    strict=True,
)
def interleaved(x: Tensor, positions: Tensor, *, mrope_section: Section, base: float = 10000.0) -> Tensor:
    """Over the angles of the time, those of row and column are written with a stride of three: THWTHW...T."""
    expect_places(x, positions, axes=3, multiple=2)
    a, b = x.chunk(2, dim=-1)
    section = mrope_section
    expect_section(x.shape[-1], section, in_turns=True)
    theta = torch.pow(1 / base, torch.arange(a.shape[-1], dtype=torch.float64, device=x.device) / a.shape[-1])
    each = positions.double()[..., None] * theta
    angles = each[:, 0].clone()
    for axis in (1, 2):
        taken = slice(axis, 3 * section[axis], 3)
        angles[:, taken] = each[:, axis, taken]
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements(
    "mrope",
    form="complex",
    layout="interleaved",
    name="mrope-interleaved-complex",
    dtypes=DTYPES,
    convention="interleaved",
    strict=True,
)
def interleaved_complex(x: Tensor, positions: Tensor, *, mrope_section: Section, base: float = 10000.0) -> Tensor:
    """z_i turns with time, row or column in turns, i mod 3, for as long as that axis has pairs left; else with time."""
    expect_places(x, positions, axes=3, multiple=2)
    z = torch.view_as_complex((x if x.dtype == torch.float64 else x.float()).unflatten(-1, (-1, 2)).contiguous())
    expect_section(x.shape[-1], mrope_section, in_turns=True)
    left = torch.tensor(mrope_section, device=x.device)
    i = torch.arange(z.shape[-1], device=x.device)
    axis = torch.where(i // 3 < left[i % 3], i % 3, 0)
    theta = 1.0 / base ** (2 * i.double() / x.shape[-1])
    turned = z * torch.exp(1j * (positions.double()[:, axis] * theta)).to(z.dtype)
    return torch.view_as_real(turned).flatten(-2).to(x.dtype)


@implements(
    "mrope",
    form="elementwise",
    layout="half",
    name="mrope-time-slowest",
    dtypes=DTYPES,
    convention="time-slowest",
    strict=True,
)
def time_slowest(x: Tensor, positions: Tensor, *, mrope_section: Section, base: float = 10000.0) -> Tensor:
    """The angles of row and column are laid side by side, pair by pair, and those of time behind them: HWHW...T."""
    expect_places(x, positions, axes=3, multiple=2)
    a, b = x.chunk(2, dim=-1)
    expect_in_turn(x.shape[-1], mrope_section)
    steps = base ** (torch.arange(a.shape[-1], dtype=torch.float64, device=x.device) / a.shape[-1])
    time, row, column = (positions.double()[:, None] / steps[:, None]).unbind(-1)
    fast = 2 * mrope_section[1]
    beside = torch.stack((row[:, :fast:2], column[:, 1:fast:2]), dim=-1).flatten(-2)
    angles = torch.cat((beside, time[:, fast:]), dim=-1)
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements(
    "mrope",
    form="complex",
    layout="interleaved",
    name="mrope-time-slowest-complex",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/models/ernie4_5_vl_moe/modeling_ernie4_5_vl_moe.py",
    dtypes=DTYPES,
    convention="time-slowest",
    strict=True,
)
def time_slowest_complex(x: Tensor, positions: Tensor, *, mrope_section: Section, base: float = 10000.0) -> Tensor:
    """z_i turns with row or column, i mod 2, as long as they have pairs left, and with time behind these."""
    expect_places(x, positions, axes=3, multiple=2)
    z = torch.view_as_complex((x if x.dtype == torch.float64 else x.float()).unflatten(-1, (-1, 2)).contiguous())
    expect_in_turn(x.shape[-1], mrope_section)
    i = torch.arange(z.shape[-1], device=x.device)
    axis = (1 + i % 2) * (i < 2 * mrope_section[1])
    theta = torch.exp(i.double() * (-math.log(base) / z.shape[-1]))
    turned = z * torch.exp(1j * (positions.double()[:, axis] * theta)).to(z.dtype)
    return torch.view_as_real(turned).flatten(-2).to(x.dtype)
