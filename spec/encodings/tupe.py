"""TUPE unties positions from contents: words meet words and positions meet positions, each for themselves.

logit = q . k + Q_m . K_n, with Q = p U_Q and K = p U_K a learned table p of absolute positions, projected by two
matrices: its rows as queries, the `position_queries`, and as keys, the `position_keys`, both of one head. (Heads that
are handed in together share them here; in the model each has its own.) The cross terms of content and position, which
an added table brings with it, are dropped. The paper divides both products by sqrt(2 dim).

Two more of its learned numbers are added once to a logit, whatever the dimension, and are no part of this encoding: the
bias of the offset of TUPE-R, which by itself is that of T5; and the two that take the place of Q_m . K_n in the row and
the column of [CLS], which is no place but a token.
"""

import sympy

from spec.definitions import KEY, QUERY, Domain, Encoding, Fails, Form, parameter, sequence, witness
from spec.encodings.learned import free

LENGTH = parameter("max_position_embeddings")

ENCODING = Encoding(
    name="tupe",
    title="Untied absolute positions of TUPE-A, but for [CLS]",
    source="Ke et al., Rethinking Positional Encoding in Language Pre-training (2020), section 3.1",
    definition=Form(
        sympy.ImmutableMatrix(
            [[1, 0], [0, sequence("position_queries")(QUERY[0], 0) * sequence("position_keys")(KEY[0], 0)]]
        ),
        rows=LENGTH,
    ),
    parameters={"max_position_embeddings": 512},
    domain=Domain(positions="non-negative", largest=LENGTH - 1),
    without={
        "complex": "the rows of the tables are free: no coordinates form a pair",
        "rotate-half": "the rows of the tables are free: no coordinates form a pair",
    },
    verdicts={
        "symmetry": Fails(
            because="a position as a query is another vector than as a key",
            witness=witness(q=(0,), k=(0,), m=0, n=1, position_queries=((0,), (1,)), position_keys=((1,), (0,))),
        ),
        "relative-position-invariance": Fails(
            because="the rows of free tables meet in another way wherever they stand",
            witness=witness(q=(0,), k=(0,), m=0, n=1, c=1),
        ),
        "translation-invariance": Fails(
            because="the rows of free tables meet in another way wherever they stand",
            witness=witness(q=(0,), k=(0,), y=(0,), m=0, n=1, l=2, c=1),
        ),
        "equal-positions": Fails(
            because="the two rows of the position meet",
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
        **free("position_queries", "position_keys"),
        "continuity": Fails(
            because="there is no row between those of two whole positions",
            witness=witness(m=0, n=1),
        ),
        "extrapolation": Fails(
            because="the tables end, and beyond their last rows there is nothing to look up",
            witness=witness(m=512),
        ),
    },
)
