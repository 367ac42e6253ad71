"""Transformer-XL: content meets content, and a sinusoid of the offset; two learned vectors stand in for the query.

logit = (q + u) . k + (q + v) . R(m - n), with u the `content_bias`, v the `position_bias` of the head. R is the row of
the sinusoidal table at the query's position minus the key's, positive for keys that stand before their query, and
negative ahead, as speech encoders have it in tables of 2n - 1 offsets. The paper projects R, by a matrix W_R of every
head, which is the identity here. XLNet adds a third term, of the query with whether the key is in the same segment:
that is no position, and no part of this encoding.
"""

import sympy

from spec.definitions import BASE, DIM, INDEX, KEY, QUERY, THETA, Blocks, Encoding, Fails, Form, sequence, witness

_angle = (QUERY[0] - KEY[0]) * THETA
_row = sympy.Matrix([sympy.sin(_angle), sympy.cos(_angle)])
_u, _v = (sympy.Matrix([sequence(name)(0), sequence(name)(1)]) for name in ("content_bias", "position_bias"))

_NOTHING = ((0,),)
RISES = Fails(
    because="the query meets the sine of the offset, which rises at first, whatever was learned",
    witness=witness(kernel=8, k=0, content_bias=_NOTHING, position_bias=_NOTHING),
)

ENCODING = Encoding(
    name="transformer-xl",
    title="Relative positions of Transformer-XL",
    source="Dai et al., Transformer-XL: Attentive Language Models beyond a Fixed-Length Context (2019), section 3.3",
    definition=Form(
        sympy.ImmutableMatrix(sympy.BlockMatrix([[sympy.eye(2), _row], [_u.T, sympy.Matrix([_v.dot(_row)])]])),
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM)),
    ),
    parameters={"base": 10000.0},
    without={
        "rotate-half": "query and key are not turned: the sinusoid is a third vector, which only the query meets",
    },
    verdicts={
        "equal-positions": Fails(
            because="the query also meets the row of the offset 0: 0, 1, 0, 1, ...",
            witness=witness(q=(0, 1), k=(0, 0), m=1),
        ),
        "symmetry": Fails(
            because="the sine of the offset changes its sign with it",
            witness=witness(q=(1, 0), k=(0, 0), m=0, n=1),
        ),
        "linearity": Fails(
            because="the learned vectors meet key and sinusoid whatever the query is",
            witness=witness(x=(0, 0), y=(0, 0), k=(0, 0), a=1, b=1, m=0, n=1),
        ),
        "logit-bound": Fails(
            because="a learned vector meets the key even where the query is 0",
            witness=witness(q=(0, 0), k=(1, 0), m=0, n=1),
        ),
        "remote-decay": RISES,
        "monotone-decay": RISES,
        "head-locality": Fails(because="each head has its own two vectors", witness=witness(positions=(1, 2))),
    },
)
