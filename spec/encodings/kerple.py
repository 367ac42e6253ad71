"""KERPLE subtracts from every logit the logarithm, or a power, of the distance, with two learned numbers of the head.

bias = -r1_h ln(1 + r2_h |m - n|), r1 and r2 positive. The convention `power` is -r1_h |m - n|^(r2_h) with r2 at most 2:
ALiBi is the one with r2 = 1 and fixed slopes. Both are negatives of kernels that are conditionally negative definite;
of the two, the paper recommends the logarithm.
"""

import sympy

from spec.definitions import HEAD, KEY, QUERY, Bias, Departure, Encoding, positive
from spec.encodings.alibi import EACH_ITS_OWN, GROWS, UNMULTIPLIED

DISTANCE = sympy.Abs(QUERY[0] - KEY[0])
FIRST, SECOND = positive("r1")(HEAD), positive("r2")(HEAD)

ENCODING = Encoding(
    name="kerple",
    title="Kernelised logarithmic bias",
    source="Chi et al., KERPLE: Kernelized Relative Positional Embedding for Length Extrapolation (2022), section 4",
    definition=Bias(-FIRST * sympy.log(1 + SECOND * DISTANCE), roundings=3),
    conventions={"power": Departure(definition=Bias(-FIRST * DISTANCE**SECOND, roundings=3))},
    without={"matrix": UNMULTIPLIED},
    verdicts={
        "boundedness": GROWS,
        "head-locality": EACH_ITS_OWN,
    },
)
