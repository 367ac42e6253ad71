"""What is asked of every implementation."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from impls import Implementation
from impls.calls import call_of
from impls.door.signatures import accepts
from properties.cases.case import Case
from properties.cases.families import Family
from properties.checks.property import Property
from properties.runs.catalogue import PROPERTIES
from spec import Encoding
from spec.definitions.map import Map
from spec.definitions.words import Role, words

DRAWS = {"brief": 0, "fast": 6, "ci": 30, "deep": 1000}
"""How many cases are drawn beside the cover, by profile; what is not of `WIDER` deals them out to the dtypes."""
WIDER = ("ci", "deep")
"""The profiles that look at more than the cover."""
SLOWLY = 20
"""How many times longer the cells of `brief` may take, which is for code that is slow, such as what is interpreted."""
SURVEYED = 1
"""How many cases that apply to it are asked of an implementation in a survey, of each cover, in each dtype."""
ALIKE = ("locality", "state", "composition")
"""Sections whose properties compare code with itself: one dtype shows what another would."""
OF_ARGUMENTS = (
    "parameters-honoured",
    "position-dtypes",
    "far-position-dtypes",
    "narrow-positions",
    "position-memory",
)
"""What becomes of parameters and positions before they meet any vector, in whichever dtype that is."""
OF_COMPOSITIONS = (
    "exact-values",
    "real-sizes",
    "layout",
    "untouched-dimensions",
    "parameters-honoured",
    "text-degeneration",
    "isotropy",
    "gradient",
)
"""What a survey asks of the suite's own compositions: which coordinates turn, along which axis, and by how much. All
else is what the forms do that are put together, and is asked of these.
"""
SEVERAL = 4
"""From so many cases on, one half shows what the other would."""
FORMS = "impls.forms."
One = TypeVar("One")
WIDE, NARROW = ("float32", "float64"), ("bfloat16", "float16")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which properties, in which dtypes, on which cases. `case`, where given, is the only case of every property;
    those `before` it are asked first, of the same instance.

    `survey`: everything that is registered is looked at, in a minute. Then nothing is drawn, covers are dealt out to
    the implementations, and all but exact values are asked in one wide dtype, and in one narrow one where numbers are
    compared, at real sizes in one of the two: what code does with numbers takes one path for float32 and one for half
    precision. Of what is put together of forms here it is asked what is its own.
    """

    properties: tuple[Property, ...] = PROPERTIES
    dtypes: tuple[str, ...] | None = None
    profile: str = "fast"
    seed: int = 0
    case: Case | None = None
    before: tuple[Case, ...] = ()
    survey: bool = False

    def cases(self, prop: Property, implementation: Implementation, dtype: str) -> tuple[Case, ...]:
        """The cases of a property, the same for every implementation of an encoding, unless they are dealt out."""
        if self.case:
            return (*self.before, self.case)
        encoding = implementation.claimed
        family, draws = prop.family(encoding), 0 if self.survey else DRAWS[self.profile]
        family = family.wide if family.wide and self.profile in WIDER else family
        cases = _cases(family, encoding, draws, self.seed)
        if _tells_sides_apart(implementation) and not family.dealt:
            cases = _on_both_sides(cases)
        dealt = len(cases) if family.dealt else draws if family.strategy and self.profile not in WIDER else 0
        whole, dtypes = len(cases) - dealt, self.dtypes_of(implementation)
        cases = (*cases[:whole], *cases[whole + dtypes.index(dtype) :: len(dtypes)])
        if not self.survey or self.profile in WIDER:
            return cases
        return _from_its_own(cases, f"{implementation.name} {dtype}")

    @property
    def enough(self) -> int | None:
        """How many cases of a cover have to apply; None where all are asked."""
        return SURVEYED if self.survey and self.profile not in WIDER else None

    def spares(self, prop: Property, implementation: Implementation) -> bool:
        """Whether a survey leaves a property to the forms of which an implementation is put together."""
        surveyed = self.survey and self.profile == "fast" and implementation.module.startswith(FORMS)
        return surveyed and implementation.composed and prop.id not in OF_COMPOSITIONS

    @property
    def patience(self) -> int:
        """How many times longer than usual a cell may take."""
        return SLOWLY if self.profile == "brief" else 1

    def dtypes_of(self, implementation: Implementation) -> tuple[str, ...]:
        """The dtypes in which an implementation is checked, float32 first."""
        asked = [d for d in implementation.checked_dtypes if self.dtypes is None or d in self.dtypes]
        return tuple(sorted(asked, key=lambda dtype: dtype != "float32"))

    def dtypes_for(self, prop: Property, dtypes: Sequence[str], name: str) -> tuple[str, ...]:
        """Those of the dtypes in which a property is asked of the implementation of this name.

        In a survey that is the first wide one, perhaps the first narrow one, or either, where real sizes are dealt out.
        """
        if not self.survey or prop.id == "exact-values":
            return tuple(dtypes)
        alike = prop.statement.method == "quantity" or prop.statement.section in ALIKE or prop.id in OF_ARGUMENTS
        found = self.shown(dtypes)[: 1 if alike else None]
        return _from_its_own(found, name)[:1] if prop.cases.dealt else found

    def shown(self, dtypes: Sequence[str]) -> tuple[str, ...]:
        """Those of the dtypes in which it is shown what code does: in a survey the first wide and the first narrow."""
        if not self.survey or not dtypes:
            return tuple(dtypes)
        return tuple(dict.fromkeys(next((d for d in dtypes if d in kind), dtypes[0]) for kind in (WIDE, NARROW)))


def _tells_sides_apart(one: Implementation) -> bool:
    """Whether it knows queries from keys, which the definition treats alike: then either has to be looked at.

    Code that declares with how many heads it takes either is asked for keys where values are compared alone.
    """
    alike = isinstance(one.claimed.definition, Map) and one.claimed.definition.key_block is None
    told = call_of(one).joint or accepts(one.function, "role")
    return alike and told and all(pair[0] == pair[1] for pair in one.heads or ())


def _on_both_sides(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Few cases on either side, several on the one and the other in turn."""
    if len(cases) < SEVERAL:
        return tuple(replace(case, side=side) for case in cases for side in words(Role))
    return tuple(replace(case, side=words(Role)[at % 2]) for at, case in enumerate(cases))


def _from_its_own(ones: tuple[One, ...], name: str) -> tuple[One, ...]:
    """All of them, in a circle, from a place that follows from a name."""
    first = zlib.crc32(name.encode()) % max(len(ones), 1)
    return (*ones[first:], *ones[:first])


@lru_cache(maxsize=256)
def _cases(family: Family, encoding: Encoding, draws: int, seed: int) -> tuple[Case, ...]:
    return family.cases(encoding, draws=draws, suite_seed=seed)
