"""LongRoPE: every pair has a factor of its own to be divided by, one for short sequences and another for long ones.

A sequence is long where it reaches beyond `original_max_position_embeddings`; what was encoded before it did so, a
cached key for instance, was turned by other angles. Queries and keys are multiplied by the attention factor

    sqrt(1 + ln factor / ln original),    factor = max_position_embeddings / original unless given; 1 where factor <= 1

whether the sequence is long or not; unless there is a `short_mscale` for short sequences, or a `long_mscale` for long
ones, which then takes its place (Phi-3.5-MoE).
"""

from sympy import Heaviside, Max, log, sqrt

from spec.definitions import (
    INDEX,
    LENGTH,
    Bounded,
    Encoding,
    Fails,
    Ladder,
    lengthened,
    parameter,
    rotary,
    sequence,
    witness,
)
from spec.definitions.ramps import FACTOR, ORIGINAL, POWER, scaled
from spec.encodings.rope import DIRECTED, RISES
from spec.encodings.rope_dynamic_ntk import follows
from spec.encodings.rope_yarn import ATTENTION_FACTOR, LENGTHENED

LONG = Heaviside(LENGTH - ORIGINAL, 0)
LENGTH_FACTOR = LONG * parameter("long_mscale") + (1 - LONG) * parameter("short_mscale")
DIVISOR = LONG * sequence("long_factor")(INDEX) + (1 - LONG) * sequence("short_factor")(INDEX)


def _short(dim: int) -> tuple[float, ...]:
    """From 1 for the fastest pair to nearly 2 for the slowest: models bring factors that a search has found."""
    return tuple(1 + 2 * i / dim for i in range(dim // 2))


def _long(dim: int) -> tuple[float, ...]:
    """From 5/4 for the fastest pair to nearly 32 for the slowest."""
    return tuple(1.25 + 61.5 * i / dim for i in range(dim // 2))


ENCODING = Encoding(
    name="rope-longrope",
    title="LongRoPE",
    source="Ding et al., LongRoPE: Extending LLM Context Window Beyond 2 Million Tokens (2024), section 3, and Phi-3",
    definition=rotary(
        Ladder(POWER / DIVISOR, scaled(1 / DIVISOR, 2)),  # the factor as it is held, and a quotient or product
        amplitude=lengthened(LENGTH_FACTOR),
    ),
    parameters={
        "base": 10000.0,
        "short_factor": _short,
        "long_factor": _long,
        "original_max_position_embeddings": 4096,
        "max_position_embeddings": 131072,
        "factor": parameter("max_position_embeddings") / ORIGINAL,
        "attention_factor": sqrt(1 + Max(0, log(FACTOR)) / log(ORIGINAL)),
        "short_mscale": ATTENTION_FACTOR,
        "long_mscale": ATTENTION_FACTOR,
    },
    tried={"short_mscale": (1.0, 1.25, 0.75), "long_mscale": (1.5, 1.0, 0.75)},
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": Bounded(
            form="the kernel's means over [2^j, 2^(j+1)) strictly decrease for j = 0..11, all within one sequence of "
            "length 4096 (base 10000, short factors from 1 to 2, dimensions 64, 80, ..., 512)"
        ),
        **LENGTHENED,
        **follows("the sequence long"),
        "continuity": Fails(
            because="all factors change at once where the sequence grows beyond its original length",
            witness=witness(m=4095, n=4096),
        ),
    },
)
