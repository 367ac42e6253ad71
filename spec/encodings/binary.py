"""The binary table adds the bits of the position, one a coordinate, the least significant first."""

import sympy
from sympy import Min

from spec.definitions import DIM, INDEX, Blocks, Domain, Encoding, Table
from spec.encodings.integer import ADDED, FROM_ZERO
from spec.encodings.radix import DIGITS, FARTHEST, digit

ENCODING = Encoding(
    name="binary",
    title="Bits of the position",
    source="Kazemnejad, Transformer Architecture: The Positional Encoding (2019), section on the intuition",
    definition=Table(
        sympy.ImmutableMatrix([digit(sympy.Integer(2))]),
        blocks=Blocks(frequency=sympy.Integer(2) ** INDEX),
    ),
    domain=Domain(positions="non-negative", largest=Min(2**DIM - 1, FARTHEST)),
    without={
        "complex": "a bit has no phase",
        "rotate-half": "nothing turns",
        "matrix": "bits are no linear function of the position",
    },
    verdicts={**ADDED, **FROM_ZERO, **DIGITS},
)
