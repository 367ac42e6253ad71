"""Normalised positions add p / L to every coordinate, L the length of the sequence: they lie in [0, 1).

Under the convention "reaches-one" they are p / (L - 1), which is 1 at the last position; where there is only one token,
the 0 / 0 of its row is taken as 0.
"""

import sympy

from spec.definitions import (
    LENGTH,
    POSITION,
    THETA,
    Blocks,
    Departure,
    Domain,
    Encoding,
    Fails,
    Table,
    witness,
)
from spec.encodings.integer import ADDED, FROM_ZERO


def _shares(of: sympy.Expr) -> Table:
    """The position, divided by the length."""
    return Table(sympy.ImmutableMatrix([POSITION * THETA]), blocks=Blocks(frequency=of), roundings=2)


GROWS = Fails(
    because="every position moves when the sequence grows: 1/2 of two tokens is 1/3 of three",
    witness=witness(positions=(1, 2)),
)

ENCODING = Encoding(
    name="normalised",
    title="Positions over the length",
    source="Kazemnejad, Transformer Architecture: The Positional Encoding (2019), section on a number within [0, 1]",
    definition=_shares(1 / LENGTH),
    conventions={"reaches-one": Departure(definition=_shares(1 / sympy.Max(LENGTH - 1, 1)))},
    domain=Domain(smallest=0),
    without={
        "complex": "a single real number has no phase",
        "rotate-half": "nothing turns",
    },
    verdicts={
        **ADDED,
        **FROM_ZERO,
        **dict.fromkeys(("length-independence", "prefill-equals-decode"), GROWS),
    },
)
