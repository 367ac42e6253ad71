"""Which known mistake an implementation makes: the fault whose results are its own, where both are wrong.

Vectors are compared pair by pair, so that a fault in one layout is recognised in the other.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from torch import Tensor

from impls import Implementation
from impls.faults import all_faults, mistake
from properties.case import Case
from properties.subject import Misbehaved, Subject

PLACES: tuple[tuple[float, ...], ...] = (
    (300, 5, 4097, 1, 257, 5000, 3, 3),
    (7,),
    tuple(range(2, 22)),
    (-3, -40),
    (2.75, 40.5),
)
CONFIGURED = (("base", 500000.0), ("rotary_dim", 4))
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
    seen = [look for case in CASES for look in _looks(Subject(implementation, dtype, case.within(implementation)))]
    candidates = (f for f in all_faults() if f.encoding == implementation.encoding and not f.factory)
    plain = (f for f in candidates if f.positions == "any" and f.max_position is None)
    return tuple(mistake(fault) for fault in plain if _fits(fault, seen))


class _Look(NamedTuple):
    """What an implementation made of vectors x, the truth, and how far apart results may lie, pair by pair."""

    subject: Subject
    x: Tensor
    role: str
    result: np.ndarray
    truth: np.ndarray
    apart: np.ndarray


def _looks(subject: Subject) -> Iterator[_Look]:
    x, p = subject.draw("x"), subject.case.positions
    exact, rest = subject.exact_output(x, p), x[..., subject.rest].double().numpy()
    apart = SLACK * np.broadcast_to(subject.bound(x, p).max(-2, keepdims=True), exact.shape)
    for role in ("query", "key"):
        with suppress(Misbehaved):
            yield _Look(subject, x, role, _result(subject, x, role), _joined(exact, rest), _joined(apart, 0 * rest))


def _fits(fault: Implementation, seen: list[_Look]) -> bool:
    wrong = False
    for look in seen:
        case = dataclasses.replace(look.subject.case, parameters=tuple(look.subject.given.items()))
        subject, x = Subject(fault, look.subject.dtype, case), look.x.clone()
        x[..., subject.coordinates.ravel()] = look.x[..., look.subject.coordinates.ravel()]
        try:
            result = _result(subject, x, look.role)
        except Misbehaved:
            return False
        if not (np.abs(result - look.result) <= look.apart).all():
            return False
        wrong = wrong or bool((np.abs(result - look.truth) > look.apart).any())
    return wrong


def _result(subject: Subject, x: Tensor, role: str) -> np.ndarray:
    y = subject.output(x, subject.case.positions, role)
    return _joined(subject.pairs(y), y[..., subject.rest].double().numpy())


def _joined(pairs: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The pairs, and the coordinates behind them."""
    return np.concatenate([pairs.ravel(), rest.ravel()])
