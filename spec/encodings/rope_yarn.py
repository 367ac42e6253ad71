"""YaRN: fast pairs keep their frequency, slow ones are interpolated, and queries and keys are lengthened.

The ramp is that of the published code: linear in the index of the pair, from the one that turns `beta_fast` times in
the original context, rounded down, to the one that turns `beta_slow` times, rounded up, both held to 0..d-1 (and
1/1000 apart where they meet). Queries and keys are multiplied by the attention factor, so that logits grow by its
square:

    (0.1 mscale ln factor + 1) / (0.1 mscale_all_dim ln factor + 1),    0.1 ln factor + 1 unless told otherwise

Conventions: "by-turns" is the ramp of the paper (section 3.2), linear in the turns, as in Llama 3; "untruncated" is
that of the code, without the rounding to whole pairs (gpt-oss). "deepseek" lengthens nothing: released with mscale =
mscale_all_dim, so that their ratio is 1; the temperature then is left to the scale of the softmax. "both-mscales" is
that of Hugging Face, where mscale and mscale_all_dim count together: without both, the factor is the usual one.
"""

from sympy import Abs, Expr, Heaviside, KroneckerDelta, Max, Min, Rational, ceiling, floor, log, pi

from spec.definitions import (
    BASE,
    DIM,
    INDEX,
    Bounded,
    Departure,
    Encoding,
    Fails,
    Holds,
    Ladder,
    Map,
    Verdict,
    lengthened,
    parameter,
    rotary,
    witness,
)
from spec.definitions.ramps import FACTOR, ORIGINAL, POWER, Ramp, by_turns
from spec.encodings.rope import DIRECTED, RISES

BETA_FAST, BETA_SLOW = parameter("beta_fast"), parameter("beta_slow")
ATTENTION_FACTOR = parameter("attention_factor")


def pair_that_turns(times: Expr) -> Expr:
    """The index, whole or not, of the pair that turns so many times in the original context."""
    return DIM * log(ORIGINAL / (2 * pi * times)) / (2 * log(BASE))


def ramp(first: Expr, last: Expr, *, whole: bool) -> Ramp:
    """From the index of one pair to that of another; between whole numbers only the quotient rounds, and its divisor.

    An index that is not whole is off by 2 d / ln b + 4 of itself: quotient, logarithm, product; 2 ln b, quotient.
    """
    low, high = Max(0, first), Min(DIM - 1, last)
    high = high + KroneckerDelta(low, high) / 1000
    line = (INDEX - low) / (high - low)
    moved = [2 * DIM / log(BASE) + 4 * Abs(end) for end in (low, high)]
    off = 2 * line if whole else (moved[0] * Abs(1 - line) + moved[1] * Abs(line)) / (high - low) + 3 * Abs(line)
    return Ramp(line, off, exact_at_ends=whole)


def _mscale(of: str) -> Expr:
    return _grown(parameter(of))


def _grown(by: Expr | int) -> Expr:
    return 1 + by * Max(0, log(FACTOR)) / 10


MSCALES = _mscale("mscale") / _mscale("mscale_all_dim")
BOTH = Heaviside(parameter("mscale") * parameter("mscale_all_dim") - Rational(1, 2**60), 1)
"""1 where neither is 0, else 0. The letters of parameters count as positive: what exceeds 2^-60 is none that is 0."""


LENGTHENED: dict[str, Verdict] = {
    "norm": Fails(because="every vector is lengthened by the attention factor", witness=witness(x=(1, 0), m=3)),
    "group-law": Fails(because="two moves lengthen twice, one only once", witness=witness(x=(1, 0), a=1, b=2)),
    "inverse": Fails(because="moving back lengthens once more", witness=witness(x=(1, 0), m=3)),
    "identity-at-zero": Fails(because="position 0 turns nothing, and lengthens", witness=witness(x=(1, 0))),
    "equal-positions": Fails(
        because="the dot product is multiplied by the square of the attention factor",
        witness=witness(q=(1, 0), k=(1, 0), m=3),
    ),
    "logit-bound": Fails(
        because="the logit of parallel vectors is |q||k| times the square of the attention factor",
        witness=witness(q=(1, 0), k=(4, 1), m=3, n=3),
    ),
}
TURNED: dict[str, Verdict] = {
    "symmetry": DIRECTED,
    "monotone-decay": RISES,
    "remote-decay": Bounded(
        form="the kernel's means over [2^j, 2^(j+1)) strictly decrease for j = 0..11 (base 10000, factor 4, original "
        "context 2048, dimensions 64, 80, ..., 512)"
    ),
}

PUBLISHED = ramp(floor(pair_that_turns(BETA_FAST)), ceiling(pair_that_turns(BETA_SLOW)), whole=True)
UNTRUNCATED = ramp(pair_that_turns(BETA_FAST), pair_that_turns(BETA_SLOW), whole=False)
BY_TURNS = by_turns(BETA_SLOW, BETA_FAST)
RAMP = {
    "base": 10000.0,
    "factor": 4.0,
    "original_max_position_embeddings": 2048,
    "beta_fast": 32,
    "beta_slow": 1,
}


LENGTH = {"mscale": 1.0, "mscale_all_dim": 0.0}


def ladder(of: Ramp) -> Ladder:
    """The frequencies of RoPE, divided by the factor as the ramp says."""
    return Ladder(POWER * of.share, of.roundings)


def yarn(of: Ramp) -> Map:
    """Turned as the ramp says, and lengthened by the attention factor."""
    return rotary(ladder(of), amplitude=lengthened(ATTENTION_FACTOR))


ENCODING = Encoding(
    name="rope-yarn",
    title="YaRN",
    source="Peng et al., YaRN: Efficient Context Window Extension of LLMs (2023), section 3.4, and its published code",
    definition=yarn(PUBLISHED),
    parameters={**RAMP, **LENGTH, "attention_factor": MSCALES},
    conventions={
        "untruncated": Departure(definition=yarn(UNTRUNCATED)),
        "by-turns": Departure(definition=yarn(BY_TURNS)),
        "both-mscales": Departure(
            definition=yarn(PUBLISHED),
            parameters={
                **RAMP,
                **dict.fromkeys(LENGTH, 0.0),
                "attention_factor": BOTH * MSCALES + (1 - BOTH) * _grown(1),
            },
        ),
        "deepseek": Departure(
            definition=rotary(ladder(PUBLISHED)), parameters=RAMP, verdicts=dict.fromkeys(LENGTHENED, Holds())
        ),
    },
    verdicts={**TURNED, **LENGTHENED},
)
