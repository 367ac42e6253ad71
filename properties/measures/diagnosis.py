"""Which known mistake an implementation makes: the fault whose results are its own, where both are wrong.

Vectors are compared pair by pair, so that a fault in one layout is recognised in the other.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from impls import Implementation
from impls.faults import all_faults, mistake
from properties.subjects import Subject, place_of, subject_of
from properties.subjects.compared import compared
from properties.subjects.misbehaviour import Misbehaved
from spec import ENCODINGS

SLACK = 4.0
"""Over the bound of the slowest pair: a fault may turn a pair faster than it should, and its rounding with it."""
Side = Mapping[str, Any]
Seen = tuple[Subject[Any, Any], Side, np.ndarray]


def diagnosis(implementation: Implementation, dtype: str) -> tuple[str, ...]:
    """The known mistakes that fit, a sentence each: () where code is right, or wrong in its own way.

    A fault fits if it agrees with the implementation everywhere, and is wrong somewhere. What an instance remembers,
    what is not refused, and results that are right only up to what attention cannot see are not looked at.
    """
    if compared(implementation) != "value":
        return ()
    seen = list(_seen(implementation, dtype))
    claimed = (implementation.encoding, implementation.convention)
    candidates = (f for f in all_faults() if (f.encoding, f.convention) == claimed and not f.factory)
    everywhere = ENCODINGS[implementation.encoding].domain.positions
    plain = (f for f in candidates if f.positions == everywhere and f.max_position is None)
    return tuple(mistake(fault) for fault in plain if _fits(fault, seen))


def _seen(implementation: Implementation, dtype: str) -> Iterator[Seen]:
    """What an implementation makes of each case, on either side of attention."""
    for case in place_of(implementation).told_apart:
        subject = subject_of(implementation, dtype, case.within(implementation))
        for side in subject.code.both_sides:
            with suppress(Misbehaved):
                yield subject, side, subject.code.result(*subject.code.inputs(), **side)


def _fits(fault: Implementation, seen: list[Seen]) -> bool:
    wrong = False
    for subject, side, got in seen:
        inputs = subject.code.inputs()
        case = dataclasses.replace(subject.case, parameters=tuple(subject.setup.given.items()))
        other = subject_of(fault, subject.setup.dtype, case)
        try:
            result = other.code.result(*subject.truth.translated(inputs, other.setup), **side)
        except Misbehaved:
            return False
        theirs, ours = other.code.read(result), subject.code.read(got)
        allowed = SLACK * subject.truth.bound(*inputs).max(-2, keepdims=True)
        agrees = bool((np.abs(theirs - ours) <= allowed).all())
        rest, kept = other.code.untouched(result), subject.code.untouched(got)
        if not agrees or not np.array_equal(rest, kept):
            return False
        wrong |= bool((np.abs(theirs - subject.truth.output(*inputs, **side)) > allowed).any())
        wrong |= not np.array_equal(rest, subject.truth.untouched(*inputs))
    return wrong
