"""Qwen2.5-VL's positions in two forms: counted frame by frame, and all frames of a video at once."""

from collections.abc import Sequence
from itertools import count

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_multiples, expect_seconds, expect_segments
from spec.definitions.placing import Segment

FOLDER = "https://github.com/huggingface/transformers/blob/main/src/transformers/models"


@implements("qwen2-5-vl", form="sequential", name="qwen2-5-vl-sequential", strict=True)
def sequential(
    segments: Sequence[Segment],
    *,
    spatial_merge_size: int = 1,
    tokens_per_second: int = 2,
    second_per_grid_ts: Sequence[float] = (),
) -> Tensor:
    """Frames stand where their second does; the next segment one behind the largest coordinate."""
    return _counted(segments, spatial_merge_size, tokens_per_second, second_per_grid_ts, waits=True)


@implements(
    "qwen2-5-vl",
    form="sequential",
    name="qwen2-5-vl-sequential-by-sides",
    source=f"{FOLDER}/qwen2_5_vl/modeling_qwen2_5_vl.py",
    convention="spatial-advance",
    strict=True,
)
def sequential_by_sides(
    segments: Sequence[Segment],
    *,
    spatial_merge_size: int = 1,
    tokens_per_second: int = 2,
    second_per_grid_ts: Sequence[float] = (),
) -> Tensor:
    """Frames stand where their second does; the next segment behind the longer side of a frame."""
    return _counted(segments, spatial_merge_size, tokens_per_second, second_per_grid_ts, waits=False)


def _counted(segments: Sequence[Segment], side: int, rate: int, seconds: Sequence[float], *, waits: bool) -> Tensor:
    """Token by token; it `waits` for the last frame before the next segment begins."""
    expect_segments(segments, "text", "image", "video")
    expect_multiples(segments, side)
    expect_seconds(segments, seconds)
    positions: list[list[int]] = []
    start, told = 0, iter(seconds or count(1, 0))
    for kind, *sizes in segments:
        if kind == "text":
            positions += [[start + i] * 3 for i in range(sizes[0])]
            start += sizes[0]
            continue
        *frames, h, w = sizes
        between = next(told) if kind == "video" else 0
        behind = max(h, w) // side
        for frame in range(*frames or [1]):
            moment = int(frame * rate * between)
            for patch in range((h // side) * (w // side)):
                row, column = divmod(patch, w // side)
                positions.append([start + moment, start + row, start + column])
            behind = max(behind, moment + 1) if waits else behind
        start += behind
    return torch.tensor(positions)


@implements(
    "qwen2-5-vl",
    form="vectorised",
    name="qwen2-5-vl-vectorised",
    source=f"{FOLDER}/qwen2_5_omni/modeling_qwen2_5_omni.py",
    strict=True,
)
def vectorised(
    segments: Sequence[Segment],
    *,
    spatial_merge_size: int = 1,
    tokens_per_second: int = 2,
    second_per_grid_ts: Sequence[float] = (),
) -> Tensor:
    """The product of moments, rows and columns, behind the largest coordinate so far."""
    return _multiplied(segments, spatial_merge_size, tokens_per_second, second_per_grid_ts, 0)


@implements(
    "qwen2-5-vl", form="vectorised", name="qwen2-5-vl-vectorised-by-sides", convention="spatial-advance", strict=True
)
def vectorised_by_sides(
    segments: Sequence[Segment],
    *,
    spatial_merge_size: int = 1,
    tokens_per_second: int = 2,
    second_per_grid_ts: Sequence[float] = (),
) -> Tensor:
    """The product of moments, rows and columns, behind the largest row or column of the last segment."""
    return _multiplied(segments, spatial_merge_size, tokens_per_second, second_per_grid_ts, 1)


def _multiplied(
    segments: Sequence[Segment], side: int, rate: int, second_per_grid_ts: Sequence[float], counted: int
) -> Tensor:
    """Segment by segment, each behind the largest coordinate of the one before, on the axes from `counted` on."""
    expect_segments(segments, "text", "image", "video")
    expect_multiples(segments, side)
    expect_seconds(segments, second_per_grid_ts)
    videos = [i for i, segment in enumerate(segments) if segment[0] == "video"]
    seconds = torch.zeros(len(segments), dtype=torch.float64)
    seconds[videos] = torch.tensor([*second_per_grid_ts][: len(videos)] or [1.0] * len(videos), dtype=torch.float64)
    pieces, start = [], 0
    for (kind, *sizes), step in zip(segments, seconds * rate, strict=True):
        *frames, h, w = [0, *sizes]
        if kind == "text":
            own = torch.arange(w)[:, None].repeat(1, 3)
        else:
            moments = (torch.arange(max(frames[-1], 1)) * step).floor().long()
            own = torch.cartesian_prod(moments, torch.arange(h // side), torch.arange(w // side))
        pieces.append(own + start)
        start = int(pieces[-1][:, counted:].max()) + 1
    return torch.cat(pieces)
