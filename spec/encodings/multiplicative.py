"""The multiplicative encoding multiplies queries and keys by their position: the logit is m n q . k.

It was asked for because dot products can only multiply: f(m) f(n) = h(m - n). Over the real numbers only constants and
c (-1)^m do that, since f(m)^2 = h(0), and they carry no order; products commute, so that m and n may be exchanged.
"""

import sympy

from spec.definitions import POSITION, Encoding, Fails, Map, witness

VANISHES = Fails(because="the key at position 0 is multiplied by 0", witness=witness(kernel=13, k=1))

ENCODING = Encoding(
    name="multiplicative",
    title="Multiplication by the position",
    source="Xiao, Exploring the Transformer: positional encoding (2025), section 2.2; no published model uses it",
    definition=Map(
        sympy.ImmutableMatrix([[POSITION]]),
        roundings=2,
    ),
    without={
        "complex": "a real factor has no phase",
        "rotate-half": "nothing turns",
    },
    verdicts={
        "relative-position-invariance": Fails(
            because="m n is no function of m - n",
            witness=witness(q=(1,), k=(1,), m=0, n=0, c=1),
        ),
        "translation-invariance": Fails(
            because="the logits of a query grow with its position",
            witness=witness(q=(1,), k=(1,), y=(1,), m=0, n=1, l=2, c=1),
        ),
        "equal-positions": Fails(
            because="the logit is multiplied by the square of the position",
            witness=witness(q=(1,), k=(1,), m=2),
        ),
        "logit-bound": Fails(because="the logit is m n times too large", witness=witness(q=(1,), k=(1,), m=2, n=2)),
        "norm": Fails(because="lengths are multiplied by the position", witness=witness(x=(1,), m=2)),
        "boundedness": Fails(because="the factor is the position", witness=witness(m=2)),
        "group-law": Fails(because="positions multiply where they should add", witness=witness(x=(1,), a=1, b=3)),
        "inverse": Fails(because="-m times m is not 1", witness=witness(x=(1,), m=1)),
        "identity-at-zero": Fails(because="position 0 erases the vector", witness=witness(x=(1,))),
        "remote-decay": VANISHES,
        "monotone-decay": VANISHES,
    },
)
