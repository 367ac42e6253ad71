"""Position interpolation: RoPE at positions divided by `factor`, which is RoPE at frequencies divided by it.

A context `factor` times as long then asks for no angle that the shorter one did not know. No pair turns by one radian
per position any more: theta_0 is 1 / factor.
"""

from spec.definitions import Bounded, Encoding, Fails, Ladder, rotary, witness
from spec.definitions.ramps import FACTOR, POWER, scaled
from spec.encodings.rope import DIRECTED

INTERPOLATED = Ladder(POWER / FACTOR, scaled(1 / FACTOR, 2))  # a quotient, or a reciprocal and a product

ENCODING = Encoding(
    name="rope-linear",
    title="Rotary position embedding with interpolated positions",
    source="Chen et al., Extending Context Window of Large Language Models via Positional Interpolation (2023), eq. 4",
    definition=rotary(INTERPOLATED),
    parameters={"base": 10000.0, "factor": 4.0},
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": Fails(
            because="cosines rise again, factor times as far out as those of RoPE",
            witness=witness(kernel=8, k=13),
        ),
        "remote-decay": Bounded(
            form="the kernel's means over [2^j, 2^(j+1)) strictly decrease for j = 0..11 (base 10000, factor 4, "
            "dimensions 64, 80, ..., 512): the kernel at k is that of RoPE at k / factor"
        ),
    },
)
