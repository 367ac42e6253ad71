"""What the numbers are: agreement with the definition, pair by pair, and nothing else touched."""

from spec.proving.structure import changes_continuously, reaches_everywhere, rest_is_not_covered
from spec.statements import contract, structure
from spec.statements.needs import (
    acts_on_attention,
    acts_on_queries_and_keys,
    acts_on_vectors,
    has_parameters,
    has_two_axes,
    is_at_rest_at_zero,
    is_handed_vectors,
    leaves_coordinates,
    pairs_coordinates,
    reaches_far,
    takes_fractions,
    takes_negatives,
)


@contract("values")
def exact_values() -> None:
    """The values are those of the definition, within the error that the dtype makes unavoidable."""


@contract("values")
def real_sizes() -> None:
    """The values are those of the definition at the sizes of real models: every one of long, wide and many vectors."""


@contract("values")
def exact_logits() -> None:
    """What attention sees is that of the definition, within the unavoidable error.

    These are the logits of all queries with all keys: for a table, the products of its rows; for places, how they lie
    to one another.
    """


@contract("values", acts_on_queries_and_keys)
def tables_honoured() -> None:
    """Cosines and sines, or angles, that are handed in are used as they are, also where they belong to no rotation."""


@contract("values", acts_on_attention, reaches_far)
def large_positions() -> None:
    """The values stay within the unavoidable error at positions up to 2^22."""


@contract("values", acts_on_attention, takes_fractions)
def fractional_positions() -> None:
    """Positions between the integers give the values of the definition."""


@contract("values", acts_on_attention, takes_negatives)
def negative_positions() -> None:
    """Negative positions give the values of the definition."""


@contract("values", has_two_axes)
def grid_places() -> None:
    """Any place on the grid gives the values of the definition, whichever of its coordinates is the largest."""


@contract("values", has_parameters)
def parameters_honoured() -> None:
    """A parameter that the function accepts has its stated effect."""


@contract("values", acts_on_vectors, pairs_coordinates, is_at_rest_at_zero)
def layout() -> None:
    """The coordinates that form a pair are those of the declared layout; for a table, where sine and cosine stand."""


@contract("values", is_handed_vectors)
def finite() -> None:
    """Finite input of any magnitude gives finite output, within the unavoidable error."""


@structure("values", changes_continuously, acts_on_attention)
def continuity() -> None:
    """It has a meaning at every real position, and changes continuously with it."""


@structure("values", reaches_everywhere, acts_on_attention)
def extrapolation() -> None:
    """It is defined at every position, however far: nothing has to be trained or enlarged for longer sequences."""


@structure("values", rest_is_not_covered, acts_on_queries_and_keys, leaves_coordinates)
def untouched_dimensions() -> None:
    """The coordinates behind the rotated ones come back bit for bit."""
