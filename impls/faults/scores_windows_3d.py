"""Video Swin's window bias with one mistake in its index; in a cube most of them would show nothing."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault_in

Window = tuple[int, int, int]


def _strides(frames: int, height: int, width: int) -> Sequence[int]:
    """By how much the index grows with an offset along each axis."""
    return (2 * height - 1) * (2 * width - 1), 2 * width - 1, 1


def _relative(query: Tensor, key: Tensor) -> Tensor:
    return query[:, None] - key[None]


def _moved(offsets: Tensor, window: Tensor) -> Tensor:
    """Offsets counted from the most negative."""
    return offsets + window - 1


RIGHT: Steps = {"strides": _strides, "relative": _relative, "moved": _moved}


def _bias(
    wrong: Steps,
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    window_size: Window = (4, 5, 7),
) -> Tensor:
    for p in (query_positions, key_positions):
        if bool((p.long() != p).any() | (p < 0).any() | (p >= torch.tensor(window_size)).any()):
            raise ValueError("a position is no cell of the window")
    steps = RIGHT | wrong
    offsets = steps["relative"](query_positions.long(), key_positions.long())
    index = (steps["moved"](offsets, torch.tensor(window_size)) * torch.tensor(steps["strides"](*window_size))).sum(-1)
    return table[index.clamp(0, len(table) - 1)].permute(2, 0, 1)


wrong_window = partial(fault_in, _bias, encoding="swin-bias-3d")


@wrong_window("strides", name="swin-3d-stride-of-a-frame")
def _stride_of_a_frame(frames: int, height: int, width: int) -> Sequence[int]:
    """Frames are multiplied by (2H - 1) alone, as rows are by 2W - 1: offsets in time and in rows collide."""
    return 2 * height - 1, 2 * width - 1, 1


@wrong_window("strides", name="swin-3d-strides-exchanged")
def _strides_exchanged(frames: int, height: int, width: int) -> Sequence[int]:
    """Rows are multiplied by 2H - 1 where 2W - 1 is meant: right in square windows only."""
    return (2 * height - 1) * (2 * width - 1), 2 * height - 1, 1


@wrong_window("strides", name="swin-3d-frames-last")
def _frames_last(frames: int, height: int, width: int) -> Sequence[int]:
    """The table is read as if frames ran fastest: rows, columns, frames."""
    return 1, (2 * width - 1) * (2 * frames - 1), 2 * frames - 1


@wrong_window("relative", name="swin-3d-key-minus-query")
def _key_minus_query(query: Tensor, key: Tensor) -> Tensor:
    """The offset is key minus query: every bias is that of the opposite offset."""
    return key[None] - query[:, None]


@wrong_window("relative", name="swin-3d-frames-ignored")
def _frames_ignored(query: Tensor, key: Tensor) -> Tensor:
    """All frames count as one, as in a window of an image."""
    return (query[:, None] - key[None]) * torch.tensor([0, 1, 1])


@wrong_window("moved", name="swin-3d-moved-by-the-first-side")
def _moved_by_the_first_side(offsets: Tensor, window: Tensor) -> Tensor:
    """Offsets along all axes are moved by T - 1: right in windows that are cubes only."""
    return offsets + window[0] - 1


@wrong_window("relative", name="swin-3d-offsets-clamped")
def _offsets_clamped(query: Tensor, key: Tensor) -> Tensor:
    """Offsets are clamped to 7, as if no window had more than 8 frames."""
    return (query[:, None] - key[None]).clamp(-7, 7)
