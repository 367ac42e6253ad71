"""An image in steps of 1, and text behind it at (1, 1) from the last patch: parallel to the diagonal."""

from spec.definitions import Assignment, Encoding, Grid
from spec.definitions.placing import parallel
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED
from spec.encodings.simple_2d import LOPSIDED

ENCODING = Encoding(
    name="parallel-2d",
    title="Parallel 2D positions",
    source="Su, Transformer upgrade road 17: simple thoughts on multimodal position encoding (2024), comments",
    definition=Assignment(parallel),
    grid=Grid(axes=2),
    verdicts={
        "text-back-on-the-diagonal": breaks(
            "the last patch of an image that is no square is not on the diagonal", ("image", 1, 2), ("text", 1)
        ),
        "balanced-image": LOPSIDED,
        "centred-image": LOPSIDED,
        "equivalent-text-length": breaks("rows count on one axis, columns on the other", ("image", 1, 2)),
        "size-independence": SIZED,
    },
)
