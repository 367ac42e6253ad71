"""A property: a statement of the spec, the cases on which code is asked about it, and the equation that asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from impls import Implementation
from impls.calls import call_of, is_plain
from impls.door.misbehaviour import Inapplicable
from properties.cases.case import Case, takes
from properties.cases.declared import declared
from properties.cases.families import Family, thorough
from properties.checks.evidence import Evidence
from properties.subjects import PLACES
from properties.subjects.compared import compared
from spec import Encoding, Statement

__all__ = ["Check", "Inapplicable", "Need", "Property", "checks"]
Check = Callable[[Any], Evidence]
"""Of a subject: `Subject` with the code and the truth of the kinds that the statement speaks of."""
Need = Callable[[Implementation, Encoding], str | None]
On = Literal["value", "score"]
PROFILES = ("brief", "fast", "ci", "deep")


@dataclass(frozen=True, kw_only=True)
class Property:
    """One record a property. `check` compares nothing itself: it returns evidence, and the runner judges.

    `on` is "value" where the result itself is looked at and "score" where logits are enough. `needs` are conditions on
    an implementation, each None or the reason why the property says nothing about it. `profiles` are those in which it
    runs. `numbers`: it holds the numbers of a result to the true ones, whatever else is asked.
    """

    statement: Statement
    cases: Family
    check: Check
    on: On = "value"
    needs: tuple[Need, ...] = ()
    profiles: tuple[str, ...] = PROFILES
    numbers: bool = False

    @property
    def id(self) -> str:
        """The id of the statement."""
        return self.statement.id

    def family(self, encoding: Encoding) -> Family:
        """The cases that code which claims to be this encoding is asked about."""
        place = PLACES[type(encoding.definition)]
        return place.sizes if self.cases.dealt else place.cases(self.cases)

    def declared(self, implementation: Implementation) -> tuple[Case, ...]:
        """The cases of what an implementation declares that it takes, where numbers are compared with the truth."""
        return declared(implementation) if self.cases is thorough else ()

    def reason_not_applicable(self, implementation: Implementation, encoding: Encoding) -> str | None:
        """Why this property says nothing about an implementation; None if it does."""
        if self.on == "value" and compared(implementation) != "value":
            return f"compared by {implementation.compare}: attention does not see what this property looks at"
        return next((reason for need in self.needs if (reason := need(implementation, encoding))), None)


def checks(
    statement: Statement,
    *,
    cases: Family,
    on: On = "value",
    needs: tuple[Need, ...] = (),
    profiles: tuple[str, ...] = PROFILES,
    numbers: bool = False,
) -> Callable[[Check], Property]:
    """Make a plain function, Subject -> Evidence, the property of a statement."""

    def record(check: Check) -> Property:
        return Property(
            statement=statement,
            cases=cases,
            check=check,
            on=on,
            needs=needs,
            profiles=profiles,
            numbers=numbers,
        )

    return record


def takes_negative_positions(implementation: Implementation, encoding: Encoding) -> str | None:
    """Negative positions are supported."""
    allowed = implementation.positions in ("any", "integers")
    return None if allowed else f"declares {implementation.positions} positions"


def takes_fractions(implementation: Implementation, encoding: Encoding) -> str | None:
    """Positions between the integers are supported."""
    return None if implementation.positions == "any" else f"declares {implementation.positions} positions"


def gets_positions(implementation: Implementation, encoding: Encoding) -> str | None:
    """Positions are handed in as they are."""
    return None if call_of(implementation).placed else f"its call, {implementation.call}, gets no positions"


def is_called_plainly(implementation: Implementation, encoding: Encoding) -> str | None:
    """It is called with vectors of any rank and their positions."""
    return None if is_plain(implementation) else "its call takes vectors of fixed axes"


def makes_angles(implementation: Implementation, encoding: Encoding) -> str | None:
    """Cosines and sines are its own."""
    return f"its call, {implementation.call}, hands them in" if call_of(implementation).handed else None


def is_strict(implementation: Implementation, encoding: Encoding) -> str | None:
    """It claims to refuse what has no value."""
    return None if implementation.strict else "does not declare strict=True"


def takes_any_order(implementation: Implementation, encoding: Encoding) -> str | None:
    """Positions need not be consecutive."""
    return "declares contiguous positions" if implementation.positions == "contiguous" else None


def unlimited(implementation: Implementation, encoding: Encoding) -> str | None:
    """Positions may be far out."""
    limit = implementation.max_position
    return None if limit is None or limit >= 2**20 else f"declares max_position {limit}"


def takes_a_parameter(implementation: Implementation, encoding: Encoding) -> str | None:
    """The function takes at least one of the encoding's parameters."""
    fixed = implementation.parameters
    taken = [name for name in encoding.parameters if takes(implementation, name) and name not in fixed]
    return None if taken else "its function takes no parameter of the encoding that is not fixed"
