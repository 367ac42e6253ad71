"""Before anything is checked: can this be called at all? If not, one clear sentence instead of forty failures."""

import sys

import torch
from torch import Tensor

from impls import Implementation
from impls.deadline import Left, Overdue, contained, within
from impls.strangers import told
from properties.cases.case import Case
from properties.subjects.assigned import Assigned
from properties.subjects.contents import Contents
from properties.subjects.factors import Factors
from properties.subjects.kinds import subject_of
from properties.subjects.misbehaviour import Malformed, Misbehaved, Raised, raising
from properties.subjects.scored import Scores
from properties.subjects.subject import Subject
from spec import ENCODINGS

SECONDS = 10.0
CASE = Case(dim=8, positions=(1, 2, 3, 4, 5))
MIXED = Case(segments=(("text", 2), ("image", 2, 4), ("text", 1)))
CALLS = {
    "score": "f(query_positions, key_positions, 3) with five queries and {keys} keys",
    "content-score": "f(q, k, query_positions, key_positions) with q (2, 3, 5, 8) and k (2, 3, {keys}, 8)",
    "weights": "f(weights, query_positions, key_positions) with weights (2, 3, 5, {keys})",
}


def smoke(implementation: Implementation, dtype: str) -> str | None:
    """What is wrong with the plainest call there is, five tokens of eight coordinates; None if nothing is.

    The result must be a tensor of the right shape and dtype, finite, and the same when asked again.
    """
    assigns = ENCODINGS[implementation.encoding].acts_on == "positions"
    subject = subject_of(implementation, dtype, (MIXED if assigns else CASE).within(implementation))
    call, wanted = _call(subject), _wanted(subject)
    try:
        with within(SECONDS), contained():
            if implementation.factory:
                call, wanted = f"f({subject.case.dim}) of the factory", f"a callable, {_call(subject)}"
                _build(subject)
                call, wanted = _call(subject), _wanted(subject)
            with raising():
                x = subject.draw("x")
                once, again = (subject.output(x, subject.case.positions) for _ in range(2))
                return _complaint(subject, once, again)
    except (Misbehaved, Left) as error:
        undeclared = isinstance(error, Raised) and not implementation.dtypes
        declare = ", or declare the dtypes that it supports with dtypes=(...)" if undeclared else ""
        return f"the call {call} {_said(error, implementation)}; make it return {wanted}{declare}"
    except Overdue:
        return f"the call {call} did not return within {SECONDS:g} s; make it return {wanted}"


def _build(subject: Subject) -> None:
    """Have the factory build; what it returns instead of a callable is no instance."""
    with raising():
        built = subject.instance()
    if not callable(built):
        raise Malformed(f"returned {'nothing' if built is None else type(built).__name__}; expected a callable")


def _said(error: Exception, implementation: Implementation) -> str:
    """What happened; for an error of the implementation with the line of its file."""
    file = getattr(sys.modules.get(implementation.module), "__file__", None)
    return str(error) if error.__cause__ is None else f"raised {told(error.__cause__, file)}"


def _complaint(subject: Subject, once: Tensor, again: Tensor) -> str | None:
    if once.device.type != "cpu" or once.layout != torch.strided:
        return f"returned a {once.layout} tensor on {once.device}; return a dense tensor on the device of x"
    if not subject.may_return(once.dtype):
        return f"returned the dtype {once.dtype} for {subject.torch_dtype}; {_remedy(subject)}"
    if not bool(torch.isfinite(once).all()):
        return "returned NaN or infinity for finite input; every entry must be finite"
    if not torch.equal(once, again):
        return "returned different values for the same input; the result must depend on the arguments alone"
    return None


def _call(subject: Subject) -> str:
    if isinstance(subject, Assigned):
        return f"f(segments) with {subject.handed(subject.case.segments)}"
    if subject.maps:
        return f"f(x, positions) with x (2, 3, 5, 8) {subject.dtype} and five positions"
    if isinstance(subject, Scores):
        keys = len(subject.keys(subject.case.positions))
        return f"{CALLS[subject.spec.acts_on].format(keys=keys)}, {subject.dtype}"
    return f"f(positions, 8) with five positions, {subject.dtype}"


def _wanted(subject: Subject) -> str:
    if isinstance(subject, Assigned):
        return (
            f"a tensor of shape {(len(subject.places(subject.case.segments)), subject.spec.grid.axes)}, one row a token"
        )
    if isinstance(subject, Scores):
        positions = subject.case.positions
        return f"a tensor of shape {subject.shape(subject.draw('x'), positions, subject.keys(positions))}"
    return "a tensor of the shape and dtype of x" if subject.maps else "a table of shape (5, 8)"


def _remedy(subject: Subject) -> str:
    if subject.maps or isinstance(subject, Contents | Factors):
        return "return the dtype of the input"
    if subject.table_dtype:
        return "return the dtype that is asked for"
    return "take a keyword dtype, or declare dtypes=(...)"
