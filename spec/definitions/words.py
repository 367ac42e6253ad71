"""The words that whoever writes a definition or declares an implementation types, so that tools know them."""

from typing import Any, Literal, get_args

ActsOn = Literal["query-key", "input", "score", "content-score", "weights", "positions"]
Layout = Literal["interleaved", "half", "interleaved-to-half"]
"""How the coordinates of a vector pair up; the last one says it of what comes in, and of what goes out."""
Positions = Literal["any", "integers", "non-negative", "contiguous"]
Section = Literal["values", "relational", "algebra", "assignment", "locality", "state", "interface", "composition"]
Method = Literal["identity", "difference", "theorem", "quantity", "structure", "exhaustive", "contract"]

Role = Literal["query", "key"]
CLASSIC = ("matrix", "elementwise", "complex", "rotate-half")
"""The classic forms: ways to compute an encoding."""


def words(of: Any) -> tuple[Any, ...]:
    """All words of such a type, in order."""
    return get_args(of)


class Undefined(ValueError):
    """The definition says nothing here: between the integers, beyond a table, for a segment that it does not place."""
