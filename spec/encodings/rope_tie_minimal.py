"""RoPE-Tie with its steps divided by what h + 1 and w + 1 have in common: the least that are integers."""

from spec.definitions import Assignment, Encoding, Grid
from spec.definitions.placing import rope_tie_minimal
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED
from spec.encodings.rope_tie import BETWEEN_IMAGES, STRETCHED, UNLIKE

ENCODING = Encoding(
    name="rope-tie-minimal",
    title="RoPE-Tie in least integers",
    source="Su, Transformer upgrade road 17: simple thoughts on multimodal position encoding (2024)",
    definition=Assignment(rope_tie_minimal),
    grid=Grid(axes=2),
    verdicts={
        "adjacent-images-keep-gaps": breaks(BETWEEN_IMAGES, ("text", 1), ("image", 1, 1), ("image", 1, 2), ("text", 1)),
        "equivalent-text-length": breaks("an image stands for lcm(w + 1, h + 1) - 1 tokens", ("image", 1, 2)),
        "size-independence": SIZED,
        "local-steps": STRETCHED,
        "isotropic-steps": UNLIKE,
    },
)
