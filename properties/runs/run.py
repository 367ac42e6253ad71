"""The run: every implementation against every property, and what went wrong with what could not be checked."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import starmap
from types import FrameType, MappingProxyType
from typing import Any

from impls import Implementation
from impls.door.devices import HOST, called
from impls.loading import Loaded, Problem
from impls.registry import registered_as
from properties.runs.ahead import ahead
from properties.runs.bench import Bench
from properties.runs.expectations import Expectation
from properties.runs.plan import Plan
from properties.runs.problems import unproved
from properties.runs.result import PLUGIN, Checked, Known, Result, Run

Progress = Callable[[str, int, int], None]
Keep = Callable[[Callable[[], Run]], None]
Beside = Callable[[Checked], Mapping[str, Any]]


class Stop:
    """Whether the run shall end: Ctrl-C and SIGTERM interrupt it, and are not forgotten where that is swallowed."""

    def __init__(self) -> None:
        self.signal: int | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """In the block, the two signals raise KeyboardInterrupt."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.signal = number
        raise KeyboardInterrupt


def cells(bench: Bench, jobs: int = 1) -> Iterator[Result]:
    """The results of one implementation, one after the other, found in so many processes."""
    yield from bench.troubles
    tasks = [partial(bench.result, prop, dtype) for prop in bench.plan.properties for dtype in bench.dtypes_for(prop)]
    with ahead(tasks, jobs) as done:
        yield from map(done, tasks)


def run(
    loaded: Loaded,
    plan: Plan,
    *,
    expectations: Sequence[Expectation] = (),
    progress: Progress = lambda name, done, total: None,
    keep: Keep = lambda found: None,
    jobs: int = 1,
    before: Known = MappingProxyType({}),
    beside: Beside = lambda checked: {},
) -> Run:
    """Check everything that was loaded, in so many processes, but for the results that are known from `before`.

    `progress(name, done, total)` hears of each before its turn. `keep` gets, before its first result and after each,
    what tells all that is known so far. `beside` is asked of each when its results are there. Where Ctrl-C or SIGTERM
    ends the run, what was found until then comes back, and `stopped` says by which signal.
    """
    start, stop = time.perf_counter(), Stop()
    begun, done = list[tuple[Implementation, list[Result]]](), list[Checked]()
    device = next((called(one.device) for one in loaded.implementations), HOST)

    def found(*, complete: bool = False) -> Run:
        return Run(
            checked=(*done, *starmap(_checked, begun[len(done) :])),
            problems=tuple(map(problem_result, loaded.problems)),
            profile=plan.profile,
            seed=plan.seed,
            seconds=time.perf_counter() - start,
            complete=complete,
            stopped=stop.signal,
            device=device,
        )

    with stop.listening():
        try:
            for number, implementation in enumerate(loaded.implementations):
                progress(implementation.name, number, len(loaded.implementations))
                begun.append((implementation, []))
                keep(found)
                for result in cells(Bench(implementation, plan, tuple(expectations), before), jobs):
                    if stop.signal is not None:
                        raise KeyboardInterrupt
                    begun[-1][1].append(result)
                    keep(found)
                checked = _checked(*begun[-1])
                done.append(replace(checked, beside=beside(checked)))
        except KeyboardInterrupt:
            stop.signal = stop.signal or signal.SIGINT
    return found(complete=stop.signal is None)


def _checked(implementation: Implementation, results: Sequence[Result]) -> Checked:
    whole = next((result for result in results if result.property == PLUGIN and result.dtype is None), None)
    status = "ok" if whole is None else "error" if whole.outcome in ("error", "expected-fail") else "unavailable"
    return Checked(
        implementation=implementation,
        status=status,
        results=tuple(results),
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
