"""DeBERTa's disentangled attention: the query's content meets the key's relative position, and the other way round.

logit = q . k + q . K[delta(m, n)] + k . Q[delta(n, m)], delta(i, j) = i - j + b cut off to 0 ... 2b - 1, with b the
`position_buckets` to each side. The model has one table of positions, and projects it as it does contents: K are its
rows as keys, the `position_keys`, and Q its rows as queries, the `position_queries`, 2b rows of one head. (Heads that
are handed in together share them here; in the model each has its own.) The logit is then divided by sqrt(3 dim), for
its three terms. The fourth, of position with position, is left out in the paper, and no part of this encoding.

The published code is another function, in two ways that are conventions here. Its last term takes row delta(m, n) as
well: `same-index`. Version 2 keeps offsets up to b / 2 apart and puts larger ones into buckets that grow like a
logarithm, up to `max_relative_positions`, then cuts off as before: `log-buckets`, with the same index on both sides.
"""

import math
from fractions import Fraction

import sympy

from spec.definitions import KEY, QUERY, Departure, Domain, Encoding, Fails, Form, parameter, sequence, witness
from spec.encodings.learned import free

BUCKETS, FARTHEST = parameter("position_buckets"), parameter("max_relative_positions")
M, N = QUERY[0], KEY[0]


def delta(apart: int, buckets: int) -> int:
    """The row of a query this far behind its key: eq. 3."""
    return max(0, min(2 * buckets - 1, apart + buckets))


def log_bucket(apart: int, buckets: int, farthest: int) -> int:
    """The bucket of a distance, with its sign.

    Up to b / 2 the distance d itself; beyond, b / 2 plus the smallest t with (d / (b/2))^(b/2 - 1) <= (D / (b/2))^t,
    D the farthest but one, which lies beyond b / 2. The code rounds up a logarithm; here that is a first guess.
    """
    middle, distance = buckets // 2, abs(apart)
    if distance <= middle:
        return apart
    ratio, wanted = Fraction(farthest - 1, middle), Fraction(distance, middle) ** (middle - 1)

    def reaches(t: int) -> bool:
        return ratio**t >= wanted

    t = round((middle - 1) * math.log(distance / middle) / math.log((farthest - 1) / middle))
    while not reaches(t):
        t += 1
    while reaches(t - 1):
        t -= 1
    return (middle + t) * (1 if apart > 0 else -1)


def _form(query_meets: sympy.Expr, key_meets: sympy.Expr) -> Form:
    """One coordinate of q . k + q . K[query_meets] + k . Q[key_meets]."""
    keys, queries = sequence("position_keys"), sequence("position_queries")
    matrix = sympy.ImmutableMatrix([[1, keys(query_meets, 0)], [queries(key_meets, 0), 0]])
    return Form(matrix, rows=2 * BUCKETS)


_delta, _log = sequence("delta"), sequence("log_bucket")
_there, _back = _delta(M - N, BUCKETS), _delta(N - M, BUCKETS)
_in_buckets = _delta(_log(M - N, BUCKETS, FARTHEST), BUCKETS)

ENCODING = Encoding(
    name="deberta",
    title="Disentangled attention of DeBERTa",
    source="He et al., DeBERTa: Decoding-enhanced BERT with Disentangled Attention (2020), eq. 3 and 4",
    definition=_form(_there, _back),
    parameters={"position_buckets": 256},
    functions={"delta": delta},
    conventions={
        "same-index": Departure(definition=_form(_there, _there)),
        "log-buckets": Departure(
            definition=_form(_in_buckets, _in_buckets),
            parameters={"position_buckets": 256, "max_relative_positions": 512},
            tried={"max_relative_positions": (300, 1000, 5000)},
            functions={"delta": delta, "log_bucket": log_bucket},
        ),
    },
    domain=Domain(positions="integers"),
    without={
        "complex": "the rows of the tables are free: no coordinates form a pair",
        "rotate-half": "the rows of the tables are free: no coordinates form a pair",
    },
    verdicts={
        "equal-positions": Fails(
            because="query and key also meet the rows of the distance 0",
            witness=witness(q=(1,), k=(0,), m=1),
        ),
        "symmetry": Fails(
            because="the offsets 1 and -1 have rows of their own, and the query meets one, the key the other",
            witness=witness(q=(1,), k=(0,), m=0, n=1),
        ),
        "linearity": Fails(
            because="each content meets a row of the table however long the other is",
            witness=witness(x=(1,), y=(1,), k=(1,), a=1, b=1, m=0, n=1),
        ),
        "logit-bound": Fails(
            because="the query meets a row of the table even where the key is 0",
            witness=witness(q=(1,), k=(0,), m=0, n=1),
        ),
        **free("position_queries", "position_keys"),
        "injectivity": Fails(because="distances that are cut off have one row", witness=witness(m=600, n=601)),
        "continuity": Fails(
            because="there is no row between those of two whole distances",
            witness=witness(m=0, n=1),
        ),
    },
)
