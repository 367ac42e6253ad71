"""NTK-aware scaling: RoPE with the base b s^(d/(d-2)), s the `factor`.

The fastest pair turns as before, and the slowest factor times as slowly, as interpolation has it: with d - 2 = 2(d/2
- 1), theta_last is b^-((d-2)/d) / s. Between the two the frequencies stay a geometric sequence. Needs two pairs.

Under the convention "mixed" the base stays, and pair i = 0, 1, ... turns s^((2 (i + 1) / d)^c) times as slowly, c the
parameter `mixed_b`: the slowest by the factor, the others by less than in a geometric sequence where c exceeds 1.
"""

from dataclasses import replace

from sympy import Abs, log

from spec.definitions import BASE, DIM, INDEX, Bounded, Departure, Encoding, Ladder, parameter, rotary, witness
from spec.definitions.ramps import FACTOR, POWER, scaled
from spec.encodings.rope import DIRECTED, RISES

EXPONENT = DIM / (DIM - 2)
MIXED_B = parameter("mixed_b")
SHARE = (2 * (INDEX + 1) / DIM) ** MIXED_B
# Of the exponent, that of ln s, two powers, a product and a quotient; then the exponential and a product.
OF_THE_EXPONENT = 3 * MIXED_B * (log(DIM / 2) + log(INDEX + 1)) + 7
MIXED = Ladder(POWER * FACTOR**-SHARE, scaled(FACTOR**-SHARE, SHARE * Abs(log(FACTOR)) * OF_THE_EXPONENT + 3))

ENCODING = Encoding(
    name="rope-ntk",
    title="Rotary position embedding with an NTK-aware base",
    source="bloc97, NTK-Aware Scaled RoPE (2023); Peng et al., YaRN (2023), section 3.1",
    definition=rotary(
        Ladder(
            (BASE * FACTOR**EXPONENT) ** (-2 * INDEX / DIM),
            # Of the factor's power, 3 |ln| and 2 round, as spec.numbers.bounds counts them, then the product and the
            # base that is held; of the base, theta_i takes the 2i/d-th part.
            2 * INDEX / DIM * (3 * EXPONENT * Abs(log(FACTOR)) + 4),
        ),
        least=4,
    ),
    parameters={"base": 10000.0, "factor": 4.0},
    conventions={
        "mixed": Departure(
            definition=rotary(MIXED, least=4),
            parameters={"base": 10000.0, "factor": 4.0, "mixed_b": 0.625},
            tried={"mixed_b": (0.5, 1.0, 1.5)},
            verdicts={
                "remote-decay": Bounded(
                    form="the kernel's means over [2^j, 2^(j+1)) strictly decrease for j = 0..11 (base 10000, factor "
                    "4, mixed_b 0.625, dimensions 64, 80, ..., 512)"
                ),
                "monotone-decay": replace(RISES, witness=witness(kernel=8, k=6)),
            },
        )
    },
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": Bounded(
            form="the kernel's means over [2^j, 2^(j+1)) strictly decrease for j = 0..11 (base 10000, factor 4, "
            "dimensions 64, 80, ..., 512), near 1 - (ln k + 0.577) / ln(base s^(d/(d-2)))"
        ),
    },
)
