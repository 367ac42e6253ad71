"""Partial RoPE turns the first `rotary_dim` coordinates as RoPE of that size, and leaves the others as they are."""

from sympy import floor

from spec.definitions import DIM, ROTARY_DIM, Bounded, Encoding, Turned, rotary
from spec.encodings.rope import DIRECTED, RISES

ENCODING = Encoding(
    name="partial-rope",
    title="Partial rotary position embedding",
    source="Wang and Komatsuzaki, GPT-J-6B (2021); Black et al., GPT-NeoX-20B (2022), section 2.1",
    definition=rotary(turned=Turned(ROTARY_DIM)),
    parameters={"base": 10000.0, "rotary_dim": 2 * floor(DIM / 4)},
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": Bounded(
            form="the means of the kernel of the pairs that turn, over [2^j, 2^(j+1)), strictly decrease for j = 0..11 "
            "(base 10000, dimensions 64, 80, ..., 512), near 1 - (ln k + 0.577) / ln(base) of their number"
        ),
    },
)
