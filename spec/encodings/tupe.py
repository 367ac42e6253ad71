"""TUPE unties positions from contents: words meet words and positions meet positions, each for themselves.

logit = q . k + p_m . p_n, with p a learned table. The cross terms of content and position, which an added table brings
with it, are dropped. In the paper both products are divided by sqrt(2 dim), and positions have projections U_Q and U_K
of their own: with these the identity, as here, two positions meet alike in both directions; in general they do not.
"""

import sympy

from spec.definitions import KEY, QUERY, TABLE, Domain, Encoding, Fails, Form, parameter, witness
from spec.encodings.learned import FREE

LENGTH = parameter("max_position_embeddings")

ENCODING = Encoding(
    name="tupe",
    title="Untied absolute positions of TUPE",
    source="Ke et al., Rethinking Positional Encoding in Language Pre-training (2020), section 3.1",
    definition=Form(
        sympy.ImmutableMatrix([[1, 0], [0, TABLE(QUERY[0], 0) * TABLE(KEY[0], 0)]]),
        rows=LENGTH,
    ),
    parameters={"max_position_embeddings": 512},
    domain=Domain(positions="non-negative", largest=LENGTH - 1),
    without={
        "complex": "the rows of the table are free: no coordinates form a pair",
        "rotate-half": "the rows of the table are free: no coordinates form a pair",
    },
    verdicts={
        "relative-position-invariance": Fails(
            because="the rows of a free table meet in another way wherever they stand",
            witness=witness(q=(0,), k=(0,), m=0, n=1, c=1),
        ),
        "translation-invariance": Fails(
            because="the rows of a free table meet in another way wherever they stand",
            witness=witness(q=(0,), k=(0,), y=(0,), m=0, n=1, l=2, c=1),
        ),
        "equal-positions": Fails(
            because="the row of the position meets itself",
            witness=witness(q=(0,), k=(0,), m=1),
        ),
        "linearity": Fails(
            because="the rows meet whatever the contents are",
            witness=witness(x=(0,), y=(0,), k=(0,), a=1, b=1, m=0, n=1),
        ),
        "logit-bound": Fails(
            because="the rows meet even where the contents are 0",
            witness=witness(q=(0,), k=(0,), m=0, n=1),
        ),
        **FREE,
        "continuity": Fails(
            because="there is no row between those of two whole positions",
            witness=witness(m=0, n=1),
        ),
        "extrapolation": Fails(
            because="the table ends, and beyond its last row there is nothing to look up",
            witness=witness(m=512),
        ),
    },
)
