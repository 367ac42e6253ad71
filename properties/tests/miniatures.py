"""Implementations of a few lines, and cells of a few cases; whatever does not matter to a test has a default."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from impls import Implementation
from impls.declaration import default_layout
from impls.door.crossing import Answer, Instance, Numbers, Request
from impls.marker import name_of
from properties.cases.case import Case
from properties.cases.families import Family
from properties.checks.evidence import Evidence
from properties.checks.property import Property
from properties.runs.bench import Bench
from properties.runs.cell import Cell
from properties.runs.plan import Plan
from properties.subjects import Subject, subject_of
from properties.subjects.door import Door
from spec import STATEMENTS

SMALL = Case(dim=8, positions=(0, 3, 1), others=(2, 0, 5, 1))


def miniature(function: Callable[..., Any] = lambda x, positions: x, encoding: str = "rope", **declared: Any) -> Any:
    """What a function is that claims to be an encoding; it is registered nowhere."""
    known: dict[str, Any] = {
        "form": "matrix",
        "name": name_of(function) if function.__name__ != "<lambda>" else "mine",
        "layout": default_layout(encoding, "matrix"),
        "dtypes": None,
        "parameters": {},
        "module": __name__,
        "target": "mine.py",
    }
    return Implementation(encoding, function=function, **(known | declared))


def asked(function: Callable[..., Any], *given: Any, factory: bool = False, **words: Any) -> Answer:
    """The answer of a function to one call."""
    door = Door(miniature(function, factory=factory))
    return door.ask(Request(instance=Instance(8), given=given, **words))


def floats(values: Any, dtype: str = "float32", **words: Any) -> Numbers:
    """Numbers as an argument."""
    return Numbers(np.asarray(values, dtype=np.float64), dtype, **words)


def subject(one: Implementation, dtype: str = "float32", case: Case = SMALL) -> Subject[Any, Any]:
    """Code and truth, on a case that the code supports."""
    return subject_of(one, dtype, case.within(one))


def _nothing(*inputs: Any) -> np.ndarray:
    return np.empty(0)


def told(code: Any, truth: Any, bound: float = 0.25, **more: Any) -> Any:
    """A subject that consists of one output of the code and one of the truth."""
    of_code = SimpleNamespace(result=code, read=lambda y: y, untouched=_nothing, axes=("coordinate", "token"))
    of_code.located, of_code.sides = lambda where: {}, ({},)
    of_truth = SimpleNamespace(output=truth, untouched=_nothing, bound=lambda *inputs, **side: np.asarray(bound))
    declared = SimpleNamespace(encoding=more.pop("encoding", "rope"), compare=more.pop("compare", "value"))
    setup = SimpleNamespace(accuracy="float32", located=np.asarray)
    return SimpleNamespace(code=of_code, truth=of_truth, implementation=declared, setup=setup, **more)


def prop(check: Callable[[Any], Evidence] = lambda s: Evidence(0.0, 0.0, True), id: str = "norm", **more: Any) -> Any:
    """A property with the statement of another."""
    known: dict[str, Any] = {"statement": STATEMENTS[id], "cases": Family("none", lambda encoding, seed: [])}
    return Property(check=check, **(known | more))


def cell(ask: Any, *, id: str = "norm", wanted: bool = True) -> Cell:
    """The cell of a property of which `ask(case, fresh=...)` is known."""
    one = miniature()
    blank = Bench(one, Plan()).blank(id, "float32")
    return Cell(one, prop(id=id), blank, ask, wanted)
