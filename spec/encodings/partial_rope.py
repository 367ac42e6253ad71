"""Partial RoPE turns the first `rotary_dim` coordinates as RoPE of that size, and leaves the others as they are."""

from sympy import floor

from spec.definitions import DIM, ROTARY_DIM, Encoding, Turned, rotary
from spec.encodings.rope import DIRECTED, LOGARITHMIC, RISES

ENCODING = Encoding(
    name="partial-rope",
    title="Partial rotary position embedding",
    source="Wang and Komatsuzaki, GPT-J-6B (2021); Black et al., GPT-NeoX-20B (2022), section 2.1",
    definition=rotary(turned=Turned(ROTARY_DIM)),
    parameters={"base": 10000.0, "rotary_dim": 2 * floor(DIM / 4)},
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": LOGARITHMIC,
    },
)
