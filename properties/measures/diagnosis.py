"""Which known mistake an implementation makes: the fault whose results are its own, where both are wrong.

Vectors are compared pair by pair, so that a fault in one layout is recognised in the other.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import torch
from torch import Tensor

from impls import Implementation
from impls.faults import all_faults, mistake
from properties.cases.case import Case
from properties.cases.segments import SEQUENCES
from properties.subjects.kinds import subject_of
from properties.subjects.misbehaviour import Misbehaved
from properties.subjects.subject import Subject
from spec import ENCODINGS
from spec.definitions.words import Role, words

PLACES: tuple[tuple[float, ...], ...] = (
    (300, 5, 4097, 1, 257, 5000, 3, 3),
    (7,),
    tuple(range(2, 22)),
    (-3, -40),
    (2.75, 40.5),
)
CONFIGURED = (("base", 500000.0), ("rotary_dim", 4), ("mrope_section", (3, 3, 2)), ("scale_base", 64))
CASES = (
    *(Case(dim=8, positions=places) for places in PLACES),
    *(Case(dim=16, positions=(3, 40), parameters=(given,)) for given in CONFIGURED),
)
"""Where the faults differ: far out and near, in any order, alone, many, negative, between the integers, configured."""

SLACK = 4.0
"""Over the bound of the slowest pair: a fault may turn a pair faster than it should, and its rounding with it."""


def diagnosis(implementation: Implementation, dtype: str) -> tuple[str, ...]:
    """The known mistakes that fit, a sentence each: () where code is right, or wrong in its own way.

    A fault fits if it agrees with the implementation everywhere, and is wrong somewhere. What an instance remembers,
    what is not refused, and results that are right only up to what attention cannot see are not looked at.
    """
    if implementation.compare != "value":
        return ()
    seen = list(_seen(implementation, dtype))
    claimed = (implementation.encoding, implementation.convention)
    candidates = (f for f in all_faults() if (f.encoding, f.convention) == claimed and not f.factory)
    everywhere = ENCODINGS[implementation.encoding].domain.positions
    plain = (f for f in candidates if f.positions == everywhere and f.max_position is None)
    return tuple(mistake(fault) for fault in plain if _fits(fault, seen))


def _seen(implementation: Implementation, dtype: str) -> Iterator[tuple[Subject, Role, Tensor]]:
    """What an implementation makes of each case, for queries and for keys."""
    for case in _cases(implementation):
        subject = subject_of(implementation, dtype, case.within(implementation))
        for role in words(Role):
            with suppress(Misbehaved):
                yield subject, role, subject.output(subject.draw("x"), subject.case.positions, role)


def _cases(implementation: Implementation) -> tuple[Case, ...]:
    assigns = ENCODINGS[implementation.encoding].acts_on == "positions"
    return tuple(Case(segments=segments) for segments in SEQUENCES) if assigns else CASES


def _fits(fault: Implementation, seen: list[tuple[Subject, Role, Tensor]]) -> bool:
    wrong = False
    for subject, role, got in seen:
        x, p = subject.draw("x"), subject.case.positions
        case = dataclasses.replace(subject.case, parameters=tuple(subject.given.items()))
        other, moved = subject_of(fault, subject.dtype, case), x.clone()
        moved[..., other.coordinates.ravel()] = x[..., subject.coordinates.ravel()]
        try:
            result = other.output(moved, p, role)
        except Misbehaved:
            return False
        pairs, rest = other.pairs(result), result[..., other.rest]
        apart = SLACK * subject.bound(x, p).max(-2, keepdims=True)
        agrees = bool((np.abs(pairs - subject.pairs(got)) <= apart).all())
        if not agrees or not torch.equal(rest, got[..., subject.rest]):
            return False
        wrong |= bool((np.abs(pairs - subject.exact_output(x, p, role)) > apart).any())
        wrong |= subject.maps and not torch.equal(rest, x[..., subject.rest])
    return wrong
