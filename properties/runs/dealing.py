"""Which axis of the grid each pair follows, recovered from calls alone: sections in another order are seen at once."""

from contextlib import suppress

import numpy as np

from impls import Implementation
from impls.calls import call_of
from impls.door.misbehaviour import Misbehaved
from properties.cases.case import Case
from properties.checks.evidence import stretches
from properties.subjects import subject_of
from properties.subjects.compared import compared
from properties.subjects.map import OnMaps
from spec.definitions.composition import is_rotary
from spec.definitions.domain import COORDINATES

DIM = 64
FAR = 1000
"""A step along an axis after which the slowest pairs have turned, in float32 as well."""


def dealing(implementation: Implementation, dtype: str) -> tuple[str, ...]:
    """A sentence where every pair follows one axis, and some another than the declared one."""
    claimed = implementation.claimed
    unseen = compared(implementation) != "value" or call_of(implementation).handed
    if unseen or not is_rotary(claimed) or claimed.grid.axes == 1:
        return ()
    s: OnMaps = subject_of(
        implementation, dtype, Case(dim=DIM, positions=(0,), batch=1, heads=1).within(implementation)
    )
    declared = claimed.axes_of(s.case.dim, s.setup.parameters)
    with suppress(Misbehaved):
        moved = _moved(s, claimed.grid.axes)
        if (moved.sum(0) == 1).all() and (moved.argmax(0) != declared).any():
            seen, wanted = (_told(axes, claimed.grid.axes) for axes in (moved.argmax(0), declared))
            return (f"at dimension {s.case.dim} it follows {seen}; it should follow {wanted}",)
    return ()


def _moved(s: OnMaps, axes: int) -> np.ndarray:
    """Whether a step along an axis changes a pair, (axes, pairs)."""
    x, step = np.ones((1, 1, 1, s.case.dim)), min(FAR, s.setup.limit or FAR)
    start = s.code.output(x, np.zeros((1, axes)))
    ends = (s.code.output(x, step * np.eye(axes)[axis : axis + 1]) for axis in range(axes))
    return np.array([(end != start).any(-1).reshape(-1, start.shape[-2]).any(0) for end in ends])


def _told(axes: np.ndarray, count: int) -> str:
    """The pairs that follow each axis, in the order in which these come."""
    names, pairs = COORDINATES[count - 1], {axis: np.flatnonzero(axes == axis) for axis in dict.fromkeys(axes.tolist())}
    return ", ".join(f"the {names[axis]} (pairs {stretches(own)})" for axis, own in pairs.items())
