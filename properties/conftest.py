"""`pytest properties` checks conformance; with --benchmark-only it measures costs instead."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from properties.measures.told import COSTS, told
from properties.runs.ahead import Task, ahead
from properties.runs.causes import FAILED, causes
from properties.runs.options import keywords, parsed
from properties.runs.run import Stop
from properties.runs.spent import SPENT, budget

HERE = Path(__file__).parent

STOP = Stop()
DONE = pytest.StashKey[Callable[[Task], Any]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """SIGTERM ends the tests as Ctrl-C does: with what was found until then. They are done on several cores."""
    if hasattr(session.config, "workerinput"):
        return (yield)
    given = [getattr(item, "callspec", None) for item in session.items]
    tests = [each.params["results"] for each in given if each is not None and "results" in each.params]
    jobs = parsed(**keywords(session.config.option)).jobs
    with STOP.listening(), ahead(tests, jobs) as session.config.stash[DONE]:
        return (yield)


@pytest.fixture
def done(request: pytest.FixtureRequest) -> Callable[[Task], Any]:
    """Does what a test is given to do, or waits for the process that has begun with it."""
    return request.config.stash.get(DONE, lambda task: task())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What is named and cannot be run here is no success."""
    told = session.config.pluginmanager.get_plugin("terminalreporter")
    named = session.config.getoption("--impl", default=[]) and not session.config.option.collectonly
    if named and told and exitstatus == pytest.ExitCode.OK and not (told.stats.keys() & {"passed", "xfailed"}):
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
        why = {report.longrepr[2].removeprefix("Skipped: ") for report in told.stats.get("skipped", [])}
        told.write_line("")
        told.write_line("Nothing was checked: " + "; ".join(sorted(why - {"see plug-in"})))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport() -> None:
    """End them before anything is said of a test in which the interrupt was swallowed: it may have failed for it."""
    if STOP.signal is not None:
        raise KeyboardInterrupt


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None]:
    """Before all failures, of every implementation that has several, where to begin; at the end, where time went."""
    for line in causes(each for several in _handed_on(terminalreporter, FAILED) for each in several):
        terminalreporter.write_line(line)
    yield
    for line in told(_handed_on(terminalreporter, COSTS)):
        terminalreporter.write_line(line)
    if line := budget(_handed_on(terminalreporter, SPENT)):
        terminalreporter.write_line(line)


def _handed_on(terminalreporter: Any, name: str) -> list[Any]:
    """What tests have handed on under a name."""
    reports = [
        report
        for outcome in ("passed", "failed", "skipped", "xfailed")
        for report in terminalreporter.getreports(outcome)
    ]
    return [value for report in reports for known, value in report.user_properties if known == name]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the suite's own tests, and the costs or the conformance. A path that is named still runs."""
    if collection_path.parent != HERE:
        return None
    costs_only = config.getoption("benchmark_only", default=False)
    left_out = {"tests", "test_conformance.py" if costs_only else "test_costs.py"}
    return True if collection_path.name in left_out else None
