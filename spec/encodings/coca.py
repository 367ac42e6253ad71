"""CoCA: within each pair, query and key point the same way. Their phases are removed, and the pair turns as in RoPE.

It is the case alpha = 0 of EulerFormer. A pair gives |q||k| cos((m - n) theta) to the logit, which does not tell before
from behind. The paper makes the key collinear with the query, k = q * t with one t >= 0 a pair, and turns both as RoPE:
the logit of that key is the one of this definition.
"""

from spec.definitions import BASE, DIM, INDEX, POSITION, THETA, Blocks, Encoding, Map, rotation
from spec.encodings.eulerformer import OWN_TURN, PHASE
from spec.encodings.rope import LOGARITHMIC, RISES

ENCODING = Encoding(
    name="coca",
    title="Collinear constrained attention",
    source="Zhu et al., CoCA: Fusing Position Embedding with Collinear Constrained Attention (2023), section 3; "
    "as read by Su, Transformer Upgrade 17 (2024), comments",
    definition=Map(
        rotation(POSITION * THETA),
        turn=-PHASE,
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM)),
    ),
    parameters={"base": 10000.0},
    without={"matrix": "the turn of a content depends on the content itself, which no matrix does"},
    verdicts={
        **OWN_TURN,
        "monotone-decay": RISES,
        "remote-decay": LOGARITHMIC,
    },
)
