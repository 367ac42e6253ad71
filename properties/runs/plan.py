"""What is asked of every implementation."""

from dataclasses import dataclass
from functools import lru_cache

from impls import Implementation
from properties.cases.case import Case
from properties.cases.families import Family
from properties.checks.property import Property
from properties.runs.catalogue import PROPERTIES
from spec import Encoding

DRAWS = {"fast": 6, "ci": 30, "deep": 1000}
"""How many cases are drawn beside the cover, by profile."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which properties, in which dtypes, on which cases. `case`, where given, is the only case of every property.

    `survey`: everything that is registered is looked at, in a minute. Then covers are run without draws, and all but
    exact values are asked in one wide dtype, and in one narrow one where numbers are compared: what code does with
    numbers takes one path for float32 and one for half precision.
    """

    properties: tuple[Property, ...] = PROPERTIES
    dtypes: tuple[str, ...] | None = None
    profile: str = "fast"
    seed: int = 0
    case: Case | None = None
    survey: bool = False

    def cases(self, prop: Property, encoding: Encoding) -> tuple[Case, ...]:
        """The cases of a property, the same for every implementation of an encoding."""
        draws = 0 if self.survey else DRAWS[self.profile]
        return (self.case,) if self.case else _cases(prop.family(encoding), encoding, draws, self.seed)

    def dtypes_of(self, implementation: Implementation) -> tuple[str, ...]:
        """The dtypes in which an implementation is checked, float32 first."""
        asked = [d for d in implementation.checked_dtypes if self.dtypes is None or d in self.dtypes]
        return tuple(sorted(asked, key=lambda dtype: dtype != "float32"))


@lru_cache(maxsize=256)
def _cases(family: Family, encoding: Encoding, draws: int, seed: int) -> tuple[Case, ...]:
    return family.cases(encoding, draws=draws, suite_seed=seed)
