"""The Hadamard product multiplies queries and keys, coordinate by coordinate, with the sinusoidal table.

At position 0 the table is 0, 1, 0, 1, ...: half the coordinates of the first token are lost.
"""

import sympy

from spec.definitions import BASE, DIM, INDEX, POSITION, THETA, Blocks, Encoding, Fails, Map, witness

ANGLE = POSITION * THETA
LOST = Fails(
    because="the sine is 0 at position 0, and keeps nothing of the unit content there",
    witness=witness(kernel=8, k=1),
)

ENCODING = Encoding(
    name="hadamard",
    title="Product of queries and keys with the sinusoidal table",
    source="Su, Transformer upgrade road 2: rotary position embedding (2021), kexue.fm/archives/8265, mentions "
    "products with the table of Vaswani et al. (2017), section 3.5",
    definition=Map(
        sympy.ImmutableMatrix(sympy.diag(sympy.sin(ANGLE), sympy.cos(ANGLE))),
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM)),
    ),
    parameters={"base": 10000.0},
    without={"rotate-half": "coordinates are scaled where they stand, and none meets its partner"},
    verdicts={
        "relative-position-invariance": Fails(
            because="sin m sin n depends on m + n as well",
            witness=witness(q=(1, 0), k=(1, 0), m=0, n=0, c=1),
        ),
        "translation-invariance": Fails(
            because="sin m sin n depends on m + n as well",
            witness=witness(q=(1, 0), k=(1, 0), y=(0, 0), m=0, n=1, l=2, c=1),
        ),
        "equal-positions": Fails(
            because="products are weighted by the squares of sine and cosine",
            witness=witness(q=(1, 0), k=(1, 0), m=1),
        ),
        "norm": Fails(because="sine and cosine shorten the coordinates", witness=witness(x=(1, 0), m=1)),
        "group-law": Fails(because="sin a sin b is not sin(a + b)", witness=witness(x=(1, 0), a=1, b=1)),
        "inverse": Fails(because="the sine of -m has the other sign", witness=witness(x=(1, 0), m=1)),
        "identity-at-zero": Fails(because="the sine of 0 erases every other coordinate", witness=witness(x=(1, 0))),
        "direction": Fails(
            because="nothing turns: the first coordinate never reaches the second", witness=witness(m=1)
        ),
        "spectrum": Fails(because="nothing turns: the angles are in lengths", witness=witness(m=1)),
        "remote-decay": LOST,
        "monotone-decay": LOST,
    },
)
