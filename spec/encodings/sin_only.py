"""The sine table adds one sine a coordinate, and no cosine: sin(p / alpha_j).

What alpha_j is has been told in three ways: the index j + 1 of the coordinate, counted from 1 (the default), its
doubling 2^j ("doubling"), and base^(j / dim) ("geometric", the only one that has a base).
"""

import sympy

from spec.definitions import BASE, DIM, INDEX, POSITION, THETA, Blocks, Departure, Encoding, Fails, Table, witness
from spec.encodings.integer import ADDED, FROM_ZERO


def _sines(frequency: sympy.Expr) -> Table:
    """One sine a coordinate."""
    return Table(sympy.ImmutableMatrix([sympy.sin(POSITION * THETA)]), blocks=Blocks(frequency=frequency))


ENCODING = Encoding(
    name="sin-only",
    title="Sines alone",
    source="Kernes, Master Positional Encoding (2021), part I, the step between the binary and the sinusoidal table",
    definition=_sines(1 / (INDEX + 1)),
    parameters={"base": 10000.0},
    conventions={
        "doubling": Departure(definition=_sines(sympy.Integer(2) ** -INDEX)),
        "geometric": Departure(definition=_sines(BASE ** (-INDEX / DIM))),
    },
    without={
        "rotate-half": "a rotation needs the cosine beside the sine",
        "matrix": "no matrix takes a sine alone to the next one: that needs its cosine",
    },
    verdicts={
        **ADDED,
        **FROM_ZERO,
        "monotone-distance": Fails(
            because="the fastest sine has passed its crest and comes back",
            witness=witness(kernel=8, k=5),
        ),
        "distance-invariance": Fails(
            because="sin 1 - sin 0 is not sin 2 - sin 1: the chord depends on where it starts",
            witness=witness(m=0, n=1, c=1),
        ),
    },
)
