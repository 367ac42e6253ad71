"""`pytest properties` checks conformance; with --benchmark-only it measures costs instead."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from properties.runs.causes import FAILED, causes

HERE = Path(__file__).parent


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None]:
    """Before all failures, of every implementation that has several, where to begin."""
    reports = terminalreporter.getreports("failed")
    found = [each for one in reports for name, several in one.user_properties if name == FAILED for each in several]
    for line in causes(found):
        terminalreporter.write_line(line)
    return (yield)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the suite's own tests, and the costs or the conformance. A path that is named still runs."""
    if collection_path.parent != HERE:
        return None
    costs_only = config.getoption("benchmark_only", default=False)
    left_out = {"tests", "test_conformance.py" if costs_only else "test_costs.py"}
    return True if collection_path.name in left_out else None
