"""EulerFormer: the phase of every pair is stretched and shifted, and then the pair turns as in RoPE.

A pair r e^(i phi) becomes r e^(i (alpha phi + beta)): the difference of two contents counts alpha times, that of two
positions as ever. What a content turns by itself depends on that content alone, and so the logit stays relative,
whatever the map of the contents is; but no such map is linear, unless alpha is 1.
"""

import sympy

from spec.definitions import (
    BASE,
    CONTENT,
    DIM,
    INDEX,
    POSITION,
    THETA,
    Blocks,
    Encoding,
    Fails,
    Map,
    Verdict,
    parameter,
    rotation,
    witness,
)
from spec.encodings.rope import DIRECTED, LOGARITHMIC, RISES

PHASE = sympy.atan2(CONTENT[1], CONTENT[0])
PHASE_SCALE, PHASE_SHIFT = parameter("phase_scale"), parameter("phase_shift")
OWN_TURN: dict[str, Verdict] = {
    "equal-positions": Fails(
        because="the angle between query and key is not kept",
        witness=witness(q=(1, 0), k=(0, 1), m=1),
    ),
    "linearity": Fails(
        because="the phase of a sum is not turned as those of its parts",
        witness=witness(x=(1, 1), y=(0, 1), k=(0, 0), a=1, b=1, m=1, n=0),
    ),
    "gradient": Fails(
        because="the turn depends on the content, and has a gradient of its own",
        witness=witness(x=(1, 0), g=(0, 1), m=1),
    ),
    "group-law": Fails(
        because="the content turns by itself at every move",
        witness=witness(x=(0, 1), a=1, b=2),
    ),
    "inverse": Fails(
        because="moving back, the content turns by itself once more",
        witness=witness(x=(0, 1), m=1),
    ),
    "identity-at-zero": Fails(
        because="the content has turned by itself",
        witness=witness(x=(0, 1)),
    ),
}

ENCODING = Encoding(
    name="eulerformer",
    title="Rotary position embedding of rescaled phases",
    source="Tian et al., EulerFormer: Sequential User Behavior Modeling with Complex Vector Attention (2024), sec. 3.3",
    definition=Map(
        rotation(POSITION * THETA),
        turn=(PHASE_SCALE - 1) * PHASE + PHASE_SHIFT,
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM)),
    ),
    parameters={"base": 10000.0, "phase_scale": 0.5, "phase_shift": 0.25},
    tried={"phase_scale": (2.0, 0.7, 1.0), "phase_shift": (1.5, 0.3, 3.0)},
    without={"matrix": "the turn of a content depends on the content itself, which no matrix does"},
    verdicts={
        **OWN_TURN,
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": LOGARITHMIC,
    },
)
