"""URPE multiplies the weights of attention, after the softmax, by a learned number of the offset.

weight = c[m - n + L - 1, h] softmax(...)[m, n], with L the `max_position_embeddings`. Rows no longer sum to 1, so that
the output can tell positions apart where all tokens are equal: what no change of the logits can do.
"""

from spec.definitions import HEAD, KEY, QUERY, TABLE, Domain, Encoding, Factor, Fails, parameter, witness
from spec.encodings.alibi import EACH_ITS_OWN, LOOKED_UP
from spec.encodings.learned import FREE

LONGEST = parameter("max_position_embeddings")

ENCODING = Encoding(
    name="urpe",
    title="Universal relative factor after the softmax",
    source="Luo et al., Your Transformer May Not be as Powerful as You Expect (2022), eq. 8",
    definition=Factor(
        TABLE(QUERY[0] - KEY[0] + LONGEST - 1, HEAD),
        rows=2 * LONGEST - 1,
        roundings=1,
    ),
    parameters={"max_position_embeddings": 512},
    domain=Domain(positions="non-negative", largest=LONGEST - 1),
    without=LOOKED_UP,
    verdicts={
        "equal-positions": Fails(
            because="the offset 0 has a factor of its own",
            witness=witness(q=(1,), k=(1,), m=1, table=((2,),)),
        ),
        "symmetry": Fails(
            because="an offset and its opposite have factors of their own",
            witness=witness(q=(1,), k=(1,), m=0, n=1),
        ),
        "head-locality": EACH_ITS_OWN,
        **FREE,
        "continuity": Fails(because="there is no factor between two offsets", witness=witness(m=0, n=1)),
        "extrapolation": Fails(because="longer offsets have no row in the table", witness=witness(m=512)),
    },
)
