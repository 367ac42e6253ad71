"""Qwen2.5-VL's positions with one mistake each: moments that are rounded too early, and text that does not wait."""

from collections.abc import Callable, Sequence
from itertools import product
from math import floor
from typing import Any, Final

import torch
from torch import Tensor

from impls.expect import expect_segments
from impls.faults import Step, Steps, fault_in
from spec.definitions.placing import Segment

TRANSFORMERS: Final = "https://github.com/huggingface/transformers"
Seconds = Sequence[float]
RIGHT: Final[Steps] = {
    "second": lambda seconds, videos, pictures: seconds[videos] if seconds else 1,
    "moment": lambda frame, second, rate, start: floor(frame * rate * second),
    "still": lambda rate, start: 0,
    "room": lambda moments, h, w, side: max(moments[-1] + 1, h, w),
}
"""The seconds between frames, where a frame and where an image stand in time, and how far the next segment is."""


def timed(
    wrong: Steps,
    segments: Sequence[Segment],
    *,
    spatial_merge_size: int = 1,
    tokens_per_second: int = 2,
    second_per_grid_ts: Seconds = (),
) -> Tensor:
    """Frames where their seconds are, and the next segment behind the largest coordinate."""
    expect_segments(segments, "text", "image", "video")
    steps: dict[str, Any] = {**RIGHT, **wrong}
    places: list[tuple[int, ...]] = []
    start = videos = pictures = 0
    for kind, *sizes in segments:
        if kind == "text":
            places += [(start + i,) * 3 for i in range(sizes[0])]
            start += sizes[0]
            continue
        *frames, h, w = (*sizes[:-2], *(side // spatial_merge_size for side in sizes[-2:]))
        moments = [steps["still"](tokens_per_second, start)]
        if kind == "video":
            second = steps["second"](second_per_grid_ts, videos, pictures)
            moments = [steps["moment"](t, second, tokens_per_second, start) for t in range(*frames)]
        places += [(start + t, start + i, start + j) for t, i, j in product(moments, range(h), range(w))]
        start += steps["room"](moments, h, w, spatial_merge_size)
        videos, pictures = videos + (kind == "video"), pictures + 1
    return torch.tensor(places)


def _fault(step: str, name: str, source: str | None = None) -> Callable[[Step], Step]:
    return fault_in(timed, step, "qwen2-5-vl", name=f"qwen2-5-vl-{name}", source=source and f"{TRANSFORMERS}/{source}")


@_fault("moment", "seconds-truncated", "pull/48669")
def seconds_truncated(frame: int, second: float, rate: int, start: int) -> int:
    """The seconds from frame to frame are cut to an integer before they are multiplied."""
    return frame * rate * int(second)


@_fault("moment", "step-truncated")
def step_truncated(frame: int, second: float, rate: int, start: int) -> int:
    """The step from frame to frame is cut to an integer before it is multiplied by the frame."""
    return frame * int(rate * second)


@_fault("moment", "moments-rounded")
def moments_rounded(frame: int, second: float, rate: int, start: int) -> int:
    """A frame stands at the nearest place, and not at the one before."""
    return round(frame * rate * second)


@_fault("moment", "beginning-stretched", "issues/45381")
def beginning_stretched(frame: int, second: float, rate: int, start: int) -> int:
    """The step multiplies the place where a video begins, and not the frame."""
    return floor(start * rate * second) - start


@_fault("still", "image-stretched", "issues/45325")
def image_stretched(rate: int, start: int) -> int:
    """The time of an image is multiplied by the places a second, as if it were that of a video."""
    return start * rate - start


@_fault("moment", "places-in-seconds")
def places_in_seconds(frame: int, second: float, rate: int, start: int) -> int:
    """Frames stand at their seconds, whatever places a second has."""
    return floor(frame * second)


@_fault("second", "seconds-ignored", "issues/41152")
def seconds_ignored(seconds: Seconds, videos: int, pictures: int) -> float:
    """Frames are a second apart, whatever is told."""
    return 1


@_fault("second", "seconds-of-first-video")
def seconds_of_first_video(seconds: Seconds, videos: int, pictures: int) -> float:
    """All videos have the seconds of the first one."""
    return seconds[0] if seconds else 1


@_fault("second", "seconds-used-up-by-images")
def seconds_used_up_by_images(seconds: Seconds, videos: int, pictures: int) -> float:
    """The seconds are counted with the images, though these have none."""
    return seconds[pictures] if seconds else 1


@_fault("room", "text-behind-sides")
def text_behind_sides(moments: Sequence[int], h: int, w: int, side: int) -> int:
    """Text goes on behind the longer side of a video, though its frames reach further in time."""
    return max(h, w)


@_fault("room", "text-behind-last-frame")
def text_behind_last_frame(moments: Sequence[int], h: int, w: int, side: int) -> int:
    """Text goes on behind the last frame, though rows or columns may reach further."""
    return moments[-1] + 1


@_fault("room", "text-behind-count")
def text_behind_count(moments: Sequence[int], h: int, w: int, side: int) -> int:
    """Text goes on behind as many places as there are frames, wherever the last one stands."""
    return max(len(moments), h, w)


@_fault("room", "text-behind-unmerged")
def text_behind_unmerged(moments: Sequence[int], h: int, w: int, side: int) -> int:
    """Text goes on behind the longer side counted in patches, which are merged into fewer tokens."""
    return max(moments[-1] + 1, h * side, w * side)


@_fault("room", "text-one-late")
def text_one_late(moments: Sequence[int], h: int, w: int, side: int) -> int:
    """Text goes on one place too late."""
    return max(moments[-1] + 1, h, w) + 1


@_fault("second", "seconds-in-bfloat16")
def seconds_in_bfloat16(seconds: Seconds, videos: int, pictures: int) -> float:
    """The seconds are held in half precision, as what comes with a model in that dtype is."""
    return float(torch.tensor(seconds[videos], dtype=torch.bfloat16)) if seconds else 1


@_fault("second", "long-seconds-cut")
def long_seconds_cut(seconds: Seconds, videos: int, pictures: int) -> float:
    """Seconds are cut to integers where frames are four or more apart."""
    second = seconds[videos] if seconds else 1
    return int(second) if second >= 4 else second


@_fault("moment", "step-in-eighths")
def step_in_eighths(frame: int, second: float, rate: int, start: int) -> int:
    """The step from frame to frame is cut to eighths of a place."""
    return floor(frame * floor(8 * rate * second) / 8)
