"""ALiBi subtracts from every logit the distance of query and key, times a slope of the head.

bias = -slope_h |m - n|. For a number of heads H that is a power of two the slopes are 2^(-8 (h + 1) / H): a geometric
sequence that ends at 2^-8. For any other, the published code takes those of the next smaller power of two c, and
behind them every other one of the sequence of 2c heads, from its first. The convention `geometric` is the sequence for
every H; `causal` counts the distance with its sign, so that keys ahead of the query are raised instead of lowered: the
same under a causal mask, which hides them.
"""

import sympy

from spec.definitions import HEAD, HEADS, KEY, QUERY, Bias, Departure, Encoding, Fails, sequence, witness


def whole_sequence(heads: int) -> int:
    """The largest power of two that is no larger than the number of heads."""
    return 1 << (heads.bit_length() - 1)


def step(head: int, heads: int) -> int:
    """Twice the place of a head's slope in the sequence of `whole_sequence(heads)`; odd for those in between."""
    whole = whole_sequence(heads)
    return 2 * (head + 1) if head < whole else 2 * (head - whole) + 1


def factors(head: int, heads: int) -> int:
    """Of how many equal factors a head's slope is made: 1, 2, ... by place, of those in between 1, 3, 5, ..."""
    place = step(head, heads)
    return place if place % 2 else place // 2


DISTANCE = sympy.Abs(QUERY[0] - KEY[0])
PUBLISHED = 2 ** (-4 * sequence("step")(HEAD, HEADS) / sympy.Function("whole_sequence", positive=True)(HEADS))
FACTORS = sequence("factors")(HEAD, HEADS)
GEOMETRIC = 2 ** (-8 * (HEAD + 1) / HEADS)
UNMULTIPLIED = "a bias multiplies no vector: its own matrix is what the form toeplitz builds"
LOOKED_UP = {"matrix": UNMULTIPLIED, "elementwise": "every entry is looked up, one by one, by the form gather"}
"""Why a learned bias has no such form."""
GROWS = Fails(because="the bias grows with the distance, without end", witness=witness(m=100, n=0))
EACH_ITS_OWN = Fails(because="every head has numbers of its own", witness=witness(positions=(1, 2)))
DIRECTED = Fails(
    because="a key ahead is raised by what a key behind is lowered by", witness=witness(q=(1,), k=(0,), m=1, n=0)
)

ENCODING = Encoding(
    name="alibi",
    title="Attention with linear biases",
    source="Press et al., Train Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation "
    "(2021), section 3",
    definition=Bias(-PUBLISHED * DISTANCE, roundings=3, factors=FACTORS),
    functions={"whole_sequence": whole_sequence, "step": step, "factors": factors},
    conventions={
        "geometric": Departure(definition=Bias(-GEOMETRIC * DISTANCE, roundings=3, factors=HEAD + 1), functions={}),
        "causal": Departure(
            definition=Bias(-PUBLISHED * (QUERY[0] - KEY[0]), roundings=3, factors=FACTORS),
            verdicts={"symmetry": DIRECTED},
        ),
    },
    without={"matrix": UNMULTIPLIED},
    verdicts={"boundedness": GROWS, "head-locality": EACH_ITS_OWN},
)
