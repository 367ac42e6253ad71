"""One plug-in of each kind beside a right one, in whole runs, as users make them: what it costs is its own."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from impls.door.far import GIVEN_UP
from impls.door.fence import can_fence
from properties.tests.chaotic import FENCED, HEAD
from properties.tests.plugins import HOUSE, RIGHT, written
from properties.tests.test_chaos import ASKED, PLUGINS, marks
from reports.schema import is_complete, load

KINDS = (
    "segfault-at-import",
    "segfault-late",
    "plain-loop",
    "libc-sleep-blocked",
    "os-exit-late",
    "ends-the-suite",
    "ends-the-run",
    "cos-at-import",
    "gradients-off",
    "default-dtype-half",
    "memory-bomb",
    "stdout-flood",
    "files",
    "raises-in-backward",
    "raises-badly",
    "nan-parameter",
    "patches-what-answers",
)
TOGETHER = [kind for kind in KINDS if can_fence() or kind not in FENCED]
LIMITS = ("--dtype", "float32", "--max-seconds", "8", "--max-memory", "8", "--max-files", "256", "--max-output", "16")
LIMITED = (*LIMITS, *(word for prop in ASKED for word in ("--property", prop)))
PYTEST = ("pytest", "properties", "-p", "no:cacheprovider", "--junitxml")
RUNS = {
    "reports": ("reports", "--no-costs", "--output"),
    "pytest": PYTEST,
    "pytest -n2": (PYTEST[0], "-n2", *PYTEST[1:]),
}
LONGEST = 100_000
"""Of what a run says of one plug-in, in letters."""
SECONDS = 300

Results = list[dict[str, Any]]


def made(run: str, folder: Path, sources: dict[str, str]) -> tuple[int, str, Results]:
    """The exit status of a run of plug-ins, what it said, and what it found but for the seconds."""
    out = folder / "found"
    targets = [written(folder, source, f"{name}.py") for name, source in sources.items()]
    named = [word for target in targets for word in ("--impl", str(target))]
    command = [sys.executable, "-m", *RUNS[run], str(out), *named, *LIMITED]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, errors="replace", timeout=SECONDS)
    return done.returncode, done.stdout + done.stderr, _reported(out) if run == "reports" else _tested(out)


def _reported(out: Path) -> Results:
    document = load(out / "report.json.gz")
    assert is_complete(document)
    return [{field: each[field] for field in each if field != "seconds"} for each in document["results"]]


def _tested(out: Path) -> Results:
    cells = ElementTree.parse(out).getroot().iter("testcase")
    found = [{"name": str(each.get("name")), "told": [(told.tag, told.text) for told in each]} for each in cells]
    return sorted(found, key=lambda each: each["name"])


def of_right(found: Results) -> Results:
    mine = [each for each in found if each.get("implementation") == "right" or "[right-" in each.get("name", "")]
    assert len(mine) >= len(ASKED)
    return mine


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Results]:
    """What a run finds of the right plug-in alone."""

    @cache
    def asked(run: str) -> Results:
        status, said, found = made(run, tmp_path_factory.mktemp("alone"), {"right": RIGHT})
        assert status == 0, said
        return of_right(found)

    return asked


def bad(kind: str) -> str:
    return HEAD.replace('name="bad"', f'name="{kind}"') + PLUGINS[kind][0]


@pytest.mark.chaos
@pytest.mark.parametrize("run", ["reports", "pytest"])
@pytest.mark.parametrize("kind", [pytest.param(kind, marks=marks(kind)) for kind in KINDS])
def test_one_costs_its_neighbour_and_the_run_nothing(tmp_path, alone, kind, run):
    ending = PLUGINS[kind][1]
    status, said, found = made(run, tmp_path, {kind: bad(kind), "right": RIGHT})
    assert of_right(found) == alone(run)
    assert status == (0 if ending == "right" else 1), said
    assert not any(wrong in said for wrong in ("Traceback", "suite itself failed", "INTERNALERROR")), said
    assert len(said) < LONGEST
    if run == "reports":
        lost = [each for each in found if each["outcome"] == "error" and each["property"] != "plug-in"]
        assert bool(lost) == (ending == "lost")
        asked = [each for each in lost if not each["message"].startswith(GIVEN_UP)]
        assert bool(asked) == bool(lost)
        assert all(each["message"] and each["reproduce"] for each in asked), asked


@pytest.mark.chaos
@pytest.mark.parametrize("run", RUNS)
def test_all_together_cost_their_neighbour_nothing(tmp_path, alone, run):
    status, said, found = made(run, tmp_path, {kind: bad(kind) for kind in TOGETHER} | {"right": RIGHT})
    assert of_right(found) == alone(run)
    assert status == 1
    assert not any(wrong in said for wrong in ("suite itself failed", "INTERNALERROR", "crashed")), said
    told = str([each for each in found if not each.get("name") or each["told"]])
    assert all(kind in told for kind in TOGETHER if PLUGINS[kind][1] != "right")
