"""What a check brings back: never a bare yes or no, always how far off, how far off it may be, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from properties.subjects.arrays import MANY
from spec.definitions.domain import COORDINATES

Where = Mapping[str, Any]
RUNS = 3
"""How many stretches of an axis are named."""


@dataclass(frozen=True)
class Evidence:
    """The worst error of a check against its bound, and the place where it was seen.

    `holds` is the verdict of the case. `message` says what was seen where a number does not. `misbehaved`: the
    check could not even be made, because the implementation raised an error or returned something of another shape.
    """

    error: float
    bound: float
    holds: bool
    where: Where = field(default_factory=lambda: MappingProxyType({}))
    message: str = ""
    misbehaved: bool = False

    @property
    def ratio(self) -> float:
        """Error over bound: 1 is the limit; infinite where nothing at all is allowed."""
        if self.bound > 0:
            return self.error / self.bound
        return 0.0 if self.error == 0 else float("inf")


def agreement(
    actual: Any,
    expected: Any,
    bound: Any = 0.0,
    *,
    axes: tuple[str, ...] = (),
    at: Mapping[str, ArrayLike] = MappingProxyType({}),
) -> Evidence:
    """Every entry of `actual` lies within `bound` of `expected`; the default bound asks for the same bits.

    `axes` names the axes from the last one backwards, for telling where; `at` gives the position at each index of an
    axis, or its coordinates. Anything that is not finite disagrees.

    >>> agreement([1.0, 2.5], [1.0, 2.0], bound=0.25, axes=("token",), at={"token": (7, 9)}).where
    mappingproxy({'token': 1, "this token's position": 9, 'got': 2.5, 'expected': 2.0, 'wrong': '1 of 2: token 1 of 2'})
    """
    kind: Any = np.float64 if np.size(expected) > MANY and np.asarray(expected).dtype == np.float64 else np.longdouble
    got, wanted = np.asarray(actual, dtype=kind), np.asarray(expected, dtype=kind)
    if got.shape != wanted.shape:
        return refuted(f"the shape is {got.shape}; expected {wanted.shape}")
    if got.size == 0:
        return refuted("nothing was compared: the result is empty")
    limit = np.array(np.broadcast_to(np.asarray(bound, dtype=kind), got.shape))
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.asarray(np.abs(got - wanted))
        finite = np.isfinite(error)
        error[~finite] = np.inf
        ratio = np.asarray(error / limit)
        ratio[error == 0] = 0.0
    place = np.unravel_index(int(np.argmax(ratio)), got.shape)
    names = _named(axes, got.ndim)
    where: dict[str, Any] = {name: int(index) for name, index in zip(names, place, strict=True)}
    where |= dict(_position(name, np.asarray(places)[where[name]]) for name, places in at.items() if name in where)
    where |= {"got": float(got[place]), "expected": float(wanted[place])}
    right = (error <= limit) & finite
    if not right.all():
        where["wrong"] = extent(~right, names)
    return Evidence(
        error=float(error[place]),
        bound=float(limit[place]),
        holds=bool(right.all()),
        where=MappingProxyType(where),
        message="" if np.isfinite(got).all() else "the result has entries that are not finite",
    )


def extent(wrong: np.ndarray, names: Sequence[str]) -> str:
    """How many entries are wrong, and where, by axis, if not everywhere on it.

    >>> extent(np.array([[False, False, False], [False, True, True]]), ("head", "token"))
    '2 of 6: head 1 of 2, token 1 to 2 of 3'
    """
    told = []
    for axis, name in enumerate(names):
        at = np.flatnonzero(wrong.any(tuple(i for i in range(wrong.ndim) if i != axis)))
        if len(at) < wrong.shape[axis]:
            told.append(f"{name} {stretches(at)} of {wrong.shape[axis]}")
    return ": ".join(filter(None, (f"{int(wrong.sum())} of {wrong.size}", ", ".join(told))))


def stretches(indices: np.ndarray) -> str:
    """Increasing numbers, those that follow one another as a run."""
    runs = np.split(indices, np.flatnonzero(np.diff(indices) > 1) + 1)
    told = [f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs[:RUNS]]
    return " and ".join(told) + (f" and {len(runs) - RUNS} more stretches" if len(runs) > RUNS else "")


def difference(one: Any, other: Any, bound: Any) -> Evidence:
    """Somewhere `one` and `other` lie further apart than `bound`, which is what rounding alone could do."""
    apart = agreement(one, other, bound)
    if not np.isfinite(apart.error):
        return apart
    seen = apart.error > apart.bound
    return Evidence(apart.error, apart.bound, seen, apart.where, "" if seen else "no difference")


def satisfied(message: str = "") -> Evidence:
    """What was asked for happened, without a number to it."""
    return Evidence(0.0, 0.0, holds=True, message=message)


def refuted(message: str) -> Evidence:
    """What was asked for did not happen, without a number to it."""
    return Evidence(float("inf"), 0.0, holds=False, message=message)


def worst(*evidence: Evidence) -> Evidence:
    """The worst of several: one that does not hold before all that do, then by the ratio of error to bound."""
    return max(evidence, key=lambda e: (not e.holds, e.ratio))


def _named(axes: Sequence[str], count: int) -> tuple[str, ...]:
    """So many names of axes: those that are given belong to the last ones."""
    given = axes[:count][::-1]
    return (*(f"index on axis {i}:" for i in range(count - len(given))), *given)


def _position(name: str, position: np.ndarray) -> tuple[str, Any]:
    """What a position is called, and how it is told: on a grid as a place, by its coordinates; a distance as such."""
    if position.ndim == 0:
        called = "tokens apart" if name == "distance" else f"this {name}'s position"
        return called, _number(float(position))
    return f"this {name}'s ({', '.join(COORDINATES[len(position) - 1])})", tuple(map(_number, position.tolist()))


def _number(position: float) -> float:
    return int(position) if float(position).is_integer() else float(position)
