"""The positions of M-RoPE in Qwen2-VL: time, row and column; text goes on behind the largest coordinate of all."""

from collections.abc import Sequence
from itertools import product

from spec.definitions import Assignment, Encoding, Grid, Undefined
from spec.definitions.placing import SIZES, Place, Segment, known
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED
from spec.encodings.simple_2d import LONGER_SIDE, LOPSIDED, SMALLER


def qwen2_vl(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """Text (p, p, p); patches (p + t, p + row, p + column), from 0; the next segment begins at the largest + 1."""
    places: list[Place] = []
    for kind, *sizes in known(segments, *SIZES):
        if kind == "text":
            places += [(start + i,) * 3 for i in range(sizes[0])]
        else:
            frames, h, w = sizes if kind == "video" else (1, *sizes)
            places += [(start + t, start + i, start + j) for t, i, j in product(range(frames), range(h), range(w))]
        start += max(sizes)
    return places


def merged(segments: Sequence[Segment], *, spatial_merge_size: int = 1) -> list[Segment]:
    """The same in tokens, each a square of so many patches. Undefined for sizes that are no multiples."""
    size = spatial_merge_size
    found: list[Segment] = []
    for kind, *sizes in segments:
        if kind != "text" and any(side % size for side in sizes[-2:]):
            raise Undefined(f"{kind} {sizes}: rows and columns have to be multiples of spatial_merge_size {size}")
        found.append((kind, *sizes) if kind == "text" else (kind, *sizes[:-2], *(side // size for side in sizes[-2:])))
    return found


ENCODING = Encoding(
    name="qwen2-vl",
    title="Qwen2-VL's positions",
    source="Wang et al., Qwen2-VL: Enhancing Vision-Language Model's Perception of the World (2024), section 2.1",
    definition=Assignment(
        qwen2_vl,
        tokens=merged,
    ),
    parameters={"spatial_merge_size": 1},
    grid=Grid(axes=3),
    verdicts={
        "equal-gaps": breaks(LONGER_SIDE, ("text", 1), ("image", 1, 2), ("text", 1)),
        "adjacent-images-keep-gaps": breaks(LONGER_SIDE, ("text", 1), ("image", 1, 2), ("image", 1, 1), ("text", 1)),
        "point-reflection": breaks(LONGER_SIDE, ("image", 1, 2), ("text", 1)),
        "balanced-image": LOPSIDED,
        "centred-image": LOPSIDED,
        "equivalent-text-length": SMALLER,
        "size-independence": SIZED,
    },
)
