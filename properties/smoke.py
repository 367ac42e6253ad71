"""Before anything is checked: can this be called at all? One clear sentence if not, instead of forty failures."""

import torch
from torch import Tensor

from impls import Implementation
from properties.case import Case
from impls.deadline import Overdue, within
from properties.subject import Misbehaved, Subject

SECONDS = 10.0
CASE = Case(dim=8, positions=(1, 2, 3, 4, 5))


def smoke(implementation: Implementation, dtype: str, seconds: float = SECONDS) -> str | None:
    """What is wrong with the plainest call there is, five tokens of eight coordinates; None if nothing is.

    The result must be a tensor of the right shape and dtype, finite, and the same when asked again.
    """
    subject = Subject(implementation, dtype, CASE.within(implementation))
    try:
        with within(seconds):
            x = subject.draw("x")
            once, again = (subject.output(x, subject.case.positions) for _ in range(2))
    except Misbehaved as error:
        return f"the call {_call(subject)} {error}; make it return {_wanted(subject)}"
    except Overdue:
        return f"the call {_call(subject)} did not return within {seconds:g} s; make it return {_wanted(subject)}"
    return _complaint(subject, once, again)


def _complaint(subject: Subject, once: Tensor, again: Tensor) -> str | None:
    if once.dtype != subject.torch_dtype:
        return f"returned the dtype {once.dtype} for {subject.torch_dtype}; return the dtype of the input"
    if not bool(torch.isfinite(once).all()):
        return "returned NaN or infinity for finite input; every entry must be finite"
    if not torch.equal(once, again):
        return "returned different values for the same input; the result must depend on the arguments alone"
    return None


def _call(subject: Subject) -> str:
    if subject.maps:
        return f"f(x, positions) with x (2, 3, 5, 8) {subject.dtype} and five positions"
    return f"f(positions, 8) with five positions, {subject.dtype}"


def _wanted(subject: Subject) -> str:
    return "a tensor of the shape and dtype of x" if subject.maps else "a table of shape (5, 8)"
