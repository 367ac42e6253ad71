"""RoPE-Tie with fractional steps, so that an image takes exactly as much room as its patches in a line."""

from spec.definitions import Assignment, Encoding, Grid
from spec.definitions.placing import rope_tie_fractional
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED
from spec.encodings.rope_tie import BETWEEN_IMAGES

STEPS = "the steps (w h + 1) / (h + 1) and (w h + 1) / (w + 1) "

ENCODING = Encoding(
    name="rope-tie-fractional",
    title="RoPE-Tie in fractions",
    source="Su, Transformer upgrade road 17: simple thoughts on multimodal position encoding (2024)",
    definition=Assignment(
        rope_tie_fractional,
        roundings=3,
    ),
    grid=Grid(axes=2),
    verdicts={
        "integral-positions": breaks(STEPS + "are seldom integers", ("image", 1, 2)),
        "adjacent-images-keep-gaps": breaks(BETWEEN_IMAGES, ("text", 1), ("image", 1, 1), ("image", 1, 2), ("text", 1)),
        "size-independence": SIZED,
        "local-steps": breaks(STEPS + "exceed 1 where there are two rows and columns", ("image", 2, 2)),
        "isotropic-steps": breaks(STEPS + "are the same only in a square", ("image", 2, 3)),
    },
)
