"""The learned table adds a trained row for every position, and ends with its last row."""

import sympy

from spec.definitions import INDEX, POSITION, TABLE, Domain, Encoding, Fails, Table, Verdict, parameter, witness
from spec.encodings.integer import ADDED

ENTRIES = parameter("max_position_embeddings")


def free(*tables: str, number: int = 1) -> dict[str, Verdict]:
    """What is not true of all numbers in these tables: not where each is this one."""
    alike = dict.fromkeys(tables, ((number,),))
    flat = Fails(because="trained numbers may all be the same", witness=witness(kernel=8, k=1, **alike))
    same = Fails(because="trained numbers may be the same", witness=witness(m=0, n=1, **alike))
    return {"injectivity": same, "remote-decay": flat, "monotone-decay": flat}


FREE = free("table")
FLAT = FREE["monotone-decay"]
ANY_ROWS = {
    "norm": Fails(because="training fixes no length", witness=witness(x=(1,), m=0)),
    "identity-at-zero": Fails(because="row 0 is trained like any other", witness=witness(x=(1,))),
    "linear-shift": Fails(because="rows follow each other by no rule", witness=witness(m=0, n=1, c=1)),
    "dot-product-invariance": Fails(because="every row has its own length", witness=witness(m=0, n=0, c=1)),
    "distance-invariance": Fails(because="every step has its own length", witness=witness(m=0, n=1, c=1)),
    "adjacent-orthogonality": Fails(because="nothing keeps rows orthogonal", witness=witness(m=1, n=3)),
    "monotone-distance": FLAT,
    **FREE,
}

LOOKED_UP = {
    "complex": "trained rows have no phase",
    "rotate-half": "nothing turns",
    "elementwise": "rows are looked up, not computed",
    "matrix": "rows are no images of one another; as a product with a matrix of ones and zeros they are one-hot",
}
"""Why there are no classic forms of rows that are looked up."""

ENCODING = Encoding(
    name="learned",
    title="Learned table",
    source="Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers (2018), section 3",
    definition=Table(
        sympy.ImmutableMatrix([TABLE(POSITION, INDEX)]),
        rows=ENTRIES,
    ),
    parameters={"max_position_embeddings": 512},
    domain=Domain(positions="non-negative", largest=ENTRIES - 1),
    without=LOOKED_UP,
    verdicts={
        **ADDED,
        **ANY_ROWS,
        "continuity": Fails(because="there is no row between two rows", witness=witness(m=1.5)),
        "extrapolation": Fails(because="behind the last row there is nothing to look up", witness=witness(m=512)),
    },
)
