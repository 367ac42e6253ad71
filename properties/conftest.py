"""`pytest properties` checks conformance; with --benchmark-only it measures costs instead."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the suite's own tests, and the costs or the conformance. A path that is named still runs."""
    if collection_path.parent != HERE:
        return None
    costs_only = config.getoption("benchmark_only", default=False)
    left_out = {"tests", "test_conformance.py" if costs_only else "test_costs.py"}
    return True if collection_path.name in left_out else None
