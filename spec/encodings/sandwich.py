"""Sandwich adds to every logit the inner product of the sinusoids at query and key, scaled by head.

bias = (sum over i = 1 ... D/2 of cos((m - n) base^(-2i / D)) - D/2) H / (8h) in head h = 1 ... H. The sinusoids have D
coordinates, the parameter `bar_d`, whatever the dimension of a head. D/2 is the largest sum, that of a position with
itself, and is taken away so that no bias is positive, which the softmax does not see. 8h / H is the compression ratio,
and divides. With the convention `from-zero` i runs over 0 ... D/2 - 1, as in the sinusoidal table.
"""

from dataclasses import replace

import sympy

from spec.definitions import (
    BASE,
    HEAD,
    HEADS,
    INDEX,
    KEY,
    QUERY,
    THETA,
    Bias,
    Blocks,
    Bounded,
    Departure,
    Encoding,
    Fails,
    parameter,
    witness,
)
from spec.encodings.alibi import EACH_ITS_OWN, UNMULTIPLIED

COORDINATES = parameter("bar_d")


def number(head: int) -> int:
    """Heads are counted from 1."""
    return head + 1


def _sum(first: int) -> Bias:
    """The bias whose first frequency has this index."""
    return Bias(
        (sympy.cos((QUERY[0] - KEY[0]) * THETA) - 1) * HEADS / (8 * sympy.Function("number", positive=True)(HEAD)),
        blocks=Blocks(frequency=BASE ** (-2 * (INDEX + first) / COORDINATES), extent=COORDINATES / 2, sums=True),
        roundings=3,
    )


ENCODING = Encoding(
    name="sandwich",
    title="Sandwich: inner products of sinusoids as a bias",
    source="Chi et al., Dissecting Transformer Length Extrapolation via the Lens of Receptive Field Analysis (2022), "
    "section 5",
    definition=_sum(first=1),
    parameters={"base": 10000.0, "bar_d": 128},
    functions={"number": number},
    tried={"bar_d": (2, 48, 256)},
    conventions={
        "from-zero": Departure(
            definition=_sum(first=0),
            verdicts={"monotone-decay": Fails(because="cosines rise again", witness=witness(kernel=8, k=11))},
        )
    },
    without={"matrix": UNMULTIPLIED},
    verdicts={
        "monotone-decay": Fails(because="cosines rise again", witness=witness(kernel=8, k=13)),
        "head-locality": replace(EACH_ITS_OWN, witness=witness(positions=(1, 1000))),
        "remote-decay": Bounded(form="the means over dyadic windows of distances fall strictly"),
    },
)
