"""RoPE in space and time: a third of the pairs turns with the time, the next with the row, the last with the column.

Every pair keeps RoPE's frequency, so that at (p, p, p) it is RoPE at p. Thirds of whole pairs need a multiple of six:
the usual dimensions 64 and 128 are none.
"""

from dataclasses import replace

from sympy import Mod

from spec.definitions.encoding import Encoding, rotation
from spec.definitions.symbols import BASE, DIM, INDEX, POSITION, THETA
from spec.definitions.verdict import Fails, Verdict, witness
from spec.encodings.rope import RISES
from spec.encodings.rope_2d import ROPE_ON_A_GRID, TELLS_ROWS, sections

ROPE_IN_SPACE_AND_TIME: dict[str, Verdict] = {
    **ROPE_ON_A_GRID,
    "monotone-decay": replace(RISES, witness=witness(kernel=12, k=3)),
}

ENCODING = Encoding(
    name="rope-3d",
    title="Rotary position embedding in three dimensions",
    acts_on="query-key",
    source="Su, Transformer Upgrade 17: Multimodal Position Encoding (2024): three equal parts for three coordinates",
    block=rotation(POSITION * THETA),
    frequency=BASE ** (-2 * INDEX / DIM),
    parameters={"base": 10000.0},
    multiple=6,
    axes=3,
    axis=sections(3),
    conventions={
        "same-theta": {
            "frequency": BASE ** (-Mod(6 * INDEX, DIM) / DIM),
            "parts": 3,
            "verdicts": {
                **ROPE_IN_SPACE_AND_TIME,
                "text-degeneration": Fails(
                    because="pair 1 has the frequency base^(-6/d) of RoPE in a third of the dimension",
                    witness=witness(pair=1, m=1),
                ),
            },
        },
    },
    verdicts={
        **ROPE_IN_SPACE_AND_TIME,
        "isotropy": Fails(because=TELLS_ROWS, witness=witness(m=100, n=0)),
    },
)
