"""RoPE at normalised coordinates: positions are places in an image, from -1 at one edge to 1 at the other.

theta_i = 2 pi b^(-4i/d) radians per unit, for the row and again for the column: the fastest pair turns round twice from
edge to edge, however many patches an image has. Where the patches of an image lie says `patch-centres`.
"""

from dataclasses import replace

from sympy import pi

from spec.definitions import Encoding, Fails, Grid, Ladder, along, equal_sections, rotary, witness
from spec.definitions.ramps import POWER, scaled
from spec.encodings.rope import RISES
from spec.encodings.rope_2d import ROPE_ON_A_GRID

EACH_WAY = along(0.125, 0.25)
ROUND = Ladder(2 * pi * POWER, scaled(2 * pi, 2))  # of 2 pi, and of the product with it

ENCODING = Encoding(
    name="rope-normalised-2d",
    title="Rotary position embedding at normalised coordinates",
    source="Simeoni et al., DINOv3 (2025), section 3.2, and its published code",
    definition=rotary(ROUND, dealing=equal_sections(2, own_ladders=True), multiple=4),
    parameters={"base": 100.0},
    grid=Grid(axes=2, line=EACH_WAY),
    verdicts={
        **ROPE_ON_A_GRID,
        "remote-decay": Fails(
            because="from a distance of 2, which is an image, the slow pairs have turned as well, and turn back",
            witness=witness(kernel=64, k=4),
        ),
        "monotone-decay": replace(RISES, witness=witness(kernel=8, k=2)),
        "injectivity": Fails(because="after one unit the first pair has turned round", witness=witness(m=0, n=8)),
        "text-degeneration": Fails(because="pair 0 turns by 2 pi, where RoPE turns by 1", witness=witness(pair=0, m=1)),
    },
)
