"""The conditions under which a statement says something, each with its reason where it does not."""

from collections.abc import Callable
from typing import cast

from spec.definitions.definition import Definition, OnVectors
from spec.definitions.encoding import Encoding
from spec.definitions.form import Form
from spec.definitions.kinds import KINDS
from spec.definitions.map import Map
from spec.definitions.runs import kinds
from spec.definitions.table import Table
from spec.proving.structure import learns


def _is(encoding: Encoding, asked: Callable[[type[Definition]], bool]) -> str | None:
    """None for a kind of which this is true; else which those kinds are, and which this one is."""
    if asked(type(encoding.definition)):
        return None
    spoken = " or ".join(kind.spoken for kind in KINDS if asked(kind))
    return f"speaks of {spoken}; this encoding is {encoding.definition.spoken}"


def acts_on_queries_and_keys(encoding: Encoding) -> str | None:
    """The statement is about a map of query and key vectors."""
    return _is(encoding, lambda kind: kind.maps)


def is_handed_vectors(encoding: Encoding) -> str | None:
    """The statement is about queries and keys that are handed in."""
    return _is(encoding, lambda kind: kind in (Map, Form))


def has_heads(encoding: Encoding) -> str | None:
    """The statement is about the heads of attention."""
    return _is(encoding, lambda kind: kind.attends and kind is not Table)


def has_gradients(encoding: Encoding) -> str | None:
    """The statement is about sums over tokens, of contents or of what is learned."""
    if encoding.definition.maps:
        return "speaks of sums over tokens; a map turns each vector by itself"
    meets = encoding.acts_on in ("content-score", "weights")
    return None if meets or learns(encoding) else "it meets no contents, and nothing of it is learned"


def is_a_table(encoding: Encoding) -> str | None:
    """The statement is about a table of one row a position."""
    return _is(encoding, lambda kind: kind is Table)


def acts_on_vectors(encoding: Encoding) -> str | None:
    """The statement is about what becomes of a vector at a position."""
    return _is(encoding, lambda kind: kind.on_vectors)


def acts_by_position(encoding: Encoding) -> str | None:
    """The statement is about what a position makes of a vector, or two of a query and a key."""
    return _is(encoding, lambda kind: kind.on_vectors or hasattr(kind, "entries"))


def acts_on_attention(encoding: Encoding) -> str | None:
    """The statement is about attention, so about anything but the positions themselves."""
    only = "speaks of attention; this encoding only says where tokens stand"
    return None if encoding.definition.attends else only


def assigns_positions(encoding: Encoding) -> str | None:
    """The statement is about where tokens stand."""
    return _is(encoding, lambda kind: not kind.attends)


def places_text(encoding: Encoding) -> str | None:
    """The statement is about text between images, or behind them."""
    return None if "text" in kinds(encoding) else "speaks of text; this encoding places images and videos alone"


def has_rows_and_columns(encoding: Encoding) -> str | None:
    """The statement is about positions with a row and a column."""
    return None if encoding.grid.axes > 1 else "speaks of rows and columns; this encoding puts everything in one line"


def is_one_line(encoding: Encoding) -> str | None:
    """The statement is about positions in one line."""
    return None if encoding.grid.axes == 1 else "speaks of one line; this encoding has rows and columns"


def turns(encoding: Encoding) -> str | None:
    """The statement is about an angle."""
    return None if encoding.turns else "speaks of an angle; this encoding turns nothing"


def pairs_coordinates(encoding: Encoding) -> str | None:
    """The statement is about pairs of coordinates."""
    return None if encoding.width == 2 else "speaks of pairs of coordinates; this encoding has none"


def is_at_rest_at_zero(encoding: Encoding) -> str | None:
    """The statement is about position 0, where nothing has turned yet."""
    origin = cast(OnVectors, encoding.definition).origin
    return f"speaks of angles that are 0 at position 0; here they are at {origin:g}" if origin else None


def leaves_coordinates(encoding: Encoding) -> str | None:
    """The statement is about coordinates behind the rotated ones."""
    return None if encoding.blocks.partial else "every coordinate belongs to a block; there is no untouched rest"


def has_parameters(encoding: Encoding) -> str | None:
    """The statement is about parameters."""
    return None if encoding.parameters else "the encoding has no parameter"


def has_two_axes(encoding: Encoding) -> str | None:
    """The statement is about positions on a grid."""
    many = encoding.grid.axes > 1 and encoding.definition.maps
    return None if many else "speaks of vectors turned by positions on a grid; this encoding's positions have one axis"


def takes_negatives(encoding: Encoding) -> str | None:
    """The statement is about negative positions."""
    defined = encoding.domain.positions in ("any", "integers") and encoding.domain.smallest is None
    return None if defined else "the encoding is defined on positions from 0 on"


def takes_fractions(encoding: Encoding) -> str | None:
    """The statement is about positions between the integers."""
    return None if encoding.domain.positions == "any" else "the encoding is defined on integer positions"


def reaches_far(encoding: Encoding) -> str | None:
    """The statement is about positions far out."""
    if encoding.domain.reach is not None:
        return "its numbers leave the range of the narrow dtypes before"
    return None if encoding.domain.largest is None else "the encoding is defined up to a largest position"
