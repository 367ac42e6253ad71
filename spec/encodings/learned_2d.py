"""The learned table of an image has a row for every cell of a grid, row by row of the image.

PE(row, column) = table[num_prefix_tokens + columns row + column], on a grid of `grid_size` (rows, columns). The first
rows of the table are those of the class token and of registers, which have no place on the grid.
"""

import sympy

from spec.definitions import INDEX, QUERY, TABLE, Domain, Encoding, Fails, Grid, Table, parameter, sequence, witness
from spec.encodings.integer import ADDED
from spec.encodings.learned import ANY_ROWS, LOOKED_UP

ROWS, COLUMNS = (sequence("grid_size")(axis) for axis in (0, 1))
PREFIX = parameter("num_prefix_tokens")


def cell(row: sympy.Expr, column: sympy.Expr) -> sympy.Expr:
    """The learned row of a cell of the grid."""
    return TABLE(PREFIX + COLUMNS * row + column, INDEX)


def last_on_the_line(rows: sympy.Expr, columns: sympy.Expr) -> sympy.Expr:
    """The largest p whose place (p, 2p) is a cell of a grid."""
    return sympy.Min(rows - 1, sympy.floor((columns - 1) / 2))


ENCODING = Encoding(
    name="learned-2d",
    title="Learned table of a grid",
    source="Dosovitskiy et al., An Image Is Worth 16x16 Words (2020), section 3.1",
    definition=Table(sympy.ImmutableMatrix([cell(*QUERY[:2])]), rows=PREFIX + ROWS * COLUMNS),
    parameters={"grid_size": (9, 18), "num_prefix_tokens": 0},
    tried={"grid_size": ((3, 5), (11, 4), (16, 16), (2, 8), (64, 64)), "num_prefix_tokens": (1, 2, 5)},
    domain=Domain(positions="non-negative", largest=last_on_the_line(ROWS, COLUMNS)),
    grid=Grid(axes=2, cells=(ROWS, COLUMNS)),
    without=LOOKED_UP,
    verdicts={
        **ADDED,
        **ANY_ROWS,
        "continuity": Fails(because="there is no row between those of two cells", witness=witness(m=0, n=1)),
        "extrapolation": Fails(because="places outside the grid have no row in the table", witness=witness(m=9)),
    },
)
