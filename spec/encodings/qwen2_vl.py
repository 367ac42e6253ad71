"""The positions of M-RoPE in Qwen2-VL: time, row and column; text goes on behind the largest coordinate of all.

Under the convention "spatial-advance" it goes on behind the longer side, as in transformers 5.
"""

from collections.abc import Callable, Sequence
from itertools import product

from spec.definitions import Assignment, Departure, Encoding, Grid, Undefined
from spec.definitions.placing import SIZES, Place, Segment, known
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED
from spec.encodings.simple_2d import LONGER_SIDE, LOPSIDED, SMALLER

Advance = Callable[[int, int, int], int]
BESIDE_TIME = breaks("text goes on where the frames of a longer video still are", ("video", 3, 1, 1), ("text", 1))
SIDEWAYS = {
    "equal-gaps": breaks(LONGER_SIDE, ("text", 1), ("image", 1, 2), ("text", 1)),
    "adjacent-images-keep-gaps": breaks(LONGER_SIDE, ("text", 1), ("image", 1, 2), ("image", 1, 1), ("text", 1)),
    "point-reflection": breaks(LONGER_SIDE, ("image", 1, 2), ("text", 1)),
    "balanced-image": LOPSIDED,
    "centred-image": LOPSIDED,
    "equivalent-text-length": SMALLER,
    "size-independence": SIZED,
}


def behind_all(time: int, h: int, w: int) -> int:
    """One behind the largest coordinate of all: `time` is the one behind that of the last frame."""
    return max(time, h, w)


def behind_sides(time: int, h: int, w: int) -> int:
    """Behind the longer side, however far the frames reach in time."""
    return max(h, w)


def in_time(
    segments: Sequence[Segment], start: int, moments: Callable[[int, int], Sequence[int]], advance: Advance
) -> list[Place]:
    """Text (p, p, p); patches (p + moment, p + row, p + column), from 0; the next segment `advance` behind p.

    `moments(index, frames)` are those of the frames of a video, by how many videos come before it.
    """
    places: list[Place] = []
    videos = 0
    for kind, *sizes in known(segments, *SIZES):
        if kind == "text":
            places += [(start + i,) * 3 for i in range(sizes[0])]
            start += sizes[0]
            continue
        *frames, h, w = sizes
        times = moments(videos, *frames) if frames else (0,)
        places += [(start + t, start + i, start + j) for t, i, j in product(times, range(h), range(w))]
        start += advance(times[-1] + 1, h, w)
        videos += len(frames)
    return places


def qwen2_vl(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """Text (p, p, p); patches (p + t, p + row, p + column), from 0; the next segment begins at the largest + 1."""
    return in_time(segments, start, lambda _, frames: range(frames), behind_all)


def qwen2_vl_by_sides(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """The same, and the next segment begins behind the longer side."""
    return in_time(segments, start, lambda _, frames: range(frames), behind_sides)


def merged(segments: Sequence[Segment], *, spatial_merge_size: int = 1, temporal_merge_size: int = 1) -> list[Segment]:
    """The same in tokens: squares of patches, and of a video groups of frames. Undefined for what does not divide."""
    found: list[Segment] = []
    for kind, *sizes in segments:
        if kind == "text":
            found.append((kind, *sizes))
            continue
        sides = (*[temporal_merge_size] * (len(sizes) - 2), spatial_merge_size, spatial_merge_size)
        if any(size % side for size, side in zip(sizes, sides, strict=True)):
            raise Undefined(
                f"{kind} {sizes}: rows and columns have to be multiples of spatial_merge_size "
                f"{spatial_merge_size}, frames of temporal_merge_size {temporal_merge_size}"
            )
        found.append((kind, *(size // side for size, side in zip(sizes, sides, strict=True))))
    return found


ENCODING = Encoding(
    name="qwen2-vl",
    title="Qwen2-VL's positions",
    source="Wang et al., Qwen2-VL: Enhancing Vision-Language Model's Perception of the World (2024), section 2.1",
    definition=Assignment(qwen2_vl, tokens=merged),
    parameters={"spatial_merge_size": 1, "temporal_merge_size": 1},
    conventions={
        "spatial-advance": Departure(
            definition=Assignment(qwen2_vl_by_sides, tokens=merged),
            verdicts={"ordered-around-text": BESIDE_TIME},
        ),
    },
    grid=Grid(axes=3),
    verdicts=SIDEWAYS,
)
