"""The sinusoidal table put beside the input instead of added to it: contents and positions meet each for themselves.

For vectors [x; PE_p] under projections that are the identity, logit = q . k + PE_m . PE_n. Nothing is mixed, so the
logit follows the offset alone, as the table's dot product does. Only the logit is this encoding: values are left alone.
"""

import sympy

from spec.definitions import BASE, DIM, INDEX, KEY, QUERY, THETA, Blocks, Bounded, Encoding, Fails, Form, witness
from spec.encodings.rope import RISES

_row_m, _row_n = (sympy.Matrix([sympy.sin(p * THETA), sympy.cos(p * THETA)]) for p in (QUERY[0], KEY[0]))

ENCODING = Encoding(
    name="concatenation",
    title="Sinusoidal table beside the input, under projections that are the identity",
    source="Vaswani et al., Attention Is All You Need (2017), section 3.5, concatenated instead of added",
    definition=Form(
        sympy.ImmutableMatrix(sympy.diag(1, 1, _row_m.dot(_row_n))),
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM)),
    ),
    parameters={"base": 10000.0},
    without={"rotate-half": "query and key are not turned: the table's rows meet beside them"},
    verdicts={
        "equal-positions": Fails(
            because="every row of the table meets itself as dim / 2, which is added to the logit",
            witness=witness(q=(1, 0), k=(1, 0), m=1),
        ),
        "linearity": Fails(
            because="the rows of the table meet whatever the contents are",
            witness=witness(x=(0, 0), y=(0, 0), k=(0, 0), a=1, b=1, m=0, n=1),
        ),
        "logit-bound": Fails(
            because="the rows of the table meet even where the contents are 0",
            witness=witness(q=(0, 0), k=(0, 0), m=0, n=1),
        ),
        "monotone-decay": RISES,
        "remote-decay": Bounded(
            form="the bias is the sinusoidal table's dot product: its means over [2^j, 2^(j+1)) strictly decrease for "
            "j = 0..11 (base 10000, dimensions 64, 80, ..., 512); no pointwise decay, and none at infinity",
        ),
    },
)
