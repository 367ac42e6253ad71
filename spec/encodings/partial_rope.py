"""Partial RoPE turns the first `rotary_dim` coordinates as RoPE of that size, and leaves the others as they are."""

from sympy import floor

from spec.definitions.encoding import Encoding, rotation
from spec.definitions.symbols import BASE, DIM, INDEX, POSITION, ROTARY_DIM, THETA
from spec.encodings.rope import CONSTANT, DIRECTED, LOGARITHMIC, RISES

ENCODING = Encoding(
    name="partial-rope",
    title="Partial rotary position embedding",
    acts_on="query-key",
    source="Wang and Komatsuzaki, GPT-J-6B (2021); Black et al., GPT-NeoX-20B (2022), section 2.1",
    block=rotation(POSITION * THETA),
    frequency=BASE ** (-2 * INDEX / ROTARY_DIM),
    parameters={"base": 10000.0, "rotary_dim": 2 * floor(DIM / 4)},
    extent=ROTARY_DIM,
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": LOGARITHMIC,
        "constant-input-probe": CONSTANT,
    },
)
