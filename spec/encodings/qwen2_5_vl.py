"""Qwen2.5-VL's positions: those of Qwen2-VL, with the frames of a video as far apart as they are in seconds."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from spec.definitions import Assignment, Departure, Encoding, Grid, Undefined
from spec.definitions.placing import Place, Segment
from spec.definitions.runs import breaks
from spec.encodings.qwen2_vl import BESIDE_TIME, SIDEWAYS, Advance, behind_all, behind_sides, in_time, merged

TOKENS_PER_SECOND = 2


def qwen2_5_vl(
    segments: Sequence[Segment],
    *,
    start: int = 0,
    tokens_per_second: int = TOKENS_PER_SECOND,
    second_per_grid_ts: Sequence[float] = (),
) -> list[Place]:
    """Frame t of a video stands at floor(t s r), with s seconds from frame to frame and r places a second.

    The seconds are those of the videos in turn, and 1 where none are given. The product is that of the numbers as they
    are given, and rounded down once. Undefined where there are more videos than seconds.
    """
    return _timed(segments, start, tokens_per_second, second_per_grid_ts, behind_all)


def qwen2_5_vl_by_sides(
    segments: Sequence[Segment],
    *,
    start: int = 0,
    tokens_per_second: int = TOKENS_PER_SECOND,
    second_per_grid_ts: Sequence[float] = (),
) -> list[Place]:
    """The same, and the next segment begins behind the longer side."""
    return _timed(segments, start, tokens_per_second, second_per_grid_ts, behind_sides)


def _timed(
    segments: Sequence[Segment], start: int, rate: float, seconds: Sequence[float], advance: Advance
) -> list[Place]:
    def moments(video: int, frames: int) -> list[int]:
        if seconds and video >= len(seconds):
            raise Undefined(f"there are more videos than the {len(seconds)} numbers in second_per_grid_ts")
        step = Fraction(rate) * Fraction(seconds[video] if seconds else 1)
        return [floor(t * step) for t in range(frames)]

    return in_time(segments, start, moments, advance)


ENCODING = Encoding(
    name="qwen2.5-vl",
    title="Qwen2.5-VL's positions",
    source="Bai et al., Qwen2.5-VL Technical Report (2025), section 2.1.2",
    definition=Assignment(qwen2_5_vl, tokens=merged),
    parameters={
        "spatial_merge_size": 1,
        "tokens_per_second": TOKENS_PER_SECOND,
        "second_per_grid_ts": (),
    },
    conventions={
        "spatial-advance": Departure(
            definition=Assignment(qwen2_5_vl_by_sides, tokens=merged),
            verdicts={"ordered-around-text": BESIDE_TIME},
        ),
    },
    grid=Grid(axes=3),
    verdicts={
        **SIDEWAYS,
        "local-steps": breaks("frames a second apart are two places apart", ("video", 2, 1, 1)),
    },
)
