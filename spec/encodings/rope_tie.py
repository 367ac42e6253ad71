"""RoPE-Tie: an image lies symmetrically between two texts on the diagonal, in integers by the simplest formula."""

from spec.definitions import Assignment, Encoding, Grid
from spec.definitions.placing import rope_tie
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED

STRETCHED = breaks("the step to the right is h + 1", ("image", 1, 2))
UNLIKE = breaks("the step down is w + 1, the step to the right h + 1", ("image", 2, 3))
ROOMY = breaks("an image stands for (w + 1)(h + 1) - 1 tokens, one patch for three", ("image", 1, 1))
BETWEEN_IMAGES = "from image to image the gaps of both add up"

ENCODING = Encoding(
    name="rope-tie",
    title="RoPE-Tie",
    source="Su, Transformer upgrade road 17: simple thoughts on multimodal position encoding (2024)",
    definition=Assignment(rope_tie),
    grid=Grid(axes=2),
    verdicts={
        "adjacent-images-keep-gaps": breaks(BETWEEN_IMAGES, ("text", 1), ("image", 1, 1), ("image", 1, 1), ("text", 1)),
        "equivalent-text-length": ROOMY,
        "single-patch-like-a-token": ROOMY,
        "size-independence": SIZED,
        "local-steps": STRETCHED,
        "isotropic-steps": UNLIKE,
    },
)
