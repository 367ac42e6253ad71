"""Which known mistake an implementation makes: the fault whose results are its own, where both are wrong.

Vectors are compared pair by pair, so that a fault in one layout is recognised in the other.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
from torch import Tensor

from impls import Implementation
from impls.faults import all_faults, mistake
from properties.case import Case
from properties.subject import Misbehaved, Subject

CASES = (
    Case(dim=8, positions=(300, 5, 4097, 1, 257, 5000, 3, 3)),
    Case(dim=8, positions=(7,)),
    Case(dim=8, positions=tuple(range(2, 22))),
    Case(dim=8, positions=(3, 40), parameters=(("base", 500000.0),)),
    Case(dim=16, positions=(3, 40), parameters=(("rotary_dim", 4),)),
    Case(dim=8, positions=(-3, -40)),
    Case(dim=8, positions=(2.75, 40.5)),
)
"""Where the faults differ: far out and near, in any order, alone, many, configured, negative, between the integers."""

SLACK = 4.0
"""Over the bound of the slowest pair: a fault may turn a pair faster than it should, and its rounding with it."""


def diagnosis(implementation: Implementation, dtype: str) -> tuple[str, ...]:
    """The known mistakes that fit, a sentence each; none where the implementation is right, or wrong in its own way.

    A fault fits if it agrees with the implementation everywhere, and is wrong somewhere. Instances, which might
    remember, and results that are right only up to what attention cannot see are not looked at.
    """
    if implementation.compare != "value":
        return ()
    seen = [look for case in CASES for look in _looks(Subject(implementation, dtype, case.within(implementation)))]
    candidates = (fault for fault in all_faults() if fault.encoding == implementation.encoding and _plain(fault))
    return tuple(mistake(fault) for fault in candidates if _fits(fault, seen))


def _plain(fault: Implementation) -> bool:
    """Whether a fault shows in plain calls: not in what an instance remembers, nor in what it fails to refuse."""
    return not fault.factory and fault.positions == "any" and fault.max_position is None


@dataclasses.dataclass(frozen=True)
class _Look:
    """What an implementation made of vectors: its result, the truth, and how far results may lie apart."""

    subject: Subject
    x: Tensor
    role: str
    result: np.ndarray
    truth: np.ndarray
    apart: np.ndarray


def _looks(subject: Subject) -> Iterator[_Look]:
    x, p = subject.draw("x"), subject.case.positions
    exact, rest = subject.exact_output(x, p), _rest(subject, x)
    apart = SLACK * np.broadcast_to(subject.bound(x, p).max(-2, keepdims=True), exact.shape)
    for role in ("query", "key"):
        try:
            result = _contents(subject, x, role)
        except Misbehaved:
            continue
        yield _Look(subject, x, role, result, _flat(exact, rest), _flat(apart, 0 * rest))


def _fits(fault: Implementation, seen: list[_Look]) -> bool:
    wrong = False
    for look in seen:
        case = dataclasses.replace(look.subject.case, parameters=tuple(look.subject.given.items()))
        subject = Subject(fault, look.subject.dtype, case)
        x = look.x.clone()
        x[..., subject.coordinates.ravel()] = look.x[..., look.subject.coordinates.ravel()]
        try:
            result = _contents(subject, x, look.role)
        except Misbehaved:
            return False
        if not (np.abs(result - look.result) <= look.apart).all():
            return False
        wrong = wrong or bool((np.abs(result - look.truth) > look.apart).any())
    return wrong


def _contents(subject: Subject, x: Tensor, role: str) -> np.ndarray:
    """What came out, in the order of the pairs, and the coordinates behind them."""
    y = subject.output(x, subject.case.positions, role)
    return _flat(subject.pairs(y), _rest(subject, y))


def _rest(subject: Subject, x: Tensor) -> np.ndarray:
    return np.asarray(x[..., subject.rest].double().numpy())


def _flat(pairs: np.ndarray, rest: np.ndarray) -> np.ndarray:
    return np.concatenate([pairs.ravel(), rest.ravel()])
