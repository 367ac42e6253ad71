"""The run: every implementation against every property, and what went wrong with what could not be checked."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from impls import Implementation
from impls.loading import Loaded, Problem
from impls.registry import all_registered
from properties.bench import Bench
from properties.expectations import Expectation
from properties.plan import Plan
from properties.result import PLUGIN, Checked, Result, Run

Progress = Callable[[str, int, int], None]


def cells(bench: Bench) -> Iterator[Result]:
    """The results of one implementation, one after the other."""
    yield from bench.troubles
    for prop in bench.plan.properties:
        for dtype in bench.dtypes:
            yield bench.cell(prop, dtype)


def run(
    loaded: Loaded,
    plan: Plan,
    *,
    expectations: Sequence[Expectation] = (),
    progress: Progress = lambda name, done, total: None,
) -> Run:
    """Check everything that was loaded; `progress(name, done, total)` is told of every implementation before its turn."""
    start = time.perf_counter()
    checked = []
    for done, implementation in enumerate(loaded.implementations):
        progress(implementation.name, done, len(loaded.implementations))
        checked.append(_checked(Bench(implementation, plan, tuple(expectations))))
    problems = (*map(problem_result, loaded.problems), *stale(expectations, loaded, plan))
    return Run(
        checked=tuple(checked),
        problems=problems,
        profile=plan.profile,
        seed=plan.seed,
        seconds=time.perf_counter() - start,
    )


def _checked(bench: Bench) -> Checked:
    results = tuple(cells(bench))
    whole = next((trouble for trouble in bench.troubles if trouble.dtype is None), None)
    status = "ok" if whole is None else "unavailable" if whole.outcome == "unavailable" else "error"
    return Checked(
        implementation=bench.implementation, status=status, results=results, message=whole.message if whole else ""
    )


def check(function: Callable[..., Any] | Implementation, plan: Plan | None = None) -> tuple[Result, ...]:
    """The results of one function, decorated with `implements`, without pytest.

    Raises ValueError if the function is not registered.
    """
    if isinstance(function, Implementation):
        found: tuple[Implementation, ...] = (function,)
    else:
        found = tuple(one for one in all_registered() if one.function is function)
    if not found:
        raise ValueError(f"{function!r} is not registered: decorate it with @implements(...) from impls")
    return tuple(result for one in found for result in cells(Bench(one, plan or Plan())))


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


def stale(expectations: Sequence[Expectation], loaded: Loaded, plan: Plan) -> Iterator[Result]:
    """Expectations that match no cell of what was checked."""
    checked = {one.name: one for one in loaded.implementations}
    known = {one.name for one in all_registered()}
    asked = {prop.id for prop in plan.properties}
    for expectation in expectations:
        one = checked.get(expectation.implementation)
        if one is None and expectation.implementation in known:
            continue
        for prop, dtype in expectation.cells:
            if one is None or (prop in asked and dtype not in one.checked_dtypes):
                message = f"{prop} in {dtype} of {expectation.implementation} is no cell of any run: delete it"
                yield problem_result(Problem(expectation.place, message))


