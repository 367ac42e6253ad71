"""Proportional RoPE: the slowest pairs of RoPE do not turn, all others keep their frequencies and their coordinates.

Of the d/2 pairs the first floor(r d/2) turn, where r is `partial_rotary_factor`. Partial RoPE turns as many pairs, and
is another encoding: its exponents are divided by the number of coordinates that turn, and in halves its pairs lie
within these. Here exponents are divided by d, and a pair is i and i + d/2.
"""

from sympy import floor

from spec.definitions import DIM, Encoding, Fails, Turned, parameter, rotary, witness
from spec.encodings.rope import DIRECTED, RISES
from spec.encodings.rope_linear import INTERPOLATED

SHARE = parameter("partial_rotary_factor")

ENCODING = Encoding(
    name="rope-proportional",
    title="Proportional rotary position embedding",
    source="Barbero et al., Round and Round We Go! What Makes Rotary Positional Encodings Useful? (2024), section 6; "
    "as rope_type proportional in Gemma 4 (2026)",
    definition=rotary(INTERPOLATED, turned=Turned(pairs=floor(SHARE * DIM / 2)), least=8),
    parameters={"base": 10000.0, "factor": 1.0, "partial_rotary_factor": 0.25},
    tried={"partial_rotary_factor": (0.75, 1.0, 0.125)},
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": Fails(
            because="no pair is slow: the means come down to zero, and swing about it", witness=witness(kernel=64, k=4)
        ),
    },
)
