"""ViTDet and SAM add to every logit what the query makes of two learned vectors: of its rows and its columns of offset.

logit = q . k + q . r_h[m_row - n_row + H - 1] + q . r_w[m_column - n_column + W - 1], in a window of H rows and W
columns. Each axis has a table of its own, of 2H - 1 and of 2W - 1 vectors, from the most negative offset on. The models
divide q . k by sqrt(dim), and not what the query makes of the tables; here nothing is divided. They also resize tables
to other windows, and let queries and keys have grids of different sizes: that is no part of this encoding.
"""

import sympy
from sympy import Min, floor

from spec.definitions import KEY, QUERY, Domain, Encoding, Fails, Form, Grid, along, sequence, witness
from spec.encodings.learned import free

HEIGHT, WIDTH = (sequence("window_size")(axis) for axis in (0, 1))
ALONG_ROWS = sequence("rel_pos_h")(QUERY[0] - KEY[0] + HEIGHT - 1, 0)
ALONG_COLUMNS = sequence("rel_pos_w")(QUERY[1] - KEY[1] + WIDTH - 1, 0)

ENCODING = Encoding(
    name="decomposed-2d",
    title="Decomposed relative positions of ViTDet and SAM",
    source="Li et al., Exploring Plain Vision Transformer Backbones for Object Detection (2022), section 3; "
    "Kirillov et al., Segment Anything (2023), appendix A",
    definition=Form(
        sympy.ImmutableMatrix([[1, ALONG_ROWS + ALONG_COLUMNS], [0, 0]]),
        rows={"rel_pos_h": 2 * HEIGHT - 1, "rel_pos_w": 2 * WIDTH - 1},
    ),
    parameters={"window_size": (4, 7)},
    domain=Domain(positions="non-negative", largest=Min(HEIGHT - 1, floor((WIDTH - 1) / 2))),
    grid=Grid(axes=2, line=along(1, 2), cells=(HEIGHT, WIDTH)),
    without={
        "complex": "the vectors of the offsets are free: no coordinates form a pair",
        "rotate-half": "the vectors of the offsets are free: no coordinates form a pair",
    },
    verdicts={
        "equal-positions": Fails(
            because="the query also meets the two vectors of the offset 0",
            witness=witness(q=(1,), k=(0,), m=1),
        ),
        "symmetry": Fails(
            because="an offset and its opposite have vectors of their own, and the query alone meets them",
            witness=witness(q=(1,), k=(0,), m=0, n=1),
        ),
        "linearity": Fails(
            because="the query meets the vectors of the offset however long the key is",
            witness=witness(x=(1,), y=(1,), k=(1,), a=1, b=1, m=0, n=1),
        ),
        "logit-bound": Fails(
            because="the query meets the vectors of the offset even where the key is 0",
            witness=witness(q=(1,), k=(0,), m=0, n=1),
        ),
        **free("rel_pos_h", "rel_pos_w"),
        "continuity": Fails(because="there is no vector between those of two cells", witness=witness(m=0, n=1)),
        "extrapolation": Fails(because="offsets beyond the window have no row in a table", witness=witness(m=4)),
    },
)
