"""The radix table adds the digits of the position, one a coordinate, the least significant first.

Digits up to 256 are held exactly in every dtype. Under the convention "normalised-digits" they are divided by the
largest of them, and lie in [0, 1].
"""

import sympy
from sympy import Min, Mod, floor

from spec.definitions import (
    DIM,
    INDEX,
    POSITION,
    THETA,
    Blocks,
    Departure,
    Domain,
    Encoding,
    Fails,
    Table,
    parameter,
    witness,
)
from spec.encodings.integer import ADDED, FROM_ZERO

RADIX = parameter("radix")
FARTHEST = 2**53 - 1
"""The largest position that float64 holds exactly, like all before it."""
DIGITS = {
    "monotone-distance": Fails(
        because="the digits before a carry are large, and those behind it are zero",
        witness=witness(kernel=8, k=3),
    ),
    "distance-invariance": Fails(
        because="a carry changes many digits at once: the second one stays from 0 to 1, and moves one step later",
        witness=witness(pair=1, m=0, n=1, c=1),
    ),
    "continuity": Fails(because="digits jump, and have no value between the integers", witness=witness(m=1.5)),
    "extrapolation": Fails(because="the digits are as many as the coordinates", witness=witness(m=2**16)),
}


def digit(radix: sympy.Expr) -> sympy.Expr:
    """The digit with the place value THETA."""
    return Mod(floor(POSITION / THETA), radix)


PLACE_VALUES = Blocks(frequency=RADIX**INDEX)

ENCODING = Encoding(
    name="radix",
    title="Digits of the position",
    source="Su, Transformer upgrade road 10: RoPE is a beta-base encoding (2023), kexue.fm/archives/9675",
    definition=Table(sympy.ImmutableMatrix([digit(RADIX)]), blocks=PLACE_VALUES),
    parameters={"radix": 10},
    tried={"radix": (2, 16, 3)},
    conventions={
        "normalised-digits": Departure(
            definition=Table(sympy.ImmutableMatrix([digit(RADIX) / (RADIX - 1)]), blocks=PLACE_VALUES, roundings=2)
        ),
    },
    domain=Domain(positions="non-negative", largest=Min(RADIX**DIM - 1, FARTHEST)),
    without={
        "complex": "a digit has no phase",
        "rotate-half": "nothing turns",
        "matrix": "digits are no linear function of the position",
    },
    verdicts={
        **ADDED,
        **FROM_ZERO,
        **DIGITS,
        "monotone-distance": Fails(
            because="from 9 to 10 the first digit falls to zero, and the second one grows by 1 only",
            witness=witness(kernel=8, k=9),
        ),
        "translation-invariance": Fails(
            because="the content of the query meets digits that a carry has changed",
            witness=witness(q=(9,), k=(0,), y=(0,), m=0, n=2, l=3, c=7),
        ),
        "distance-invariance": Fails(
            because="the step from 9 to 10 changes the first digit by 9, every other by 1",
            witness=witness(m=8, n=9, c=1),
        ),
    },
)
