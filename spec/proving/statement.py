"""What can be said of an encoding: a sentence, and the expression that decides it.

The residual of a statement is written once, on the symbols of the definition. An `identity` holds where its residual
vanishes for all values of its letters; a `difference` holds where it does not. So one expression serves as the proof
of the statement and as the judge of every witness against it. A `theorem` rests on a cited result that no computer
algebra carries, with a finite check standing in for it; a `quantity` is decided by certified numbers; a `structure`
is read off the definition (which letters occur in it); what is `exhaustive` goes through every case of a range; a
`contract` is asked of code alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spec.definitions.encoding import Encoding
from spec.definitions.verdict import Witness
from spec.definitions.words import Method, Section, words

SECTIONS = words(Section)
METHODS = words(Method)
Residual = Callable[..., list[Any]]
Decides = Callable[[Encoding, Witness | None], bool | None]
Rule = Callable[..., bool]


@dataclass(frozen=True, kw_only=True, eq=False)
class Statement:
    """One property: its permanent id, what it says, to which encodings it applies and how it is decided.

    `residual(e, **letters)` takes a `Symbolic` and returns expressions. `decides(encoding, witness)` is the certified
    check of a theorem, a quantity or a structure: over its whole range without a witness, and None where
    the precision does not suffice to tell. `rule(lay, segments)` says whether an exhaustive statement is true of one
    mixed sequence, as `lay` places it. `needs` lists the conditions on an encoding, each returning None or the reason
    why the statement does not apply. `example` is the witness of a difference that holds. `everywhere(encoding)`:
    whether a quantity is proved beyond the range of its numbers, so that it holds as it is worded.
    """

    id: str
    title: str
    sentence: str
    section: Section
    method: Method
    residual: Residual | None = None
    decides: Decides | None = None
    rule: Rule | None = None
    needs: tuple[Callable[[Encoding], str | None], ...] = ()
    cites: str | None = None
    example: Witness | None = None
    everywhere: Callable[[Encoding], bool] | None = None

    @property
    def in_symbols(self) -> Residual:
        """The residual. TypeError for a statement that is decided otherwise."""
        if self.residual is None:
            raise TypeError(f"{self.id} is decided as a {self.method}: it has no residual")
        return self.residual

    def reason_not_applicable(self, encoding: Encoding) -> str | None:
        """Why this statement says nothing about an encoding; None if it does."""
        return next((reason for need in self.needs if (reason := need(encoding))), None)
