"""The sinusoidal table adds a sine and a cosine of every frequency to the input.

Sines and cosines alternate (layout interleaved, the paper), or all sines come first (half). Under the convention
"tensor2tensor" the frequencies end at exactly 1 / base; under "cosines-first" the cosine of a pair stands where its
sine would, in either layout. The table of fairseq is that one, in halves: it differs in the
numbers of the positions alone, which are counted from padding_idx + 1 before they are looked up.
"""

import sympy

from spec.definitions import (
    BASE,
    DIM,
    INDEX,
    POSITION,
    THETA,
    Blocks,
    Departure,
    Encoding,
    Fails,
    Table,
    Verdict,
    witness,
)
from spec.encodings.rope import LOGARITHMIC, RISES

ADDED: dict[str, Verdict] = {
    "relative-position-invariance": Fails(
        because="the products of content and table (terms 2 and 3 of four) depend on each position by itself",
        witness=witness(q=(1, 0), k=(0, 0), m=0, n=1, c=1),
    ),
    "translation-invariance": Fails(
        because="the content of the query meets the table at the key's absolute position",
        witness=witness(q=(1, 0), k=(0, 0), y=(0, 0), m=0, n=1, l=2, c=1),
    ),
    "equal-positions": Fails(
        because="the table's own norm and its products with the content are added to the logit",
        witness=witness(q=(1, 0), k=(1, 0), m=1),
    ),
    "symmetry": Fails(
        because="query and key meet the table at different positions",
        witness=witness(q=(1, 0), k=(0, 0), m=0, n=1),
    ),
    "adjacent-orthogonality": Fails(
        because="adjacent rows are nearly parallel: their cosine is at least cos 1",
        witness=witness(m=0, n=1),
    ),
    "monotone-distance": Fails(
        because="rows come near again: the distance is that of cosines, which rise again",
        witness=witness(kernel=8, k=3),
    ),
    "remote-decay": LOGARITHMIC,
    "monotone-decay": RISES,
}
"""What adding a table of sines and cosines does to the logits, and what its rows are to each other."""


WAVES = sympy.ImmutableMatrix([sympy.sin(POSITION * THETA), sympy.cos(POSITION * THETA)])
"""A sine and a cosine for each pair."""
PAPER = BASE ** (-2 * INDEX / DIM)
ENDING_AT_BASE = BASE ** (-INDEX / (DIM / 2 - 1))
"""The last frequency is exactly 1 / base."""


ENCODING = Encoding(
    name="sinusoidal",
    title="Sinusoidal table",
    source="Vaswani et al., Attention Is All You Need (2017), section 3.5",
    definition=Table(WAVES, blocks=Blocks(frequency=PAPER)),
    parameters={"base": 10000.0},
    conventions={
        "tensor2tensor": Departure(definition=Table(WAVES, blocks=Blocks(frequency=ENDING_AT_BASE, least=4))),
        "cosines-first": Departure(definition=Table(WAVES, blocks=Blocks(frequency=PAPER, backwards=True))),
    },
    verdicts=ADDED,
)
