"""Partial RoPE with one mistake: in which coordinates turn, at which frequencies, or in the rest."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, frequencies, turned


def rotated_size(dim: int, rotary_dim: int | None) -> int:
    """How many coordinates turn: half of all, in whole pairs, unless given."""
    size = dim // 4 * 2 if rotary_dim is None else rotary_dim
    if size % 2 or size > dim:
        raise ValueError(f"rotary_dim must be even and at most {dim}; got {size}")
    return size


@fault("partial-rope", name="partial-frequencies-over-head-dim", source="https://github.com/pie-project/pie/pull/603")
def frequencies_over_head_dim(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """The exponents are divided by the whole dimension, where they should be divided by the rotated part."""
    size = rotated_size(x.shape[-1], rotary_dim)
    angle = angles(positions, x.shape[-1], base)[..., : size // 2]
    return torch.cat([turned(x[..., :size], angle), x[..., size:]], dim=-1)


@fault("partial-rope", name="partial-rotated-whole")
def rotated_whole(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """Every coordinate is rotated: the rest as well, at frequencies that go on falling."""
    size, dim = rotated_size(x.shape[-1], rotary_dim), x.shape[-1]
    theta = torch.pow(base, -torch.arange(0, dim, 2, dtype=torch.float64) / size)
    return turned(x, positions.double()[:, None] * theta)


@fault(
    "partial-rope",
    name="partial-factor-applied-twice",
    source="https://github.com/NVIDIA-NeMo/Megatron-Bridge/pull/4271",
)
def factor_applied_twice(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """The share of rotated coordinates is applied twice: only half of those that should turn do."""
    size = rotated_size(x.shape[-1], rotary_dim)
    fewer = max(size // 4 * 2, 2)
    return torch.cat([turned(x[..., :fewer], angles(positions, fewer, base)), x[..., fewer:]], dim=-1)


@fault("partial-rope", name="partial-rotation-dropped", source="https://github.com/EleutherAI/gpt-neox/commit/e7c1b469")
def rotation_dropped(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """The unrotated part is joined to the rest, where the rotated one should be: nothing turns."""
    size = rotated_size(x.shape[-1], rotary_dim)
    part = turned(x[..., :size], 0 * angles(positions, size, base))
    return torch.cat([part, x[..., size:]], dim=-1)


@fault("partial-rope", name="partial-last-pair-of-a-large-part")
def last_pair_of_a_large_part(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Where more than three quarters turn, but not all, the last pair does not."""
    size, dim = rotated_size(x.shape[-1], rotary_dim), x.shape[-1]
    angle = angles(positions, size, base)
    if 3 * dim < 4 * size < 4 * dim:
        angle[..., -1] = 0
    return torch.cat([turned(x[..., :size], angle), x[..., size:]], dim=-1)


@fault("partial-rope", name="partial-rest-dropped")
def rest_dropped(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """The coordinates behind the rotated part are zeros."""
    size = rotated_size(x.shape[-1], rotary_dim)
    return torch.cat([turned(x[..., :size], angles(positions, size, base)), 0 * x[..., size:]], dim=-1)


@fault("partial-rope", name="partial-rest-rounded")
def rest_rounded(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """The coordinates behind the rotated part are rounded to bfloat16."""
    size = rotated_size(x.shape[-1], rotary_dim)
    rest = x[..., size:].bfloat16().to(x.dtype)
    return torch.cat([turned(x[..., :size], angles(positions, size, base)), rest], dim=-1)


@fault("partial-rope", name="partial-size-rounded-down")
def size_rounded_down(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """An odd number of coordinates to rotate is rounded down, instead of being refused."""
    size = rotated_size(x.shape[-1], None if rotary_dim is None else rotary_dim // 2 * 2)
    theta = frequencies(size, base)
    return torch.cat([turned(x[..., :size], positions.double()[:, None] * theta), x[..., size:]], dim=-1)


@fault("partial-rope", name="partial-size-ignored")
def size_ignored(x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None) -> Tensor:
    """The number of rotated coordinates that is asked for is ignored: it is always half of all."""
    size = rotated_size(x.shape[-1], rotary_dim) and rotated_size(x.shape[-1], None)
    return torch.cat([turned(x[..., :size], angles(positions, size, base)), x[..., size:]], dim=-1)


@fault("partial-rope", name="partial-nan-becomes-zero-behind")
def nan_becomes_zero_behind(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """What is not a number becomes zero in the coordinates that do not turn."""
    size = rotated_size(x.shape[-1], rotary_dim)
    angle = angles(positions, size, base)
    return torch.cat([turned(x[..., :size], angle), x[..., size:].nan_to_num(0.0)], dim=-1)
