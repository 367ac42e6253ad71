"""NoPE under a causal mask: no position is encoded, yet every query sees only the keys that do not stand behind it.

The mask is a factor 1 or 0 on the weights, whose rows are then made to sum to 1 again: what a softmax over the visible
keys gives. So the order of the tokens reaches the output, though equal tokens still look alike wherever they stand.
"""

import sympy

from spec.definitions import KEY, QUERY, Encoding, Factor, Fails, witness

FLAT = Fails(because="every key that is visible counts alike, at every distance", witness=witness(kernel=8, k=1))

ENCODING = Encoding(
    name="nope-causal",
    title="No positional encoding under a causal mask",
    source="Kazemnejad et al., The Impact of Positional Encoding on Length Generalization in Transformers (2023)",
    definition=Factor(
        sympy.Heaviside(QUERY[0] - KEY[0], 1),
        renormalised=True,
    ),
    without={"matrix": "weights are multiplied one by one, and divided by a sum that depends on all of them"},
    verdicts={
        "symmetry": Fails(
            because="a key ahead is hidden, and where the two exchange their places it is not",
            witness=witness(q=(1,), k=(1,), m=0, n=1),
        ),
        "injectivity": Fails(because="every key that is visible counts alike", witness=witness(m=0, n=1)),
        "continuity": Fails(because="the weight of a key jumps as it becomes visible", witness=witness(m=0, n=1)),
        "remote-decay": FLAT,
        "monotone-decay": FLAT,
    },
)
