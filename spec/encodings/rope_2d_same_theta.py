"""RoPE on a grid, first definition: each half of the vector is a RoPE of its own, one at the row and one at the column.

Both have the frequencies of dimension d/2, so neither axis is told from the other; and on text it is no RoPE, not even
with its pairs permuted, as every frequency occurs twice.
"""

from dataclasses import replace

from sympy import Mod

from spec.definitions.encoding import Encoding, rotation
from spec.definitions.symbols import BASE, DIM, INDEX, POSITION, THETA
from spec.definitions.verdict import Fails, witness
from spec.encodings.rope import RISES
from spec.encodings.rope_2d import COLUMN_FIRST, ROPE_ON_A_GRID, sections

ENCODING = Encoding(
    name="rope-2d-same-theta",
    title="Rotary position embedding in two dimensions, with equal frequencies on both",
    acts_on="query-key",
    source="Su, Transformer Upgrade 4: Rotary Position Encoding in Two Dimensions (2021); Upgrade 17 (2024), R_xy",
    block=rotation(POSITION * THETA),
    frequency=BASE ** (-Mod(4 * INDEX, DIM) / DIM),
    parameters={"base": 10000.0},
    multiple=4,
    parts=2,
    axes=2,
    axis=sections(2),
    conventions={"column-first": COLUMN_FIRST, "whole-vector": {"parts": 1}},
    verdicts={
        **ROPE_ON_A_GRID,
        "monotone-decay": replace(RISES, witness=witness(kernel=8, k=2)),
        "text-degeneration": Fails(
            because="pair 1 has the frequency base^(-4/d) of RoPE in half the dimension",
            witness=witness(pair=1, m=1),
        ),
    },
)
