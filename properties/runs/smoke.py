"""Before anything is checked: can this be called at all? If not, one clear sentence instead of forty failures."""

import sys
import traceback
from dataclasses import replace
from typing import Any

import numpy as np

from impls import Implementation
from impls.door.crossing import Answer
from impls.door.devices import HOST
from impls.door.far import Lost
from impls.door.misbehaviour import Misbehaved, Raised
from impls.strangers import Left, Overdue, contained, told, within
from properties.subjects import Subject, place_of, subject_of

SECONDS = 10.0
TAKEN = (64, 128, 256)
"""Head sizes of models, at which code is tried that cannot be called with a small one."""
AT_FIRST = 12
"""How many times longer a first call may take that starts a device, and may compile, or that imports a library."""


def smoke(implementation: Implementation, dtype: str) -> str | None:
    """What is wrong with the plainest call there is; None if nothing is.

    The result must be a tensor of the right shape and dtype, finite, and the same when asked again.
    """
    subject = subject_of(implementation, dtype, place_of(implementation).smoke.within(implementation))
    call, expected = subject.code.shown, subject.code.expected
    seconds = SECONDS * (AT_FIRST if implementation.device != HOST or implementation.package else 1)
    try:
        with within(seconds), contained():
            if implementation.factory:
                call, expected = f"f({subject.case.dim}) of the factory", f"a callable, {call}"
                subject.code.door.build(subject.setup.instance)
                call, expected = subject.code.shown, subject.code.expected
            inputs = subject.code.inputs()
            once, again = (subject.code.answer(*inputs) for _ in range(2))
            subject.code.accepted(once, *inputs)
            return _complaint(subject, once, again)
    except (Misbehaved, Left) as error:
        raised = isinstance(error, Raised)
        declare = ", or declare the dtypes that it supports with dtypes=(...)" if not implementation.dtypes else ""
        declare += _of_size(implementation, dtype) if raised and not implementation.head_sizes else ""
        declare += ", or how it is called: call=, axes=, arrays="
        return f"the call {call} {_said(error, implementation)}; make it return {expected}{declare if raised else ''}"
    except Lost as lost:
        return f"the call {call} gave nothing, for {lost}"
    except Overdue:
        return f"the call {call} did not return within {seconds:g} s; make it return {expected}"
    except Exception:
        return "the suite itself failed:\n" + traceback.format_exc(limit=-4)


def _of_size(implementation: Implementation, dtype: str) -> str:
    """That it may take some head sizes alone, and which of those of models."""
    taken = [size for size in TAKEN if smoke(replace(implementation, head_sizes=(size,)), dtype) is None]
    sizes = f"({', '.join(map(str, taken))}{',' * (len(taken) == 1)})" if taken else "(...)"
    said = f"as it seems from calls with {' and '.join(map(str, taken))}" if taken else "the dimensions that it takes"
    return f", or declare head_sizes={sizes}, {said}"


def _said(error: Exception, implementation: Implementation) -> str:
    """What happened; for an error of the implementation with the line of its file."""
    if isinstance(error, Raised) and error.line:
        return f"raised {error.line}"
    file = getattr(sys.modules.get(implementation.module), "__file__", None)
    return str(error) if error.__cause__ is None else f"raised {told(error.__cause__, file)}"


def _complaint(subject: Subject[Any, Any], once: Answer, again: Answer) -> str | None:
    if not subject.code.may_return(once.dtype):
        return f"returned the dtype torch.{once.dtype} for torch.{subject.setup.dtype}; {subject.code.remedy}"
    if not bool(np.isfinite(once.values).all()):
        return "returned NaN or infinity for finite input; every entry must be finite"
    if not np.array_equal(once.values, again.values):
        return "returned different values for the same input; the result must depend on the arguments alone"
    return None
