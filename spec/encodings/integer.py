"""Integer positions add the position itself to every coordinate of the input."""

import sympy

from spec.definitions import POSITION, Encoding, Fails, Table, witness

ADDED = {
    "relative-position-invariance": Fails(
        because="the products of content and table (terms 2 and 3 of four) depend on each position by itself",
        witness=witness(q=(1,), k=(0,), m=0, n=0, c=1),
    ),
    "translation-invariance": Fails(
        because="the content of the query meets the table at the key's absolute position",
        witness=witness(q=(1,), k=(0,), y=(0,), m=0, n=1, l=2, c=1),
    ),
    "equal-positions": Fails(
        because="the table's own norm and its products with the content are added to the logit",
        witness=witness(q=(1,), k=(1,), m=1),
    ),
    "symmetry": Fails(
        because="query and key meet the table at different positions",
        witness=witness(q=(1,), k=(0,), m=0, n=1),
    ),
}
"""What adding a table does to the logits, seen in a block of one coordinate."""

FROM_ZERO = {
    "norm": Fails(because="row 0 is zero and the others are not", witness=witness(x=(1,), m=0)),
    "linear-shift": Fails(
        because="row 0 is zero, and no linear map takes zero to a row that is not",
        witness=witness(m=0, n=1, c=1),
    ),
    "dot-product-invariance": Fails(
        because="row 0 is orthogonal to itself and row 1 is not",
        witness=witness(m=0, n=0, c=1),
    ),
    "adjacent-orthogonality": Fails(
        because="rows 1 and 3 have the same sign in the first coordinate",
        witness=witness(m=1, n=3),
    ),
    "remote-decay": Fails(
        because="row 0 is zero, and so is its dot product with every other row",
        witness=witness(kernel=13, k=1),
    ),
    "monotone-decay": Fails(
        because="row 0 is zero, and so is its dot product with every other row",
        witness=witness(kernel=13, k=1),
    ),
}
"""What a table whose first row is zero cannot be."""

ENCODING = Encoding(
    name="integer",
    title="Integer positions",
    source="Gehring et al., Convolutional Sequence to Sequence Learning (2017), section 3.1, names the position itself "
    "as the input of the embedding; the table adds it as it is",
    definition=Table(
        sympy.ImmutableMatrix([POSITION]),
        roundings=1,
    ),
    without={
        "complex": "a single real number has no phase",
        "rotate-half": "nothing turns",
    },
    verdicts={
        **ADDED,
        **FROM_ZERO,
        "boundedness": Fails(because="row p is p", witness=witness(m=2)),
    },
)
