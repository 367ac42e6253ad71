"""NoPE with a temperature: the logits of plain attention, all multiplied by the same number.

logit = temperature * q . k. As in the paper it multiplies, so that more than 1 makes attention sharper: what repairs it
for sequences longer than those of training. No position enters.
"""

import sympy

from spec.definitions import Encoding, Fails, Form, parameter, witness

FLAT = Fails(because="the logit is the same at every distance", witness=witness(kernel=8, k=1))

ENCODING = Encoding(
    name="nope-temperature",
    title="No positional encoding, with a temperature",
    source="Wang et al., Length Generalization of Causal Transformers without Position Encoding (2024), section 3",
    definition=Form(
        sympy.ImmutableMatrix(sympy.diag(parameter("temperature"), 0)),
        roundings=1,
    ),
    parameters={"temperature": 1.2},
    without={
        "complex": "nothing is turned: no coordinates form a pair",
        "rotate-half": "nothing is turned: no coordinates form a pair",
    },
    verdicts={
        "equal-positions": Fails(
            because="the product is multiplied by the temperature",
            witness=witness(q=(1,), k=(1,), m=1),
        ),
        "injectivity": Fails(because="no position enters the logits", witness=witness(m=0, n=1)),
        "logit-bound": Fails(
            because="the logit of parallel vectors is |q||k| times the temperature",
            witness=witness(q=(1,), k=(1,), m=0, n=1),
        ),
        "permutation-non-invariance": Fails(
            because="no position enters the logits: permuting the tokens permutes the outputs",
            witness=witness(q=(1,), k=(2,), y=(3,), m=1, n=2),
        ),
        "remote-decay": FLAT,
        "monotone-decay": FLAT,
    },
)
