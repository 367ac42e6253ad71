"""FLOATER takes the rows of its table from the solution of a differential equation dp/dt = h(t, p), at t = 0, 1, ...

With dynamics that are linear and the same at all times, dp/dt = A p, the row of time t is exp(A t) p(0). The smallest
example that is bounded has A = theta [[0, 1], [-1, 0]] and p(0) = (0, 1) in every pair: its solution is the sinusoidal
table. Learned dynamics are a matter of training, and of the solver.
"""

import sympy

from spec.definitions import BASE, DIM, INDEX, POSITION, THETA, Blocks, Encoding, Table, rotation
from spec.encodings.sinusoidal import ADDED

START = sympy.ImmutableMatrix([0, 1])
"""p(0) in every pair."""
DYNAMICS = THETA * sympy.ImmutableMatrix([[0, 1], [-1, 0]])
"""A: the velocity of a pair is A times the pair."""

ENCODING = Encoding(
    name="floater",
    title="FLOATER with linear dynamics",
    source="Liu et al., Learning to Encode Position for Transformer with Continuous Dynamical Model (2020), eq. 4",
    definition=Table(
        sympy.ImmutableMatrix(rotation(-POSITION * THETA) * START),
        blocks=Blocks(frequency=BASE ** (-2 * INDEX / DIM)),
    ),
    parameters={"base": 10000.0},
    verdicts=ADDED,
)
