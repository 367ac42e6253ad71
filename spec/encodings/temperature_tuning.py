"""Queries are lengthened with the position, so that attention stays sharp among many keys; keys stay as they are.

A query at p is multiplied by 1 + a ln(1 + floor(p / f)): by 1 in the first stretch of f positions, and by a little more
in each that follows. Here f is `floor_scale`, two at least, and a `attn_scale`. The convention "ends" counts the
stretches that have ended with p, floor((p + 1) / f), as Llama 4 does in its layers without rotation.
"""

import sympy
from sympy import Heaviside, floor, log

from spec.definitions import POSITION, Departure, Domain, Encoding, Fails, Map, parameter, witness

FLAT = Fails(because="no logit knows where its key stands", witness=witness(kernel=8, k=1))
SCALE, STRETCH = parameter("attn_scale"), parameter("floor_scale")
BEHIND = Heaviside(POSITION - 1, 1)
"""0 at position 0, with which no stretch of two positions or more has ended."""


def _sharper(stretches: sympy.Expr) -> Map:
    """Queries times 1 + a ln(1 + the number of stretches behind them)."""
    amplitude = 1 + SCALE * log(1 + floor(stretches))
    return Map(sympy.ImmutableMatrix([[amplitude]]), key_block=sympy.ImmutableMatrix([[1]]), roundings=4)


ENCODING = Encoding(
    name="temperature-tuning",
    title="Temperature by the query's position",
    source="Meta, Llama 4 (2025), and Mistral AI, Ministral 3 (2025), their published code; after Nakanishi, "
    "Scalable-Softmax Is Superior for Attention (2025)",
    definition=_sharper(POSITION / STRETCH),
    parameters={"attn_scale": 0.1, "floor_scale": 8192},
    conventions={"ends": Departure(definition=_sharper((POSITION + 1) / STRETCH * BEHIND))},
    domain=Domain(positions="non-negative", smallest=0),
    tried={"attn_scale": (0.5, 0.2, 2.0), "floor_scale": (7, 300, 1024)},
    without={
        "complex": "a real factor has no phase",
        "rotate-half": "nothing turns",
    },
    verdicts={
        "continuity": Fails(because="the factor jumps where a stretch begins", witness=witness(m=0, n=1)),
        "relative-position-invariance": Fails(
            because="the factor follows where the query stands", witness=witness(q=(1,), k=(1,), m=0, n=0, c=8192)
        ),
        "translation-invariance": Fails(
            because="attention grows sharper when everything moves on",
            witness=witness(q=(1,), k=(0,), y=(2,), m=0, n=1, l=2, c=4194304),
        ),
        "equal-positions": Fails(
            because="the product is multiplied by the factor of its position",
            witness=witness(q=(1,), k=(1,), m=8192),
        ),
        "symmetry": Fails(
            because="queries are lengthened, and keys are not", witness=witness(q=(1,), k=(1,), m=0, n=8192)
        ),
        "permutation-non-invariance": Fails(
            because="where a key stands changes no logit", witness=witness(q=(1,), k=(1,), y=(1,), m=0, n=0)
        ),
        "logit-bound": Fails(
            because="a lengthened query makes longer logits", witness=witness(q=(1,), k=(1,), m=8192, n=0)
        ),
        "remote-decay": FLAT,
        "monotone-decay": FLAT,
        "norm": Fails(because="queries are lengthened", witness=witness(x=(1,), m=8192)),
        "boundedness": Fails(because="a logarithm grows without end", witness=witness(m=8192)),
        "group-law": Fails(
            because="one way of two stretches is no two ways of one", witness=witness(x=(1,), a=65536, b=65536)
        ),
        "injectivity": Fails(because="within a stretch all positions act alike", witness=witness(m=0, n=1)),
    },
)
