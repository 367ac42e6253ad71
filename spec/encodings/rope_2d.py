"""RoPE on a grid: the faster half of RoPE's pairs turns with the row, the slower half with the column.

Which pair follows which axis is free, as long as every pair keeps its frequency: at (p, p) that is RoPE at p. The
source of the degeneration only asks that row and column get different frequencies out of RoPE's.

Under the convention "column-first" the faster half turns with the column; under "alternating" row and column take
turns, pair by pair; under "pixtral" the first half of the pairs, the row's, has every other frequency, and the second
half those between; under "two-halves" each half of the vector is halved by itself in the layout half.
"""

from dataclasses import replace

from sympy import Mod

from spec.definitions import (
    DIM,
    INDEX,
    Bounded,
    Dealing,
    Departure,
    Encoding,
    Fails,
    Grid,
    Parameters,
    Verdict,
    along,
    equal_sections,
    rotary,
    witness,
)
from spec.encodings.rope import DIRECTED, RISES

ON_A_LINE = Bounded(
    form="along the line (p, 2p), in space and time (p, 2p, 3p), the kernel's means over [2^j, 2^(j+1)) strictly "
    "decrease for j = 0..11 (base 10000, dimensions 64, 80, ..., 512); along one axis they need not: other pairs stay"
)
ROPE_ON_A_GRID: dict[str, Verdict] = {
    "symmetry": DIRECTED,
    "monotone-decay": RISES,
    "remote-decay": ON_A_LINE,
}
WITHIN_HALF = Mod(4 * INDEX, DIM) / 4
STRIDED = 2 * WITHIN_HALF + 4 * (INDEX - WITHIN_HALF) / DIM
"""0, 2, 4, ... in the first half of the pairs, and 1, 3, 5, ... in the second."""
TELLS_ROWS = "the rows turn with other frequencies than the columns"
APART: dict[str, Verdict] = {"isotropy": Fails(because=TELLS_ROWS, witness=witness(m=1, n=0))}
PERMUTED = Fails(
    because="pair 1 has the frequency of RoPE's pair 2: the pairs would have to be permuted",
    witness=witness(pair=1, m=1),
)


def in_turn(i: int, dim: int, parameters: Parameters) -> int:
    """Row, column, row, column, ..."""
    return i % 2


def column_first(i: int, dim: int, parameters: Parameters) -> int:
    """The first half of the pairs follows the column, the second the row."""
    return 1 - 4 * i // dim


ALONG_COLUMNS = Grid(axes=2, line=along(2, 1))
"""Where pair 0 follows the column, the first steps of a statement are taken along it."""

ENCODING = Encoding(
    name="rope-2d",
    title="Rotary position embedding in two dimensions",
    source="Su, Transformer Upgrade 17: Multimodal Position Encoding (2024), section on unification; block form: "
    "Su, Transformer Upgrade 4: Rotary Position Encoding in Two Dimensions (2021)",
    definition=rotary(dealing=equal_sections(2), multiple=4),
    parameters={"base": 10000.0},
    conventions={
        "alternating": Departure(definition=rotary(dealing=Dealing(axis=in_turn), multiple=4)),
        "column-first": Departure(
            definition=rotary(dealing=Dealing(axis=column_first), multiple=4), grid=ALONG_COLUMNS
        ),
        "pixtral": Departure(
            definition=rotary(dealing=replace(equal_sections(2), index=STRIDED), multiple=4),
            verdicts={"text-degeneration": PERMUTED},
        ),
        "two-halves": Departure(
            definition=rotary(dealing=equal_sections(2, halved=True), multiple=4),
            verdicts={
                "text-degeneration": Fails(
                    because="in halves of halves, pair 0 is made of coordinates 0 and d/4, not 0 and d/2",
                    witness=witness(pair=0, m=1),
                ),
            },
        ),
    },
    grid=Grid(axes=2),
    verdicts={**ROPE_ON_A_GRID, **APART},
)
