"""RoPE-Tie with a token before and behind every image, placed as text is: no two images are adjacent."""

from spec.definitions.encoding import Encoding
from spec.definitions.placing import marked, rope_tie
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED
from spec.encodings.rope_tie import STRETCHED, UNLIKE

MARKED = breaks("an image stands for (w + 1)(h + 1) - 1 tokens, and its markers for two more", ("image", 1, 1))

ENCODING = Encoding(
    name="rope-tie-marked",
    title="RoPE-Tie with markers",
    acts_on="positions",
    source="Su, Transformer upgrade road 17: simple thoughts on multimodal position encoding (2024)",
    places=rope_tie,
    tokens=marked,
    axes=2,
    layouts=(),
    verdicts={
        "equivalent-text-length": MARKED,
        "single-patch-like-a-token": MARKED,
        "size-independence": SIZED,
        "local-steps": STRETCHED,
        "isotropic-steps": UNLIKE,
    },
)
