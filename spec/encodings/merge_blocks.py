"""The places of patches in a vision tower that merges squares of them: the patches of one square follow each other.

Under the convention "with-time" a place has the frame before row and column.
"""

from collections.abc import Sequence
from itertools import product

from spec.definitions import Assignment, Departure, Encoding, Grid, Holds, Undefined
from spec.definitions.placing import Place, Segment, known
from spec.definitions.runs import breaks

SIDE = 2
FROM_ZERO = "every image is counted from 0 again"


def merge_blocks(segments: Sequence[Segment], *, start: int = 0, spatial_merge_size: int = SIDE) -> list[Place]:
    """Patches (row, column), from 0 in each frame, square by square, the patches of each square row by row."""
    return [place[1:] for place in merge_blocks_in_time(segments, start=start, spatial_merge_size=spatial_merge_size)]


def merge_blocks_in_time(segments: Sequence[Segment], *, start: int = 0, spatial_merge_size: int = SIDE) -> list[Place]:
    """Patches (frame, row, column) in the same order. Undefined for an image that is not made of whole squares."""
    side = spatial_merge_size
    places: list[Place] = []
    for kind, *sizes in known(segments, "image", "video"):
        *frames, h, w = sizes
        if h % side or w % side:
            raise Undefined(f"{kind} {sizes}: rows and columns have to be multiples of spatial_merge_size {side}")
        cells = squares(h, w, side)
        places += [(start + t, start + i, start + j) for t in range(*frames or (1,)) for i, j in cells]
    return places


def squares(h: int, w: int, side: int) -> list[tuple[int, int]]:
    """Row and column of every patch, square by square."""
    found = product(range(0, h, side), range(0, w, side), range(side), range(side))
    return [(i + x, j + y) for i, j, x, y in found]


def ranks(segment: Segment, *, spatial_merge_size: int = SIDE) -> list[int]:
    """For every patch of a frame, row by row, how many come before it."""
    *_, h, w = segment
    before = {cell: rank for rank, cell in enumerate(squares(h, w, spatial_merge_size))}
    return [before[cell] for cell in product(range(h), range(w))]


ENCODING = Encoding(
    name="merge-blocks",
    title="Patches in merge blocks",
    source="Wang et al., Qwen2-VL: Enhancing Vision-Language Model's Perception of the World (2024), section 2.1",
    definition=Assignment(merge_blocks, ranks=ranks),
    parameters={"spatial_merge_size": SIDE},
    conventions={
        "with-time": Departure(
            definition=Assignment(merge_blocks_in_time, ranks=ranks),
            grid=Grid(axes=3),
            verdicts={"distinct-offsets": Holds()},
        ),
    },
    grid=Grid(axes=2),
    verdicts={
        "distinct-positions": breaks(FROM_ZERO, ("image", 1, 1), ("image", 1, 1)),
        "distinct-offsets": breaks("every frame stands where the first one does", ("video", 2, 1, 1)),
        "point-reflection": breaks(FROM_ZERO + ", whatever its size", ("image", 1, 1), ("image", 1, 2)),
    },
)
