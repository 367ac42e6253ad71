"""Strangers' code costs what it is itself: no result of others, no verdict, no word of the report.

`pytest -m chaos` asks all of `chaotic.PLUGINS`; otherwise one of each kind is asked.
"""

from pathlib import Path

import pytest

from impls.door.far import GIVEN_UP
from impls.door.fence import can_fence
from impls.door.limits import Limits
from impls.loading import load_all
from properties.runs import cell
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN, Result
from properties.runs.run import cells
from properties.tests import chaotic, deceiving
from properties.tests.chaotic import FENCED, HEAD, called

PLUGINS = chaotic.PLUGINS | deceiving.PLUGINS
ASKED = (
    "exact-values",
    "norm",
    "group-law",
    "determinism",
    "call-independence",
    "settings-kept",
    "inputs-not-mutated",
    "gradient",
)
PLAN = Plan(properties=tuple(prop for prop in PROPERTIES if prop.id in ASKED), dtypes=("float32",))
LIMITS = Limits(memory=8, files=256, import_seconds=4.0)
QUICK = ("os-exit-late", "cos-at-import")
SECONDS = 6.0


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not come back is given up soon."""
    monkeypatch.setattr(cell, "CELL_SECONDS", SECONDS)
    monkeypatch.setattr("properties.runs.smoke.SECONDS", SECONDS)


def found(folder: Path, code: str) -> list[Result] | str:
    """The results of a plug-in, or why there is nothing to check."""
    path = folder / "bad.py"
    path.write_text(HEAD + code, encoding="utf-8")
    loaded = load_all([str(path)], LIMITS)
    if loaded.problems:
        return loaded.problems[0].message
    return [result for one in loaded.implementations for result in cells(Bench(one, PLAN))]


def ending(results: list[Result] | str) -> str:
    """How it ended, in the words of `chaotic`."""
    if isinstance(results, str) or any(result.property == PLUGIN for result in results):
        return "refused"
    outcomes = {result.outcome for result in results} - {"not-applicable"}
    failed = {result.property for result in results if result.outcome == "fail"}
    if "error" in outcomes:
        return "lost"
    return "right" if not failed else "leaks" if failed == {"settings-kept"} else "fails"


def marks(name: str) -> tuple[pytest.MarkDecorator, ...]:
    """What is asked of a system, and by whom, where a plug-in is run."""
    fenced = pytest.mark.skipif(name in FENCED and not can_fence(), reason="Landlock has no scopes for signals here")
    return (fenced,) if name in QUICK else (fenced, pytest.mark.chaos)


@pytest.mark.parametrize("name", [pytest.param(name, marks=marks(name)) for name in PLUGINS])
def test_chaos(name, tmp_path):
    code, expected = PLUGINS[name]
    results = found(tmp_path, code)
    assert ending(results) == expected, results
    told = [results] if isinstance(results, str) else [result.message for result in results]
    assert not any("the suite itself failed" in each for each in told), told
    if not isinstance(results, str) and expected == "lost":
        lost = [result for result in results if result.outcome == "error"]
        assert all(result.reproduce or result.message.startswith(GIVEN_UP) for result in lost)
        assert any(result.reproduce for result in lost)


def test_code_that_is_wrong_and_slow_is_told_so_and_not_given_up(tmp_path, monkeypatch):
    """The search for a smaller case is broken off in the middle of a call, each time."""
    monkeypatch.setattr(cell, "SHRINK_SECONDS", 0.02)
    results = found(tmp_path, called("time.sleep(0.03)", result="wrong(x, positions, base)"))
    assert not isinstance(results, str)
    assert {result.outcome for result in results} <= {"pass", "fail", "not-applicable"}
    assert sum(result.outcome == "fail" for result in results) >= 3


def test_a_neighbour_is_as_it_is_alone(tmp_path):
    def alone() -> list[Result]:
        results = found(tmp_path, "rope()(right)")
        assert not isinstance(results, str)
        return results

    before = alone()
    assert ending(before) == "right"
    for name in ("cos-at-import", "gradients-off"):
        found(tmp_path, PLUGINS[name][0])
    plain = [[(r.property, r.outcome, r.error, r.bound, r.cases) for r in each] for each in (before, alone())]
    assert plain[0] == plain[1]
