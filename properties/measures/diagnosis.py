"""Which known mistake an implementation makes: the fault whose results are its own, where both are wrong.

Vectors are compared pair by pair, so that a fault in one layout is recognised in the other.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np

from impls import Implementation
from impls.door.misbehaviour import Misbehaved
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
    candidates = (f for f in all_faults() if _claim(f) == _claim(implementation) and not f.factory)
    everywhere = ENCODINGS[implementation.encoding].domain.positions
    limits = ("max_position", "head_sizes", "heads", "arithmetic", "origin")
    unlimited = (f for f in candidates if not any(getattr(f, limit) for limit in limits))
    plain = (f for f in unlimited if f.positions == everywhere and f.compare == "value")
    fitting = tuple(mistake(fault) for fault in plain if _fits(fault, seen))
    return fitting or tuple(_coarser(implementation, dtype, seen))


def _claim(one: Implementation) -> tuple[Any, ...]:
    """What it claims to be: encoding, convention, and how it is put together."""
    own = ENCODINGS[one.encoding].parameters
    composition = {name: each for name, each in one.parameters.items() if name in NAMES and name not in own}
    return one.encoding, one.convention, composition


def _coarser(implementation: Implementation, dtype: str, seen: list[Seen]) -> Iterator[str]:
    """The arithmetic that explains it where results are within its bound everywhere, and beyond that of powers."""
    if implementation.arithmetic or not isinstance(ENCODINGS[implementation.encoding].definition, Map | Table):
        return
    for subject, side in _asked(implementation, dtype, WIDE):
        with suppress(Misbehaved):
            seen = [*seen, (subject, side, subject.code.result(*subject.code.inputs(), **side))]
    if not all(_within(*each, None) for each in seen):
        fits = (word for word in SAID if all(_within(*each, word) for each in seen))
        yield from (SAID[word] for word in islice(fits, 1))


def _within(subject: Subject[Any, Any], side: Side, got: np.ndarray, arithmetic: Any) -> bool:
    """Whether a result is right in an arithmetic."""
    told = dataclasses.replace(subject.implementation, arithmetic=arithmetic)
    truth = subject.varied(implementation=told).truth
    inputs = subject.code.inputs()
    off = np.abs(subject.code.read(got) - truth.output(*inputs, **side))
    kept = np.array_equal(subject.code.untouched(got), truth.untouched(*inputs))
    return kept and bool((off <= truth.bound(*inputs, **side)).all())


def _seen(implementation: Implementation, dtype: str) -> Iterator[Seen]:
    """What an implementation makes of each case, on either side of attention."""
    for subject, side in _asked(implementation, dtype, place_of(implementation).told_apart):
        with suppress(Misbehaved):
            yield subject, side, subject.code.result(*subject.code.inputs(), **side)


def _asked(
    implementation: Implementation, dtype: str, cases: Sequence[Case]
) -> Iterator[tuple[Subject[Any, Any], Side]]:
    for case in cases:
        subject = subject_of(implementation, dtype, case.within(implementation))
        yield from ((subject, side) for side in subject.code.both_sides)


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
