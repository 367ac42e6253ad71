"""RoPE between two sequences whose indices correspond: output i stands where input i stands.

logit = (R_m q) . (R_n k) = q . R_(n-m) k, with m the index of the query in the one sequence, n that of the key in the
other; where they correspond, the logit is the plain product. Where nothing corresponds, the advice is to encode nothing
between the two sequences, and that is `nope`.
"""

import sympy

from spec.definitions import BASE, DIM, INDEX, KEY, QUERY, THETA, Blocks, Encoding, Form, rotation
from spec.encodings.rope import DIRECTED, LOGARITHMIC, RISES

TURN = rotation((KEY[0] - QUERY[0]) * THETA)

ENCODING = Encoding(
    name="cross-attention",
    title="RoPE between two sequences with shared indices",
    source="Su, Multimodal Positional Encoding (2024), kexue.fm/archives/10040, discussion of encoder and decoder",
    definition=Form(
        sympy.ImmutableMatrix(sympy.diag(TURN, 0)),
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM)),
    ),
    parameters={"base": 10000.0},
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": LOGARITHMIC,
    },
)
