"""What is true of an encoding: one verdict for every encoding and property."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Witness:
    """The smallest concrete case that settles a statement: a value for each letter of its residual.

    Vectors (`q`, `k`, `x`, ...) are the contents of pair 0, whose frequency is 1; `m`, `n`, ... are positions.
    """

    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, letter: str) -> Any:
        return self.values[letter]

    def get(self, letter: str, default: Any) -> Any:
        """The value of a letter, or the default where the witness does not name it."""
        return self.values.get(letter, default)


def witness(**values: Any) -> Witness:
    """A witness, written as the values of its letters."""
    return Witness(MappingProxyType(values))


@dataclass(frozen=True)
class Holds:
    """The statement is true; `spec.proving.proofs` proves it from the definition."""

    word = "holds"


@dataclass(frozen=True)
class Fails:
    """The statement is false, and the witness shows it."""

    because: str
    witness: Witness
    word = "fails"


@dataclass(frozen=True)
class Bounded:
    """The statement as usually worded is false; what is true is its quantitative form."""

    form: str
    word = "bounded"


@dataclass(frozen=True)
class NotApplicable:
    """The statement says nothing about this encoding."""

    reason: str
    word = "not-applicable"


Verdict = Holds | Fails | Bounded | NotApplicable
