"""NoPE encodes nothing: queries and keys stay as they are."""

import sympy

from spec.definitions import Blocks, Encoding, Fails, Map, witness

ENCODING = Encoding(
    name="nope",
    title="No positional encoding",
    source="Kazemnejad et al., The Impact of Positional Encoding on Length Generalization in Transformers (2023)",
    definition=Map(sympy.ImmutableMatrix([[1]]), blocks=Blocks(multiple=2)),
    verdicts={
        "permutation-non-invariance": Fails(
            because="no position enters the logits: permuting the tokens permutes the outputs",
            witness=witness(q=(1,), k=(2,), y=(3,), m=1, n=2),
        ),
        "injectivity": Fails(
            because="all positions act alike",
            witness=witness(x=(1,), m=0, n=1),
        ),
        "remote-decay": Fails(
            because="the logit is the same at every distance",
            witness=witness(kernel=8, k=1),
        ),
        "monotone-decay": Fails(
            because="the logit is the same at every distance",
            witness=witness(kernel=8, k=1),
        ),
    },
)
