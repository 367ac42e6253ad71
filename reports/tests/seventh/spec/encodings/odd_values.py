"""Only the values of odd positions are read."""

from spec.definitions.reading import Reading
from sympy import Mod

from spec.definitions import POSITION, Domain, Encoding, Fails, witness

SAME = Fails(because="the logits know no position", witness=witness(kernel=8, k=1))

ENCODING = Encoding(
    name="odd-values",
    title="Odd values",
    source="this test (2026)",
    definition=Reading(Mod(POSITION, 2)),
    domain=Domain(positions="integers"),
    without={"matrix": "a number multiplies", "complex": "nothing turns", "rotate-half": "nothing turns"},
    verdicts={
        "permutation-non-invariance": Fails(
            because="the logits know no position",
            witness=witness(q=(1,), k=(2,), y=(3,), m=1, n=2),
        ),
        "continuity": Fails(because="there is nothing between two positions", witness=witness(m=0, n=1)),
        "remote-decay": SAME,
        "monotone-decay": SAME,
    },
)
