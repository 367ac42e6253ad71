"""RoPE inside every block of one modality, nothing across: the position counts only among tokens of the same kind.

logit = q . R_(n-m) k where query and key stand in the same block, and q . k where they do not. A place is (position,
block), the block a whole number that only has to be the same. No positions with RoPE on all pairs say this (they would
have to be equal wherever blocks differ, hence everywhere), so it is a form of the logit, not an assignment.
"""

import sympy
from sympy import KroneckerDelta

from spec.definitions import BASE, DIM, INDEX, KEY, QUERY, Blocks, Encoding, Fails, Form, Grid, witness
from spec.encodings.cross_attention import TURN
from spec.encodings.rope import DIRECTED

SAME = KroneckerDelta(KEY[1] - QUERY[1], 0)
"""1 for two tokens of one block, 0 for tokens of two."""


def text_then_image(p: float) -> tuple[float, ...]:
    """Four tokens of text, in block 0, and an image behind them, in block 1."""
    return (p, int(p >= 4))


FLAT_ACROSS = Fails(
    because="across blocks the logit is that of the distance 0, however far the key is",
    witness=witness(kernel=8, k=3),
)

ENCODING = Encoding(
    name="blockwise",
    title="RoPE inside blocks of one modality",
    source="Su, Multimodal Positional Encoding (2024), kexue.fm/archives/10040, comment of July 2024",
    definition=Form(
        sympy.ImmutableMatrix(sympy.diag(SAME * TURN + (1 - SAME) * sympy.eye(2), 0)),
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM)),
    ),
    parameters={"base": 10000.0},
    grid=Grid(axes=2, line=text_then_image),
    verdicts={
        "symmetry": DIRECTED,
        "injectivity": Fails(because="across blocks every distance counts as 0", witness=witness(m=5, n=6)),
        "monotone-decay": FLAT_ACROSS,
        "remote-decay": FLAT_ACROSS,
    },
)
