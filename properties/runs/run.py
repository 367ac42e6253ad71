"""The run: every implementation against every property, and what went wrong with what could not be checked."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from impls import Implementation
from impls.loading import Loaded, Problem
from impls.registry import registered_as
from properties.runs.bench import Bench
from properties.runs.expectations import Expectation
from properties.runs.plan import Plan
from properties.runs.problems import unproved
from properties.runs.result import PLUGIN, Checked, Result, Run

Progress = Callable[[str, int, int], None]


def cells(bench: Bench) -> Iterator[Result]:
    """The results of one implementation, one after the other."""
    yield from bench.troubles
    for prop in bench.plan.properties:
        for dtype in bench.dtypes_for(prop):
            yield bench.result(prop, dtype)


def run(
    loaded: Loaded,
    plan: Plan,
    *,
    expectations: Sequence[Expectation] = (),
    progress: Progress = lambda name, done, total: None,
) -> Run:
    """Check everything that was loaded. `progress(name, done, total)` hears of each before its turn."""
    start = time.perf_counter()
    checked = []
    for done, implementation in enumerate(loaded.implementations):
        progress(implementation.name, done, len(loaded.implementations))
        checked.append(_checked(Bench(implementation, plan, tuple(expectations))))
    return Run(
        checked=tuple(checked),
        problems=tuple(map(problem_result, loaded.problems)),
        profile=plan.profile,
        seed=plan.seed,
        seconds=time.perf_counter() - start,
    )


def _checked(bench: Bench) -> Checked:
    results = tuple(cells(bench))
    whole = next((trouble for trouble in bench.troubles if trouble.dtype is None), None)
    status = "ok" if whole is None else "error" if whole.outcome in ("error", "expected-fail") else "unavailable"
    return Checked(
        implementation=bench.implementation,
        status=status,
        results=results,
        message=whole.message if whole else "",
    )


def check(function: Callable[..., Any] | Implementation, plan: Plan | None = None) -> tuple[Result, ...]:
    """The results of one function, decorated with `implements`, without pytest.

    Raises ValueError if the function is not registered.
    """
    if isinstance(function, Implementation):
        found: tuple[Implementation, ...] = (function,)
    else:
        found = registered_as(function)
    if not found:
        raise ValueError(f"{function!r} is not registered: decorate it with @implements(...) from impls")
    wrong = map(problem_result, unproved(found))
    return (*wrong, *(result for one in found for result in cells(Bench(one, plan or Plan()))))


def problem_result(problem: Problem) -> Result:
    """A plug-in that gave nothing to check, as a result."""
    return Result(
        implementation=problem.target,
        encoding="",
        property=PLUGIN,
        dtype=None,
        expected=None,
        outcome="error",
        message=f"{problem.target}: {problem.message}",
    )
