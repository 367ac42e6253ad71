"""Everything in one line, and an image as an ox ploughs: every other row is read backwards."""

from collections.abc import Sequence

from spec.definitions import Assignment, Encoding
from spec.definitions.placing import Place, Segment, cells, in_line
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED

ENDS_ELSEWHERE = "with an even number of rows the line ends in the first column, not at the last patch of the sequence"
TURNS = "where the line turns, the patch below comes next; at the other end it comes 2 w - 1 later"


def boustrophedon(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
    """Row x and column y of an image sit x w + y behind its first patch, in odd rows x w + w - 1 - y."""
    return in_line(segments, start, lambda h, w: ([x * w + (w - 1 - y if x % 2 else y) for x, y in cells(h, w)], h * w))


ENCODING = Encoding(
    name="boustrophedon",
    title="Boustrophedon order",
    source="Yang et al., PlainMamba: Improving Non-Hierarchical Mamba in Visual Recognition (2024), section 3.2",
    definition=Assignment(boustrophedon),
    verdicts={
        "equal-gaps": breaks(ENDS_ELSEWHERE, ("text", 1), ("image", 2, 2), ("text", 1)),
        "adjacent-images-keep-gaps": breaks(ENDS_ELSEWHERE, ("text", 1), ("image", 2, 2), ("image", 2, 2), ("text", 1)),
        "point-reflection": breaks(ENDS_ELSEWHERE, ("image", 2, 2)),
        "size-independence": SIZED,
        "local-steps": breaks(TURNS, ("image", 2, 2)),
        "isotropic-steps": breaks(TURNS, ("image", 2, 2)),
        "uniform-offsets": breaks(TURNS, ("image", 2, 2)),
        "distinct-offsets": breaks("where the line turns, the step down is a step along the row", ("image", 2, 2)),
    },
)
