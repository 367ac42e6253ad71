"""Cases of what is declared: within it everything must be computed, so every head size and number of heads is asked."""

from impls import Implementation
from properties.cases.case import Case, counts_of_heads

PLACES = (0, 1, 3, 17, 64)


def declared(implementation: Implementation) -> tuple[Case, ...]:
    """One small case for every head size, and one for every number of heads."""
    sizes = (Case(dim=size, positions=PLACES, others=PLACES[1:4]) for size in implementation.head_sizes or ())
    heads = counts_of_heads(implementation) or ()
    return (*sizes, *(Case(dim=8, positions=PLACES, others=PLACES[1:4], heads=count) for count in heads))
