"""RoPE-Tie with a token before and behind every image, placed as text is: no two images are adjacent."""

from spec.definitions import Assignment, Encoding, Grid
from spec.definitions.placing import marked, rope_tie
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED
from spec.encodings.rope_tie import STRETCHED, UNLIKE

MARKED = breaks("an image stands for (w + 1)(h + 1) - 1 tokens, and its markers for two more", ("image", 1, 1))

ENCODING = Encoding(
    name="rope-tie-marked",
    title="RoPE-Tie with markers",
    source="Su, Transformer upgrade road 17: simple thoughts on multimodal position encoding (2024)",
    definition=Assignment(
        rope_tie,
        tokens=marked,
    ),
    grid=Grid(axes=2),
    verdicts={
        "equivalent-text-length": MARKED,
        "single-patch-like-a-token": MARKED,
        "size-independence": SIZED,
        "local-steps": STRETCHED,
        "isotropic-steps": UNLIKE,
    },
)
