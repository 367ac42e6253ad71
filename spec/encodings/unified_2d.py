"""Text and images typeset on one page: a run of text is one row, an image h rows; columns count from the edge."""

from spec.definitions import Assignment, Encoding, Grid
from spec.definitions.placing import unified_2d
from spec.definitions.runs import breaks
from spec.encodings.simple_2d import SMALLER

ALONG_A_ROW = breaks("text runs along a row: its row stays, its column counts", ("text", 2))
AT_THE_EDGE = "images and texts all begin in the first column, wherever the one before them ends"

ENCODING = Encoding(
    name="unified-2d",
    title="Unified 2D layout",
    source="Su, Transformer upgrade road 17: simple thoughts on multimodal position encoding (2024)",
    definition=Assignment(unified_2d),
    grid=Grid(axes=2),
    verdicts={
        "text-on-the-diagonal": ALONG_A_ROW,
        "text-back-on-the-diagonal": ALONG_A_ROW,
        "unit-text-steps": ALONG_A_ROW,
        "transposition": ALONG_A_ROW,
        "ordered-around-text": breaks(AT_THE_EDGE, ("image", 1, 1), ("text", 1)),
        "equal-gaps": breaks(AT_THE_EDGE, ("text", 1), ("image", 1, 2), ("text", 1)),
        "adjacent-images-keep-gaps": breaks(AT_THE_EDGE, ("text", 1), ("image", 1, 2), ("image", 1, 1), ("text", 1)),
        "balanced-image": breaks(AT_THE_EDGE, ("text", 1), ("image", 1, 1)),
        "centred-image": breaks(AT_THE_EDGE, ("text", 1), ("image", 1, 1)),
        "point-reflection": breaks(AT_THE_EDGE, ("image", 1, 2), ("text", 1)),
        "equivalent-text-length": SMALLER,
        "single-patch-like-a-token": breaks("an image has rows of its own", ("image", 1, 1), ("text", 1)),
        "size-independence": breaks("the text behind an image stands h rows below", ("image", 2, 1)),
    },
)
