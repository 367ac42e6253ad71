"""RoPE on a grid: the faster half of RoPE's pairs turns with the row, the slower half with the column.

Which pair follows which axis is free, as long as every pair keeps its frequency: at (p, p) that is RoPE at p. The
source of the degeneration only asks that row and column get different frequencies out of RoPE's.
"""

from collections.abc import Callable

from sympy import Mod

from spec.definitions.encoding import Encoding, Parameters, along, rotation
from spec.definitions.symbols import BASE, DIM, INDEX, POSITION, THETA
from spec.definitions.verdict import Fails, Verdict, witness
from spec.encodings.rope import CONSTANT, DIRECTED, LOGARITHMIC, RISES

ROPE_ON_A_GRID: dict[str, Verdict] = {
    "symmetry": DIRECTED,
    "monotone-decay": RISES,
    "remote-decay": LOGARITHMIC,
    "constant-input-probe": CONSTANT,
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


def sections(axes: int) -> Callable[[int, int, Parameters], int]:
    """The axis of a block, where the blocks fall into one section of equal size for each axis, in their order."""
    return lambda i, dim, parameters: 2 * axes * i // dim


def in_turn(i: int, dim: int, parameters: Parameters) -> int:
    """Row, column, row, column, ..."""
    return i % 2


def column_first(i: int, dim: int, parameters: Parameters) -> int:
    """The first half of the pairs follows the column, the second the row."""
    return 1 - 4 * i // dim


COLUMN_FIRST = {"axis": column_first, "line": along(2, 1)}
"""Pair 0 follows the column, so that the first steps of a statement are taken along it."""

ENCODING = Encoding(
    name="rope-2d",
    title="Rotary position embedding in two dimensions",
    acts_on="query-key",
    source="Su, Transformer Upgrade 17: Multimodal Position Encoding (2024), section on unification; block form: "
    "Su, Transformer Upgrade 4: Rotary Position Encoding in Two Dimensions (2021)",
    block=rotation(POSITION * THETA),
    frequency=BASE ** (-2 * INDEX / DIM),
    parameters={"base": 10000.0},
    multiple=4,
    axes=2,
    axis=sections(2),
    conventions={
        "alternating": {"axis": in_turn},
        "column-first": COLUMN_FIRST,
        "pixtral": {
            "frequency": BASE ** (-2 * STRIDED / DIM),
            "verdicts": {**ROPE_ON_A_GRID, **APART, "text-degeneration": PERMUTED},
        },
        "two-halves": {
            "parts": 2,
            "verdicts": {
                **ROPE_ON_A_GRID,
                **APART,
                "text-degeneration": Fails(
                    because="in halves of halves, pair 0 is made of coordinates 0 and d/4, not 0 and d/2",
                    witness=witness(pair=0, m=1),
                ),
            },
        },
    },
    verdicts={**ROPE_ON_A_GRID, **APART},
)
