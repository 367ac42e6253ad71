"""Text on the diagonal, an image in steps of 1 from where it ends, and text again behind its last row and column."""

from spec.definitions import Assignment, Encoding, Grid
from spec.definitions.placing import simple
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED

LONGER_SIDE = "text goes on behind the longer side, and the shorter one ends before"
LOPSIDED = breaks("with steps of 1, h + 1 and w + 1 are the same only in a square", ("text", 1), ("image", 1, 2))
SMALLER = breaks("an image takes as much room as its longer side, not as its patches", ("image", 2, 2))

ENCODING = Encoding(
    name="simple-2d",
    title="Simple 2D positions",
    source="Su, Transformer upgrade road 17: simple thoughts on multimodal position encoding (2024)",
    definition=Assignment(simple),
    grid=Grid(axes=2),
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
