"""Which known mistake an implementation makes: the fault whose results are its own, where both are wrong.

Vectors are compared pair by pair, so that a fault in one layout is recognised in the other.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Any

import numpy as np

from impls import Implementation
from impls.declaration import POSITIONS
from impls.door.misbehaviour import Misbehaved
from impls.door.signatures import accepts
from impls.faults import all_faults, mistake
from properties.cases.case import Case
from properties.subjects import Subject, place_of, subject_of
from properties.subjects.compared import compared
from spec import ENCODINGS
from spec.definitions.composition import NAMES
from spec.definitions.map import Map
from spec.definitions.table import Table

SLACK = 4.0
"""Over the bound of the slowest pair: a fault may turn a pair faster than it should, and its rounding with it."""
WIDE = (Case(dim=128, positions=(1, 1000, 4097, 8191), batch=1, heads=1),)
"""Where an arithmetic shows: pairs far along the ladder, and large angles."""
LESS, WRONG = "less accurate than unavoidable: as if", "wrong far out, right near 0: as if"
SAID = {
    "products": f"{LESS} the frequencies were multiplied up from pair to pair (declare arithmetic='products')",
    "two-word": f"{LESS} angles were reduced by 2 pi in two words before a fast cosine (declare arithmetic='two-word')",
    "fast": f"{WRONG} cosines were those of a fast intrinsic, or angles were reduced by 2 pi in one word",
}
"""The grades below right, the finest first."""
LIMITS = ("max_position", "head_sizes", "heads", "arithmetic", "origin")
"""What no fault may declare that stands for a known mistake: it would explain nothing beyond it."""
Side = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """What code makes of a case, on one side of attention, and what it is compared with there, by every fault."""

    subject: Subject[Any, Any]
    side: Side
    result: np.ndarray

    @cached_property
    def inputs(self) -> tuple[Any, ...]:
        """What it was asked with."""
        asked: tuple[Any, ...] = self.subject.code.inputs()
        return asked

    @cached_property
    def read(self) -> np.ndarray:
        """The contents of the blocks of what came back."""
        return np.asarray(self.subject.code.read(self.result))

    @cached_property
    def untouched(self) -> np.ndarray:
        """The coordinates behind the blocks."""
        return np.asarray(self.subject.code.untouched(self.result))

    @cached_property
    def allowed(self) -> np.ndarray:
        """How far a fault may be from it, and still fit."""
        return np.asarray(SLACK * self.subject.truth.bound(*self.inputs).max(-2, keepdims=True))


def diagnosis(implementation: Implementation, dtype: str) -> tuple[str, ...]:
    """The known mistakes that fit, a sentence each: () where code is right, or wrong in its own way.

    A fault fits if it agrees with the implementation everywhere, and both are wrong somewhere. What an instance
    remembers, what is not refused, and results that are right only up to what attention cannot see are not looked at.
    """
    if compared(implementation) != "value":
        return ()
    seen, claim = list(_seen(implementation, dtype)), _claim(implementation)
    wrong = not all(_within(each, None) for each in seen)
    reached = POSITIONS.index(implementation.positions)
    known = (_composed_as(implementation, fault) for fault in _plain(implementation.encoding) if wrong)
    alike = (fault for fault in known if _claim(fault) == claim and POSITIONS.index(fault.positions) <= reached)
    fitting = tuple(mistake(fault) for fault in alike if _fits(fault, seen))
    return fitting or tuple(_coarser(implementation, dtype, seen))


@cache
def _plain(encoding: str) -> tuple[Implementation, ...]:
    """The faults of an encoding that declare no limit and build nothing."""
    of_it = (fault for fault in all_faults() if fault.encoding == encoding and not fault.factory)
    unlimited = (fault for fault in of_it if not any(getattr(fault, limit) for limit in LIMITS))
    return tuple(fault for fault in unlimited if fault.compare == "value")


def _composed_as(implementation: Implementation, fault: Implementation) -> Implementation:
    """A fault that takes how it is put together, put together as code is."""
    taken = {name for name in fault.parameters if name in NAMES and accepts(fault.function, name)}
    given = {name: each for name, each in implementation.parameters.items() if name in taken}
    return dataclasses.replace(fault, parameters={**fault.parameters, **given}) if given else fault


def _claim(one: Implementation) -> tuple[Any, ...]:
    """What it claims to be: encoding, convention, and how it is put together."""
    own = ENCODINGS[one.encoding].parameters
    composition = {name: each for name, each in one.parameters.items() if name in NAMES and name not in own}
    return one.encoding, one.convention, composition


def _coarser(implementation: Implementation, dtype: str, seen: list[Seen]) -> Iterator[str]:
    """The arithmetic that explains it where results are within its bound everywhere, and beyond that of powers."""
    if implementation.arithmetic or not isinstance(ENCODINGS[implementation.encoding].definition, Map | Table):
        return
    seen = [*seen, *_answers(implementation, dtype, WIDE)]
    if not all(_within(each, None) for each in seen):
        fits = (word for word in SAID if all(_within(each, word) for each in seen))
        yield from (SAID[word] for word in islice(fits, 1))


def _within(seen: Seen, arithmetic: Any) -> bool:
    """Whether a result is right in an arithmetic."""
    told = dataclasses.replace(seen.subject.implementation, arithmetic=arithmetic)
    truth = seen.subject.varied(implementation=told).truth
    off = np.abs(seen.read - truth.output(*seen.inputs, **seen.side))
    kept = np.array_equal(seen.untouched, truth.untouched(*seen.inputs))
    return kept and bool((off <= truth.bound(*seen.inputs, **seen.side)).all())


def _seen(implementation: Implementation, dtype: str) -> Iterator[Seen]:
    """What an implementation makes of each case in which known mistakes differ."""
    return _answers(implementation, dtype, place_of(implementation).told_apart)


def _answers(implementation: Implementation, dtype: str, cases: Sequence[Case]) -> Iterator[Seen]:
    """What it makes of cases, on either side of attention, where it makes anything."""
    for case in cases:
        subject = subject_of(implementation, dtype, case.within(implementation))
        for side in subject.code.both_sides:
            with suppress(Misbehaved):
                yield Seen(subject, side, subject.code.result(*subject.code.inputs(), **side))


def _fits(fault: Implementation, seen: Sequence[Seen]) -> bool:
    wrong = False
    for each in seen:
        subject = each.subject
        case = dataclasses.replace(subject.case, parameters=tuple(subject.setup.given.items()))
        other = subject_of(fault, subject.setup.dtype, case)
        try:
            result = other.code.result(*subject.truth.translated(each.inputs, other.setup), **each.side)
        except Misbehaved:
            return False
        theirs, rest = other.code.read(result), other.code.untouched(result)
        agrees = bool((np.abs(theirs - each.read) <= each.allowed).all())
        if not agrees or not np.array_equal(rest, each.untouched):
            return False
        wrong |= bool((np.abs(theirs - subject.truth.output(*each.inputs, **each.side)) > each.allowed).any())
        wrong |= not np.array_equal(rest, subject.truth.untouched(*each.inputs))
    return wrong
