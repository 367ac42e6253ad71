"""T5 adds to every logit a learned number, one for each head and each bucket of offsets.

bias = b[bucket(n - m), h]. Near offsets have a bucket each, far ones share theirs: of B buckets to a side, the first
half is for the distances d below e = B / 2; beyond, bucket e + j begins where (d / e)^(B - e) = (D / e)^j, with D the
`max_distance`, and the last one has no end. With `bidirectional`, keys ahead have the second half of all buckets;
without, they share the bucket of the distance 0.
"""

from spec.definitions import HEAD, KEY, QUERY, TABLE, Bias, Domain, Encoding, Fails, parameter, sequence, witness
from spec.encodings.alibi import EACH_ITS_OWN, LOOKED_UP
from spec.encodings.learned import FREE

BUCKETS, FARTHEST = parameter("num_buckets"), parameter("max_distance")
BUCKET = sequence("bucket")(KEY[0] - QUERY[0], parameter("bidirectional"), BUCKETS, FARTHEST)


def bucket(ahead: int, bidirectional: int, buckets: int, farthest: int) -> int:
    """The bucket of a key so far ahead of its query, decided in whole numbers: no logarithm is rounded."""
    side = buckets // 2 if bidirectional else buckets
    start = side if bidirectional and ahead > 0 else 0
    distance, exact = abs(ahead) if bidirectional else max(0, -ahead), side // 2
    if distance < exact:
        return start + distance
    wide = side - exact
    begun = (j for j in range(wide - 1, 0, -1) if distance**wide * exact**j >= farthest**j * exact**wide)
    return start + exact + next(begun, 0)


ENCODING = Encoding(
    name="t5-bias",
    title="Bucketed relative bias of T5",
    source="Raffel et al., Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer (2020), "
    "section 2.1",
    definition=Bias(
        TABLE(BUCKET, HEAD),
        rows=BUCKETS,
    ),
    parameters={"bidirectional": True, "num_buckets": 32, "max_distance": 128},
    functions={"bucket": bucket},
    domain=Domain(positions="integers"),
    without=LOOKED_UP,
    verdicts={
        "equal-positions": Fails(
            because="the bucket of the offset 0 has a learned number of its own",
            witness=witness(q=(1,), k=(0,), m=1, table=((1,),)),
        ),
        "symmetry": Fails(
            because="keys ahead have buckets of their own",
            witness=witness(q=(1,), k=(0,), m=0, n=1, table=((0,), (1,), *[(0,)] * 30)),
        ),
        "head-locality": EACH_ITS_OWN,
        **FREE,
        "injectivity": Fails(because="all far distances lie in one bucket", witness=witness(m=200, n=201)),
        "continuity": Fails(because="there is no bucket between two others", witness=witness(m=0, n=1)),
    },
)
