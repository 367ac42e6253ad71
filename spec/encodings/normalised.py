"""Normalised positions add p / L to every coordinate, L the length of the sequence: they lie in [0, 1).

Under the convention "reaches-one" they are p / (L - 1), which is 1 at the last position; where there is only one token,
the 0 / 0 of its row is taken as 0.
"""

import sympy

from spec.definitions.encoding import Encoding
from spec.definitions.symbols import LENGTH, POSITION, THETA
from spec.definitions.verdict import Bounded, Fails, witness
from spec.encodings.integer import ADDED, FROM_ZERO

ENCODING = Encoding(
    name="normalised",
    title="Positions over the length",
    acts_on="input",
    source="Kazemnejad, Transformer Architecture: The Positional Encoding (2019), section on a number within [0, 1]",
    block=sympy.ImmutableMatrix([POSITION * THETA]),
    frequency=1 / LENGTH,
    conventions={"reaches-one": {"frequency": 1 / sympy.Max(LENGTH - 1, 1)}},
    layouts=(),
    multiple=1,
    smallest=0,
    roundings=2,
    without={
        "complex": "a single real number has no phase",
        "rotate-half": "nothing turns",
    },
    verdicts={
        **ADDED,
        **FROM_ZERO,
        "monotone-distance": Bounded(
            form="within a sequence of length L, the rows of m and n are |m - n| sqrt(dim) / L apart"
        ),
        "length-independence": Fails(
            because="every position moves when the sequence grows: 1/2 of two tokens is 1/3 of three",
            witness=witness(positions=(1, 2)),
        ),
    },
)
