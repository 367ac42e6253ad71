"""Everything in one line, and behind every row of an image one place more, for a token that says so."""

from spec.definitions import Assignment, Encoding
from spec.definitions.placing import flatten_with_separators
from spec.definitions.runs import breaks
from spec.encodings.flatten import ROW_APART, SIZED

UNEVEN = "the place behind the last row is no patch, and there is none before the first"
LONGER = "every row takes one place more than it has patches"

ENCODING = Encoding(
    name="flatten-with-separators",
    title="Flattened, with separators",
    source="Bavishi et al., Fuyu-8B: A Multimodal Architecture for AI Agents (2023)",
    definition=Assignment(flatten_with_separators),
    verdicts={
        "equal-gaps": breaks(UNEVEN, ("text", 1), ("image", 1, 1), ("text", 1)),
        "adjacent-images-keep-gaps": breaks(UNEVEN, ("text", 1), ("image", 1, 1), ("image", 1, 1), ("text", 1)),
        "point-reflection": breaks(UNEVEN, ("image", 1, 1), ("text", 1)),
        "equivalent-text-length": breaks(LONGER, ("image", 1, 1)),
        "single-patch-like-a-token": breaks(LONGER, ("image", 1, 1), ("text", 1)),
        "size-independence": SIZED,
        "local-steps": breaks("the patch below comes w + 1 later", ("image", 2, 1)),
        "isotropic-steps": ROW_APART,
        "distinct-offsets": breaks("(0, 2) and (1, -2) become one offset in the line", ("image", 2, 3)),
        "unbroken-scan": breaks("behind the end of a row comes the beginning of the next", ("image", 2, 2)),
    },
)
