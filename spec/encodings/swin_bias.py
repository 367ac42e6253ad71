"""Swin adds to every logit a learned number, one for each head and each offset of two cells of a window.

bias = b[(2W - 1)(m_row - n_row + H - 1) + (m_column - n_column + W - 1), h], in a window of H rows and W columns. The
index runs once through all (2H - 1)(2W - 1) offsets, row by row. Cells outside the window have no offset of their own.
"""

from sympy import Min, floor

from spec.definitions import (
    HEAD,
    KEY,
    QUERY,
    TABLE,
    Bias,
    Domain,
    Encoding,
    Fails,
    Grid,
    Verdict,
    along,
    sequence,
    witness,
)
from spec.encodings.alibi import EACH_ITS_OWN, LOOKED_UP
from spec.encodings.learned import FREE

HEIGHT, WIDTH = (sequence("window_size")(axis) for axis in (0, 1))
DOWN, RIGHT = (QUERY[axis] - KEY[axis] for axis in (0, 1))


def in_a_window(beyond: int) -> dict[str, Verdict]:
    """The verdicts of a table that has a row for every offset inside a window; `beyond` is a place outside it."""
    return {
        "equal-positions": Fails(
            because="the offset of a cell from itself has a learned number of its own",
            witness=witness(q=(1,), k=(0,), m=1, table=((1,),)),
        ),
        "symmetry": Fails(
            because="an offset and its opposite have numbers of their own",
            witness=witness(q=(1,), k=(0,), m=0, n=1),
        ),
        "head-locality": EACH_ITS_OWN,
        **FREE,
        "continuity": Fails(because="there is no number between those of two cells", witness=witness(m=0, n=1)),
        "extrapolation": Fails(because="offsets beyond the window have no row in the table", witness=witness(m=beyond)),
    }


ENCODING = Encoding(
    name="swin-bias",
    title="Relative bias of Swin in a window",
    source="Liu et al., Swin Transformer: Hierarchical Vision Transformer using Shifted Windows (2021), eq. 4",
    definition=Bias(
        TABLE((2 * WIDTH - 1) * (DOWN + HEIGHT - 1) + RIGHT + WIDTH - 1, HEAD),
        rows=(2 * HEIGHT - 1) * (2 * WIDTH - 1),
    ),
    parameters={"window_size": (9, 18)},
    domain=Domain(positions="non-negative", largest=Min(HEIGHT - 1, floor((WIDTH - 1) / 2))),
    grid=Grid(axes=2, line=along(1, 2), cells=(HEIGHT, WIDTH)),
    without=LOOKED_UP,
    verdicts=in_a_window(beyond=9),
)
