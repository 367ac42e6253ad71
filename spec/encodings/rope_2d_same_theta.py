"""RoPE on a grid, first definition: each half of the vector is a RoPE of its own, one at the row and one at the column.

Both have the frequencies of dimension d/2, so neither axis is told from the other; and on text it is no RoPE, not even
with its pairs permuted, as every frequency occurs twice.
"""

from dataclasses import replace

from spec.definitions import Departure, Encoding, Fails, Grid, equal_sections, rotary, witness
from spec.encodings.rope import RISES
from spec.encodings.rope_2d import ALONG_COLUMNS, ROPE_ON_A_GRID, column_first

HALVES = equal_sections(2, own_ladders=True, halved=True)

ENCODING = Encoding(
    name="rope-2d-same-theta",
    title="Rotary position embedding in two dimensions, with equal frequencies on both",
    source="Su, Transformer Upgrade 4: Rotary Position Encoding in Two Dimensions (2021); Upgrade 17 (2024), R_xy",
    definition=rotary(dealing=HALVES, multiple=4),
    parameters={"base": 10000.0},
    conventions={
        "column-first": Departure(
            definition=rotary(dealing=replace(HALVES, axis=column_first), multiple=4), grid=ALONG_COLUMNS
        ),
        "whole-vector": Departure(definition=rotary(dealing=equal_sections(2, own_ladders=True), multiple=4)),
    },
    grid=Grid(axes=2),
    verdicts={
        **ROPE_ON_A_GRID,
        "monotone-decay": replace(RISES, witness=witness(kernel=8, k=2)),
        "text-degeneration": Fails(
            because="pair 1 has the frequency base^(-4/d) of RoPE in half the dimension",
            witness=witness(pair=1, m=1),
        ),
    },
)
