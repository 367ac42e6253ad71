"""A convention: what the literature calls by the same name as an encoding, and defines otherwise."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from spec.definitions.definition import Definition
from spec.definitions.domain import Domain, Grid
from spec.definitions.verdict import Verdict

if TYPE_CHECKING:
    from spec.definitions.encoding import Encoding


@dataclass(frozen=True, kw_only=True, eq=False)
class Departure:
    """The fields in which it differs; None where it does not.

    `verdicts` are those that differ, `Holds()` where something holds that does not hold otherwise.
    """

    definition: Definition | None = None
    parameters: Mapping[str, Any] | None = None
    tried: Mapping[str, Sequence[Any]] | None = None
    functions: Mapping[str, Callable[..., int]] | None = None
    domain: Domain | None = None
    grid: Grid | None = None
    verdicts: Mapping[str, Verdict] | None = None

    def __post_init__(self) -> None:
        """Refuse a departure that is none."""
        if not self.changes():
            raise ValueError("this convention changes nothing; name a field in which it departs, or leave it out")

    def changes(self) -> dict[str, Any]:
        """The fields in which it differs, by name."""
        return {name: each for name in self.__dataclass_fields__ if (each := getattr(self, name)) is not None}


@lru_cache(maxsize=256)
def under(encoding: "Encoding", convention: str) -> "Encoding":
    """The encoding as this convention defines it; from there no other convention departs."""
    changes = encoding.conventions[convention].changes()
    if "verdicts" in changes:
        changes["verdicts"] = {**encoding.verdicts, **changes["verdicts"]}
    return dataclasses.replace(encoding, **{**changes, "conventions": {}})
