"""`pytest properties`: one test for every implementation and property, in all dtypes.

Where everything is checked, it is one test for every implementation and section of properties, and what does not
concern an implementation is left to the report.
"""

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

import pytest

from properties.checks.property import Property
from properties.runs.bench import Bench
from properties.runs.causes import FAILED, failed, together
from properties.runs.options import Selection, WrongUsage, keywords, selection
from properties.runs.result import PLUGIN, Result
from properties.runs.run import problem_result
from properties.runs.spent import SPENT, spent

SELECTION = pytest.StashKey[Selection]()
Test = Callable[[], tuple[Result, ...]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that can be run for every cell, first of all for what cannot be checked."""
    tests = _tests(_selection(metafunc.config), in_full=bool(metafunc.config.getoption("--impl")))
    metafunc.parametrize("results", [run for _, run in tests], ids=[name for name, _ in tests])


def test_conformance(
    results: Test, done: Callable[[Test], tuple[Result, ...]], record_property: Callable[[str, object], None]
) -> None:
    """The implementation has the property, in every dtype that it is held to."""
    found = done(results)
    record_property(SPENT, spent(found))
    wrong = [result for result in found if not result.conforms]
    if wrong:
        record_property(FAILED, failed(wrong))
        by_property = groupby(wrong, key=lambda result: result.property)
        pytest.fail("\n\n".join(together(list(group)) for _, group in by_property), pytrace=False)
    if all(result.outcome in ("not-applicable", "not-run", "unavailable") for result in found):
        pytest.skip("; ".join(dict.fromkeys(result.message for result in found)))
    if any(result.outcome == "expected-fail" for result in found):
        pytest.xfail("; ".join(dict.fromkeys(result.reason for result in found if result.reason)))


def _selection(config: pytest.Config) -> Selection:
    if SELECTION not in config.stash:
        try:
            config.stash[SELECTION] = selection(**keywords(config.option))
        except WrongUsage as error:
            raise pytest.Collector.CollectError(str(error)) from None
        config.option.jobs = config.stash[SELECTION].jobs
    return config.stash[SELECTION]


def _tests(selected: Selection, *, in_full: bool) -> Sequence[tuple[str, Test]]:
    wrong = map(problem_result, selected.loaded.problems)
    tests: list[tuple[str, Test]] = [(f"{one.implementation}-{PLUGIN}", partial(_given, one)) for one in wrong]
    for implementation in selected.loaded.implementations:
        bench = Bench(implementation, selected.plan, selected.expectations)
        tests.append((f"{implementation.name}-{PLUGIN}", partial(_usable, bench)))
        parts = {prop.id: [prop] for prop in selected.plan.properties} if in_full else _sections(bench)
        tests += [(f"{implementation.name}-{name}", partial(_cells, bench, props)) for name, props in parts.items()]
    return tests


def _sections(bench: Bench) -> dict[str, list[Property]]:
    """The properties that concern an implementation, by section."""
    parts: dict[str, list[Property]] = {}
    for prop in bench.plan.properties:
        if _concerns(bench, prop):
            parts.setdefault(prop.statement.section, []).append(prop)
    return parts


def _concerns(bench: Bench, prop: Property) -> bool:
    checkable = bench.implementation.problem is None and bench.implementation.available
    return checkable and bench.left_out(prop) is None


def _given(result: Result) -> tuple[Result, ...]:
    return (result,)


def _usable(bench: Bench) -> tuple[Result, ...]:
    return bench.troubles or (dataclasses.replace(bench.blank(PLUGIN, None), outcome="pass"),)


def _cells(bench: Bench, props: Sequence[Property]) -> tuple[Result, ...]:
    return tuple(result for prop in props for result in _cell(bench, prop))


def _cell(bench: Bench, prop: Property) -> tuple[Result, ...]:
    not_run = dataclasses.replace(bench.blank(prop.id, None), outcome="not-run", message=f"see {PLUGIN}")
    return tuple(bench.result(prop, dtype) for dtype in bench.dtypes_for(prop)) or (not_run,)
