"""Cases in which known mistakes differ from one another."""

from properties.cases.case import Case

POSITIONS: tuple[tuple[float, ...], ...] = (
    (300, 5, 4097, 1, 257, 5000, 3, 3),
    (7,),
    tuple(range(2, 22)),
    (-3, -40),
    (2.75, 40.5),
)
CONFIGURED = (("base", 500000.0), ("rotary_dim", 4), ("mrope_section", (3, 3, 2)), ("scale_base", 64))
MISTAKEN = (
    *(Case(dim=8, positions=places) for places in POSITIONS),
    *(Case(dim=16, positions=(3, 40), parameters=(given,)) for given in CONFIGURED),
)
"""Where the faults differ: far out and near, in any order, alone, many, negative, between the integers, configured."""
