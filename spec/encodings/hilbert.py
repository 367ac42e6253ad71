"""Everything in one line, and an image along the Hilbert curve of the smallest square of side 2^k around it."""

from spec.definitions import Assignment, Encoding
from spec.definitions.placing import hilbert
from spec.definitions.runs import breaks
from spec.encodings.flatten import SIZED

ENDS_ELSEWHERE = "the curve begins in one corner and ends in a neighbouring one, not in the opposite one"
WINDS = "the curve comes back to the neighbours of a patch at different times"

ENCODING = Encoding(
    name="hilbert",
    title="Hilbert order",
    source="Hilbert, Ueber die stetige Abbildung einer Linie auf ein Flaechenstueck (1891)",
    definition=Assignment(hilbert),
    verdicts={
        "equal-gaps": breaks(ENDS_ELSEWHERE, ("text", 1), ("image", 2, 2), ("text", 1)),
        "adjacent-images-keep-gaps": breaks(ENDS_ELSEWHERE, ("text", 1), ("image", 2, 2), ("image", 2, 2), ("text", 1)),
        "point-reflection": breaks(ENDS_ELSEWHERE, ("image", 2, 2)),
        "size-independence": SIZED,
        "local-steps": breaks(WINDS, ("image", 2, 2)),
        "isotropic-steps": breaks(WINDS, ("image", 2, 2)),
        "uniform-offsets": breaks(WINDS, ("image", 2, 2)),
        "distinct-offsets": breaks("steps along a row and along a column become one", ("image", 2, 2)),
        "unbroken-scan": breaks("where the image ends before the square does, the curve jumps", ("image", 2, 3)),
    },
)
