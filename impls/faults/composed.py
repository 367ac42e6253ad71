"""Rotations that are put together the wrong way: other coordinates turn, or along other axes, or counted otherwise."""

import math
from typing import Any

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, in_halves, in_pairs, turned
from impls.faults.scaling_yarn import encoded, mixed, right_length, right_ramp

TRAILING = {"rotary_dim": 24, "rotary_slice": "trailing"}
WIDTHS = (16, 56, 56)
FOUR = (16, 16, 16, 16)
FACTOR, ORIGINAL, FAST, SLOW = 4.0, 2048, 32, 1


def _sections(x: Tensor, positions: Tensor, base: float, widths: tuple[int, ...], axes: tuple[int, ...]) -> Tensor:
    """Sections of these widths, neighbours turned along these axes, each with a ladder of its own."""
    parts = x[..., : sum(widths)].split(widths, dim=-1)
    found = [turned(part, angles(positions[:, a], part.shape[-1], base)) for part, a in zip(parts, axes, strict=True)]
    return torch.cat([*found, x[..., sum(widths) :]], dim=-1)


@fault("rope", parameters=TRAILING)
def composed_first_coordinates(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The first coordinates turn, and not the last ones."""
    return torch.cat([turned(x[..., :24], angles(positions, 24, base)), x[..., 24:]], dim=-1)


@fault("rope", parameters=TRAILING)
def composed_ladder_of_the_head(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Exponents count over the whole head, and not over the coordinates that turn."""
    rest, part = x[..., :-24], x[..., -24:]
    return torch.cat([rest, turned(part, angles(positions, x.shape[-1], base)[..., :12])], dim=-1)


@fault("rope", parameters={"axes_dim": WIDTHS}, strict=False)
def composed_axes_in_reverse(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The first section follows the last axis, and the last the first."""
    return _sections(x, positions, base, WIDTHS, (2, 1, 0))


@fault("rope", parameters={"axes_dim": WIDTHS}, strict=False)
def composed_widest_section_first(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The widths are taken in the reverse order."""
    return _sections(x, positions, base, WIDTHS[::-1], (0, 1, 2))


@fault("rope", parameters={"axes_dim": WIDTHS}, strict=False)
def composed_one_ladder(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """One ladder of frequencies runs through all sections."""
    axis_of = torch.repeat_interleave(torch.arange(3), torch.tensor(WIDTHS) // 2)
    steps = base ** -(torch.arange(64, dtype=torch.float64) / 64)
    return torch.cat([turned(x[..., :128], positions.double()[:, axis_of] * steps), x[..., 128:]], dim=-1)


@fault("rope", layout="half", parameters={"axes_dim": WIDTHS}, strict=False)
def composed_halves_of_all(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """All sections are halved at once, where each should be by itself."""
    part, rest = x[..., :128], x[..., 128:]
    return torch.cat([in_halves(_sections(in_pairs(part), positions, base, WIDTHS, (0, 1, 2))), rest], dim=-1)


@fault("rope", layout="half", parameters={"axes_dim": WIDTHS, "axes_halves": "whole-vector"}, strict=False)
def composed_halves_of_each(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Each section is halved by itself, where all should be at once."""
    apart = torch.cat([in_pairs(part) for part in x[..., :128].split(WIDTHS, dim=-1)], dim=-1)
    found = _sections(apart, positions, base, WIDTHS, (0, 1, 2)).split(WIDTHS, dim=-1)
    return torch.cat([*map(in_halves, found), x[..., 128:]], dim=-1)


@fault("rope", parameters={"axes_dim": FOUR}, strict=False)
def composed_fourth_axis_left_out(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The last of four sections follows the axis of the one before it."""
    return _sections(x, positions, base, FOUR, (0, 1, 2, 2))


@fault("rope-yarn", parameters={"rotary_dim": 32})
def composed_ramp_of_the_head(x: Tensor, positions: Tensor, *, rotary_dim: int = 32, **given: Any) -> Tensor:
    """The ramp is laid over the pairs of the whole head, and not over those that turn."""
    ramp = right_ramp(x.shape[-1], **given)[: rotary_dim // 2]
    part = encoded(x[..., :rotary_dim], positions, mixed(rotary_dim, ramp, **given), right_length(**given))
    return torch.cat([part, x[..., rotary_dim:]], dim=-1)


@fault("rope-yarn", parameters={"mrope_section": (4, 6, 6)}, strict=False)
def composed_time_alone(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """All pairs follow the time: the rows and columns of positions are dropped."""
    pairs = torch.arange(16, dtype=torch.float64)
    low = math.floor(32 * math.log(ORIGINAL / (2 * math.pi * FAST)) / (2 * math.log(base)))
    high = math.ceil(32 * math.log(ORIGINAL / (2 * math.pi * SLOW)) / (2 * math.log(base)))
    ramp = ((pairs - low) / (high - low)).clamp(0, 1)
    angle = angles(positions[:, 0], 32, base) * (1 - ramp + ramp / FACTOR)
    return torch.cat([turned(x[..., :32], angle) * (1 + math.log(FACTOR) / 10), x[..., 32:]], dim=-1)
