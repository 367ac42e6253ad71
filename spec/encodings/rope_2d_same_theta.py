"""RoPE on a grid, first definition: each half of the vector is a RoPE of its own, one at the row and one at the column.

Both have the frequencies of dimension d/2, so neither axis is told from the other; and on text it is no RoPE, not even
with its pairs permuted, as every frequency occurs twice. "alternating" lays the two beside each other, pair by pair.

Under the convention "column-first" the first of the two is that of the column, and under "alternating-column-first" the
first of every two pairs. In the layout half each half of the vector is halved by itself; under "whole-vector" and
"whole-vector-column-first" the vector is halved as a whole.
"""

from dataclasses import replace

from sympy import Mod

from spec.definitions import (
    DIM,
    INDEX,
    Dealing,
    Departure,
    Encoding,
    Fails,
    Grid,
    Map,
    Parameters,
    equal_sections,
    rotary,
    witness,
)
from spec.encodings.rope import RISES
from spec.encodings.rope_2d import ALONG_COLUMNS, ROPE_ON_A_GRID, column_first, in_turn

HALVES = equal_sections(2, own_ladders=True, halved=True)
WHOLE = equal_sections(2, own_ladders=True)
IN_TURN = Dealing(axis=in_turn, index=(INDEX - Mod(INDEX, 2)) / 2, over=DIM / 2)


def column_in_turn(i: int, dim: int, parameters: Parameters) -> int:
    """Column, row, column, row, ..."""
    return 1 - i % 2


def from_columns(dealing: Dealing) -> Departure:
    """Where pair 0 follows the column."""
    return Departure(definition=_map(dealing), grid=ALONG_COLUMNS)


def _map(dealing: Dealing) -> Map:
    return rotary(dealing=dealing, multiple=4)


ENCODING = Encoding(
    name="rope-2d-same-theta",
    title="Rotary position embedding in two dimensions, with equal frequencies on both",
    source="Su, Transformer Upgrade 4: Rotary Position Encoding in Two Dimensions (2021); Upgrade 17 (2024), R_xy",
    definition=_map(HALVES),
    parameters={"base": 10000.0},
    conventions={
        "alternating": Departure(definition=_map(IN_TURN)),
        "alternating-column-first": from_columns(replace(IN_TURN, axis=column_in_turn)),
        "column-first": from_columns(replace(HALVES, axis=column_first)),
        "whole-vector": Departure(definition=_map(WHOLE)),
        "whole-vector-column-first": from_columns(replace(WHOLE, axis=column_first)),
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
