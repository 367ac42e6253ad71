"""What the numbers are: agreement with the definition, pair by pair, and nothing else touched."""

from spec.statements import contract, structure
from spec.statements.needs import (
    acts_on_queries_and_keys,
    has_parameters,
    leaves_coordinates,
    pairs_coordinates,
)
from spec.structure import rest_is_not_covered


@contract("values")
def exact_values() -> None:
    """The values are those of the definition, within the error that the dtype makes unavoidable."""


@contract("values", acts_on_queries_and_keys)
def exact_logits() -> None:
    """The logits of all queries with all keys are those of the definition, within the unavoidable error."""


@contract("values")
def large_positions() -> None:
    """The values stay within the unavoidable error at positions up to 2^20."""


@contract("values")
def fractional_positions() -> None:
    """Positions between the integers give the values of the definition."""


@contract("values")
def negative_positions() -> None:
    """Negative positions give the values of the definition."""


@contract("values", has_parameters)
def parameters_honoured() -> None:
    """A parameter that the function accepts has its stated effect."""


@contract("values", pairs_coordinates)
def layout() -> None:
    """The coordinates that form a pair are those of the declared layout; for a table, where sine and cosine stand."""


@contract("values", acts_on_queries_and_keys)
def finite() -> None:
    """Finite input of any magnitude gives finite output, within the unavoidable error."""


@structure("values", rest_is_not_covered, acts_on_queries_and_keys, leaves_coordinates)
def untouched_dimensions() -> None:
    """The coordinates behind the rotated ones come back bit for bit."""
