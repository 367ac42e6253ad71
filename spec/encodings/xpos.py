"""xPos: RoPE whose queries shrink and whose keys grow with the position, so that logits shrink with the distance.

Query and key are scaled by s_i^m and s_i^-n: together by s_i^(m - n), below 1 for keys before the query and above 1 for
keys behind it. Keys grow without bound, so every dtype has a last position: 4532 in float16, 36260 in float32. Up to
`reach` a key grows to 64 times its length at most, which leaves float16 room for entries up to 2^10.

s_i = ((2i / d + 0.4) / 1.4)^(1 / scale_base): gamma is 0.4, as in the published code, and no parameter. That code
counts positions from the middle of the sequence for the scale, and from its start for the angles. Queries then shrink
by as much as keys grow, so that no logit changes: code that does so declares compare="score".
"""

from sympy import Integer, floor, log

from spec.definitions import (
    DIM,
    INDEX,
    POSITION,
    SCALE,
    Amplitude,
    Bounded,
    Domain,
    Encoding,
    Fails,
    parameter,
    rotary,
    witness,
)
from spec.encodings.rope import DIRECTED, RISES

SCALE_BASE = parameter("scale_base")

ENCODING = Encoding(
    name="xpos",
    title="Extrapolatable position embedding",
    source="Sun et al., A Length-Extrapolatable Transformer (2022), section 2.2",
    definition=rotary(
        amplitude=Amplitude(
            query=SCALE**POSITION,
            key=SCALE**-POSITION,
            scale=((10 * INDEX / DIM + 2) / 7) ** (1 / SCALE_BASE),
        )
    ),
    parameters={"base": 10000.0, "scale_base": 512},
    domain=Domain(reach=floor(SCALE_BASE * log(64) / log(Integer(7) / 2))),
    verdicts={
        "norm": Fails(
            because="queries shrink to s^m of their length",
            witness=witness(x=(1, 0), m=100),
        ),
        "boundedness": Fails(
            because="keys grow to s^-n of their length",
            witness=witness(m=44),
        ),
        "logit-bound": Fails(
            because="behind the query s^(m - n) exceeds 1",
            witness=witness(q=(1, 0), k=(1, 0), m=0, n=44),
        ),
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": Bounded(
            form="for keys before the query, the kernel's means over [2^j, 2^(j+1)) strictly decrease for j = 0..11 "
            "(base 10000, scale_base 512, dimensions 64, 80, ..., 512); for keys behind it the logit has no bound"
        ),
    },
)
