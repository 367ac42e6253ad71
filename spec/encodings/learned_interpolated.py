"""A learned table of a grid is read on another grid: its rows are interpolated, as images are resized.

A cell of the new grid lies at s = (p + 1/2) old / new - 1/2 of the old one along each axis: grids cover the same image,
and cells are measured at their centres. The four rows around s have the weights of cubic convolution with a = -3/4, and
behind the border the row at the border is taken. Prefix tokens (see `learned-2d`) have no place on either grid, and
are not resampled. Nothing is smoothed where the new grid is coarser.

Under the convention "bilinear" there are two rows and straight lines between them; under "dinov2" the new grid is taken
to be wider by a tenth of a cell, as the code of DINO and DINOv2 asks for a scale and not for a size, unless it is the
old grid: then the table itself is read. Their old grid is a square, and so is the new one where they read the table as
it is; here two grids that are oblong and equal are equal as well.

A right implementation is off by a multiple of its unit u, relative to the largest number among the rows that it mixes,
at worst. Along an axis of n cells, s is off by 4 (|s| + 1) u <= 4 n u, and a mean with cubic weights changes by 3 with
s; the weights of an axis are off by 64 u together, and sums by 10 u. Either error meets the weights of the other axis,
whose sizes sum to 11/8 at most: 17 (rows + columns) + 210 units. Straight lines change by 2, with weights off by 2 u.
"""

from collections.abc import Callable, Sequence

import sympy
from sympy import KroneckerDelta, Mod, Rational

from spec.definitions import QUERY, Departure, Domain, Encoding, Fails, Grid, Table, sequence, witness
from spec.encodings.integer import ADDED
from spec.encodings.learned import ANY_ROWS, free
from spec.encodings.learned_2d import COLUMNS, PREFIX, ROWS, cell, last_on_the_line

NEW_ROWS, NEW_COLUMNS = (sequence("new_size")(axis) for axis in (0, 1))
BESIDE = sympy.Function("beside", real=True)
IS_OLD = KroneckerDelta(NEW_ROWS, ROWS) * KroneckerDelta(NEW_COLUMNS, COLUMNS)
"""1 where the new grid is the old one, and else 0."""
A = Rational(-3, 4)
Weights = Callable[[sympy.Expr], Sequence[tuple[int, sympy.Expr]]]


def _cubic(t: sympy.Expr) -> list[tuple[int, sympy.Expr]]:
    """The weights of the rows -1, 0, 1 and 2 after the last one before s, t behind it."""

    def near(x: sympy.Expr) -> sympy.Expr:
        return (A + 2) * x**3 - (A + 3) * x**2 + 1

    def far(x: sympy.Expr) -> sympy.Expr:
        return A * (x**3 - 5 * x**2 + 8 * x - 4)

    return [(-1, far(1 + t)), (0, near(t)), (1, near(1 - t)), (2, far(2 - t))]


def _straight(t: sympy.Expr) -> list[tuple[int, sympy.Expr]]:
    """The weights of the two rows around s."""
    return [(0, 1 - t), (1, t)]


def beside(k: int, p: int, old: int, new: int, rows: int) -> int:
    """The row that is k after the last one before s, or the row at the border that is nearest to it."""
    return min(max(((2 * p + 1) * old - new) // (2 * new) + k, 0), rows - 1)


def _resampled(weights: Weights, roundings: sympy.Expr, *, tenths: sympy.Expr | int = 0) -> Table:
    """The mean of the rows around a place; the new grid is wider by so many tenths of a cell."""

    def around(p: sympy.Symbol, rows: sympy.Expr, cells: sympy.Expr) -> list[tuple[sympy.Expr, sympy.Expr]]:
        old, new = (10 * rows, 10 * cells + tenths) if tenths else (rows, cells)
        each = weights(Mod((2 * p + 1) * old - new, 2 * new) / (2 * new))
        return [(BESIDE(k, p, old, new, rows), weight) for k, weight in each]

    down, across = around(QUERY[0], ROWS, NEW_ROWS), around(QUERY[1], COLUMNS, NEW_COLUMNS)
    mean = sum(v * sum(w * cell(row, column) for column, w in across) for row, v in down)
    return Table(sympy.ImmutableMatrix([mean]), rows=PREFIX + ROWS * COLUMNS, roundings=roundings)


CUBIC = 17 * (ROWS + COLUMNS) + 210
STRAIGHT = 8 * (ROWS + COLUMNS) + 20

ENCODING = Encoding(
    name="learned-interpolated",
    title="Learned table of a grid, read on another",
    source="Dosovitskiy et al., An Image Is Worth 16x16 Words (2020), section 3.2; weights: Keys, Cubic Convolution "
    "Interpolation for Digital Image Processing (1981), eq. 15 with a free",
    definition=_resampled(_cubic, CUBIC),
    parameters={"grid_size": (6, 10), "new_size": (9, 18), "num_prefix_tokens": 0},
    tried={
        "grid_size": ((3, 5), (14, 7), (1, 2), (2, 8)),
        "new_size": ((4, 5), (7, 30), (6, 10), (4, 15), (7, 7), (2, 3)),
        "num_prefix_tokens": (1, 2, 5),
    },
    functions={"beside": beside},
    conventions={
        "bilinear": Departure(definition=_resampled(_straight, STRAIGHT)),
        "dinov2": Departure(definition=_resampled(_cubic, CUBIC, tenths=1 - IS_OLD)),
    },
    domain=Domain(positions="non-negative", largest=last_on_the_line(NEW_ROWS, NEW_COLUMNS)),
    grid=Grid(axes=2, cells=(NEW_ROWS, NEW_COLUMNS)),
    verdicts={
        **ADDED,
        **ANY_ROWS,
        **free("table", number=0),
        "continuity": Fails(because="between two cells of the new grid nothing is read", witness=witness(m=0, n=1)),
        "extrapolation": Fails(because="places outside the new grid have no row", witness=witness(m=9)),
    },
)
