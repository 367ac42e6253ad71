"""Everything in one line: an image row by row, as if its patches were a text."""

from spec.definitions import Assignment, Encoding
from spec.definitions.placing import flatten
from spec.definitions.runs import breaks

SIZED = breaks("the larger the image, the more room it takes", ("image", 1, 2))
ROW_APART = breaks("the patch below comes a whole row later, the patch to the right comes next", ("image", 2, 2))

ENCODING = Encoding(
    name="flatten",
    title="Flattened",
    source="Dosovitskiy et al., An Image is Worth 16x16 Words (2020), section 3.1",
    definition=Assignment(flatten),
    verdicts={
        "size-independence": SIZED,
        "local-steps": ROW_APART,
        "isotropic-steps": ROW_APART,
        "distinct-offsets": breaks("(0, w - 1) and (1, -1) become one offset in the line", ("image", 2, 2)),
        "unbroken-scan": breaks("behind the end of a row comes the beginning of the next", ("image", 2, 2)),
    },
)
