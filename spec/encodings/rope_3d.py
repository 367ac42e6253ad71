"""RoPE in space and time: a third of the pairs turns with the time, the next with the row, the last with the column.

Every pair keeps RoPE's frequency, so that at (p, p, p) it is RoPE at p. Thirds of whole pairs need a multiple of six:
the usual dimensions 64 and 128 are none. Under the convention "same-theta" each third is a RoPE of its own, with the
frequencies of dimension d/3, and is halved by itself in the layout half.
"""

from dataclasses import replace

from spec.definitions import Departure, Encoding, Fails, Grid, Holds, equal_sections, rotary, witness
from spec.encodings.rope import RISES
from spec.encodings.rope_2d import ROPE_ON_A_GRID, TELLS_ROWS

ENCODING = Encoding(
    name="rope-3d",
    title="Rotary position embedding in three dimensions",
    source="Su, Transformer Upgrade 17: Multimodal Position Encoding (2024): three equal parts for three coordinates",
    definition=rotary(dealing=equal_sections(3), multiple=6),
    parameters={"base": 10000.0},
    conventions={
        "same-theta": Departure(
            definition=rotary(dealing=equal_sections(3, own_ladders=True, halved=True), multiple=6),
            verdicts={
                "isotropy": Holds(),
                "text-degeneration": Fails(
                    because="pair 1 has the frequency base^(-6/d) of RoPE in a third of the dimension",
                    witness=witness(pair=1, m=1),
                ),
            },
        ),
    },
    grid=Grid(axes=3),
    verdicts={
        **ROPE_ON_A_GRID,
        "monotone-decay": replace(RISES, witness=witness(kernel=12, k=3)),
        "isotropy": Fails(because=TELLS_ROWS, witness=witness(m=100, n=0)),
    },
)
