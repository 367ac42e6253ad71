"""RoPE turns each pair of query and key coordinates by an angle proportional to the position."""

from spec.definitions import LADDER, Bounded, Encoding, Fails, rotary, witness

DIRECTED = Fails(
    because="the sine part 2 sin(n theta) (q2 k1 - q1 k2) changes its sign with the offset",
    witness=witness(q=(1, 0), k=(0, 1), m=0, n=1),
)
RISES = Fails(
    because="cosines rise again: the fast pairs have turned once round before the slow ones have moved",
    witness=witness(kernel=8, k=3),
)
LOGARITHMIC = Bounded(
    form="the kernel's means over [2^j, 2^(j+1)) strictly decrease for j = 0..11 "
    "(base 10000, dimensions 64, 80, ..., 512), near 1 - (ln k + 0.577) / ln(base); no pointwise decay, and by "
    "almost periodicity none at infinity",
)
ENCODING = Encoding(
    name="rope",
    title="Rotary position embedding",
    source="Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding (2021), eq. 15",
    definition=rotary(LADDER),
    parameters={"base": 10000.0},
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": LOGARITHMIC,
    },
)
