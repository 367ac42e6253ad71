"""What a check sees: code that answers, and beside it the truth, for every place where an encoding acts."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from impls import Implementation
from properties.cases.case import Case
from properties.subjects.door import Door
from properties.subjects.ideal import Ideal
from properties.subjects.setup import Setup
from properties.subjects.subject import Place, Subject
from spec import ENCODINGS


def _found() -> dict[type, Place]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__, f"{__name__}."))
    places = (getattr(importlib.import_module(name), "PLACE", None) for name in names)
    return {place.definition: place for place in places if isinstance(place, Place)}


PLACES: Mapping[type, Place] = MappingProxyType(_found())
"""By the kind of definition; a file put here is part of the suite."""


def place_of(implementation: Implementation) -> Place:
    """Where the encoding acts that an implementation claims to be."""
    return PLACES[type(ENCODINGS[implementation.encoding].definition)]


def subject_of(implementation: Implementation, dtype: str, case: Case, door: Door | None = None) -> Subject[Any, Any]:
    """The subject of an implementation at a dtype on a case."""
    place, setup = place_of(implementation), Setup(implementation, dtype, case)
    return Subject(place.code(setup, door or Door(implementation)), place.truth(setup))


def ideal_of(implementation: Implementation, dtype: str, case: Case) -> Subject[Any, Any]:
    """The same subject where the definition itself answers in the place of the code."""
    place, setup = place_of(implementation), Setup(implementation, dtype, case)
    return Subject(place.code(setup, Ideal(implementation, case=case, truth=place.truth)), place.truth(setup))


__all__ = ["PLACES", "Place", "Subject", "ideal_of", "place_of", "subject_of"]
