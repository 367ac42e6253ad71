"""Video Swin adds to every logit a learned number, one for each head and each offset of two cells of a window in time.

bias = b[((n_t + T - 1)(2H - 1) + n_r + H - 1)(2W - 1) + n_c + W - 1, h], with (n_t, n_r, n_c) the place of the query
minus that of the key, in a window of T frames, H rows and W columns: frame by frame, and in each row by row.
"""

from sympy import Min, floor

from spec.definitions import HEAD, KEY, QUERY, TABLE, Bias, Domain, Encoding, Grid, along, sequence
from spec.encodings.alibi import LOOKED_UP
from spec.encodings.swin_bias import in_a_window

FRAMES, HEIGHT, WIDTH = (sequence("window_size")(axis) for axis in range(3))
LATER, DOWN, RIGHT = (QUERY[axis] - KEY[axis] for axis in range(3))

ENCODING = Encoding(
    name="swin-bias-3d",
    title="Relative bias of Video Swin in a window",
    source="Liu et al., Video Swin Transformer (2021), section 3.2",
    definition=Bias(
        TABLE(
            ((LATER + FRAMES - 1) * (2 * HEIGHT - 1) + DOWN + HEIGHT - 1) * (2 * WIDTH - 1) + RIGHT + WIDTH - 1, HEAD
        ),
        rows=(2 * FRAMES - 1) * (2 * HEIGHT - 1) * (2 * WIDTH - 1),
    ),
    parameters={"window_size": (4, 5, 7)},
    tried={"window_size": ((2, 3, 4), (1, 6, 7), (8, 7, 7), (16, 7, 7))},
    domain=Domain(positions="non-negative", largest=Min(FRAMES - 1, HEIGHT - 1, floor((WIDTH - 1) / 2))),
    grid=Grid(axes=3, line=along(1, 1, 2), cells=(FRAMES, HEIGHT, WIDTH)),
    without=LOOKED_UP,
    verdicts=in_a_window(beyond=4),
)
