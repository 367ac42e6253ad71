"""Complex-order embeddings give each word length, phase and frequency in every dimension: r e^(i (omega p + phi)).

Length and phase are those of a pair of coordinates, so that a pair is turned by omega p, omega its word's own. Here the
frequencies of the key's word are `frequency_ratio` times those of the query's word: their logit is relative only where
words share their frequencies, as they do under the convention "shared-frequency", which is RoPE.
"""

from spec.definitions import (
    BASE,
    DIM,
    INDEX,
    LADDER,
    POSITION,
    THETA,
    Blocks,
    Bounded,
    Departure,
    Encoding,
    Fails,
    Holds,
    Map,
    Verdict,
    parameter,
    rotary,
    rotation,
    witness,
)
from spec.encodings.rope import DIRECTED, LOGARITHMIC, RISES

APART: dict[str, Verdict] = {
    "relative-position-invariance": Fails(
        because="words of different frequencies turn at different speeds: the angle is omega m - omega' n",
        witness=witness(q=(1, 0), k=(1, 0), m=0, n=0, c=1),
    ),
    "translation-invariance": Fails(
        because="words of different frequencies turn at different speeds: the angle is omega m - omega' n",
        witness=witness(q=(1, 0), k=(1, 0), y=(-1, 0), m=0, n=1, l=2, c=7),
    ),
    "equal-positions": Fails(
        because="at one position, words of different frequencies have turned by different angles",
        witness=witness(q=(1, 0), k=(1, 0), m=1),
    ),
}

TOGETHER = dict.fromkeys(APART, Holds())
FROM_ZERO = Bounded(
    form="of a query at k with a key at 0, the means over k in [2^j, 2^(j+1)) strictly decrease for j = 0..11 (base "
    "10000, ratio 1/2, dimensions 64, 80, ..., 512); with the key elsewhere they need not: the logit is not relative"
)

ENCODING = Encoding(
    name="complex-order",
    title="Complex-order embedding, acting on queries and keys",
    source="Wang et al., Encoding Word Order in Complex Embeddings (2020), eq. 4",
    definition=Map(
        rotation(POSITION * THETA),
        key_block=rotation(POSITION * THETA * parameter("frequency_ratio")),
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM), frequency_roundings=1),
    ),
    parameters={"base": 10000.0, "frequency_ratio": 0.5},
    tried={"frequency_ratio": (0.25, 0.7, 1.0)},
    conventions={
        "shared-frequency": Departure(definition=rotary(LADDER), verdicts={**TOGETHER, "remote-decay": LOGARITHMIC}),
    },
    verdicts={"symmetry": DIRECTED, "monotone-decay": RISES, "remote-decay": FROM_ZERO, **APART},
)
