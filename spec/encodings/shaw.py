"""Shaw's relative positions: to every key is added a learned vector of its clipped offset from the query.

logit = q . (k + a[clip(n - m, -c, c)]), with c the `max_relative_position`; row o + c of the table is the vector of
offset o, a^K in the paper. A second table, a^V, is added there to the values, by the same offsets: eq. 3. What a value
becomes follows from its own position alone in every kind of definition, so that none can say it; it is no part of this
encoding, and what is told here of constant input holds of the key term alone.
"""

import sympy

from spec.definitions import KEY, QUERY, TABLE, Domain, Encoding, Fails, Form, parameter, sequence, witness
from spec.encodings.learned import FREE

REACH = parameter("max_relative_position")
OFFSET = sequence("clip")(KEY[0] - QUERY[0], REACH)


def clip(offset: int, reach: int) -> int:
    """The nearest offset that has a row of its own."""
    return max(-reach, min(reach, offset))


ENCODING = Encoding(
    name="shaw",
    title="Relative positions of Shaw et al., in the keys",
    source="Shaw et al., Self-Attention with Relative Position Representations (2018), eq. 4",
    definition=Form(
        sympy.ImmutableMatrix([[1, TABLE(OFFSET + REACH, 0)], [0, 0]]),
        rows=2 * REACH + 1,
    ),
    parameters={"max_relative_position": 16},
    functions={"clip": clip},
    domain=Domain(positions="integers"),
    without={
        "complex": "the vectors of the offsets are free: no coordinates form a pair",
        "rotate-half": "the vectors of the offsets are free: no coordinates form a pair",
    },
    verdicts={
        "equal-positions": Fails(
            because="the query also meets the vector of the offset 0",
            witness=witness(q=(1,), k=(0,), m=1),
        ),
        "symmetry": Fails(
            because="the offsets 1 and -1 have vectors of their own",
            witness=witness(q=(1,), k=(0,), m=0, n=1),
        ),
        "linearity": Fails(
            because="the query meets the vector of the offset however long the key is",
            witness=witness(x=(1,), y=(1,), k=(1,), a=1, b=1, m=0, n=1),
        ),
        "logit-bound": Fails(
            because="the query meets the vector of the offset even where the key is 0",
            witness=witness(q=(1,), k=(0,), m=0, n=1),
        ),
        **FREE,
        "injectivity": Fails(because="offsets that are cut off have one vector", witness=witness(m=20, n=21)),
        "continuity": Fails(
            because="there is no vector between those of two whole offsets",
            witness=witness(m=0, n=1),
        ),
    },
)
