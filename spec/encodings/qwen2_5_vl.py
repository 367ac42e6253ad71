"""Qwen2.5-VL's positions: those of Qwen2-VL, with the frames of a video as far apart as they are in seconds.

Frame t of a video stands at floor(t s r), r the `tokens_per_second` and s its own of `second_per_grid_ts`; without a
list s is 1. Under the convention "spatial-advance" what follows goes on behind the longer side, as in transformers 5.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from spec.definitions import Assignment, Departure, Encoding, Grid, Undefined
from spec.definitions.placing import Place, Segment
from spec.definitions.runs import breaks
from spec.encodings.qwen2_vl import BESIDE_TIME, SIDEWAYS, Advance, behind_all, behind_sides, in_time, merged

TOKENS_PER_SECOND = 2
LARGEST_DENOMINATOR = 10_000
"""Seconds are those of a few frames, at less than so many frames a second."""


def qwen2_5_vl(
    segments: Sequence[Segment],
    *,
    start: int = 0,
    tokens_per_second: int = TOKENS_PER_SECOND,
    second_per_grid_ts: Sequence[float] = (),
) -> list[Place]:
    """Frame t of a video stands at floor(t s r), with s seconds from frame to frame and r places a second.

    The seconds are those of the videos in turn, and 1 where none are given. Only the product is rounded, and down.
    Undefined where there are more videos than seconds.
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


def meant(seconds: float) -> Fraction:
    """The fraction for which a float stands: 2/3 for 0.6666667, so that the third frame comes 2 seconds later.

    It is the nearest one of a small denominator, where that is within the rounding of float32; else the float as it is.
    """
    exact = Fraction(seconds)
    near = exact.limit_denominator(LARGEST_DENOMINATOR)
    return near if abs(near - exact) <= exact / 2**24 else exact


def _timed(
    segments: Sequence[Segment], start: int, rate: float, seconds: Sequence[float], advance: Advance
) -> list[Place]:
    def moments(video: int, frames: int) -> list[int]:
        if seconds and video >= len(seconds):
            raise Undefined(f"there are more videos than the {len(seconds)} numbers in second_per_grid_ts")
        step = Fraction(rate) * meant(seconds[video] if seconds else 1)
        return [floor(t * step) for t in range(frames)]

    return in_time(segments, start, moments, advance)


ENCODING = Encoding(
    name="qwen2-5-vl",
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
