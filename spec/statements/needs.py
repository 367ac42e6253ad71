"""The conditions under which a statement says something, each with its reason where it does not."""

from spec.encoding import Encoding


def acts_on_queries_and_keys(encoding: Encoding) -> str | None:
    """The statement is about a map of query and key vectors."""
    return None if encoding.acts_on == "query-key" else "speaks of a map of queries and keys; this encoding has none"


def is_a_table(encoding: Encoding) -> str | None:
    """The statement is about a table of one row a position."""
    return None if encoding.acts_on == "input" else "speaks of a table added to the input; this encoding has none"


def turns(encoding: Encoding) -> str | None:
    """The statement is about an angle."""
    return None if encoding.turns else "speaks of an angle; this encoding turns nothing"


def pairs_coordinates(encoding: Encoding) -> str | None:
    """The statement is about pairs of coordinates."""
    return None if encoding.width == 2 else "speaks of pairs of coordinates; this encoding has none"


def leaves_coordinates(encoding: Encoding) -> str | None:
    """The statement is about coordinates behind the rotated ones."""
    return None if encoding.partial else "every coordinate belongs to a block; there is no untouched rest"


def has_parameters(encoding: Encoding) -> str | None:
    """The statement is about parameters."""
    return None if encoding.parameters else "the encoding has no parameter"


def has_two_axes(encoding: Encoding) -> str | None:
    """The statement is about positions on a grid."""
    return "speaks of positions on a grid; this encoding's positions have one axis"
