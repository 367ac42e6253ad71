"""One plug-in of each kind beside a right one, through every door of the suite: whole runs, as users make them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from properties.tests.chaotic import HEAD
from properties.tests.plugins import HOUSE, RIGHT, written
from properties.tests.test_chaos import PLUGINS
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
LIMITS = ("--dtype", "float32", "--max-seconds", "8", "--max-memory", "8", "--max-files", "256", "--max-output", "16")
TESTED = ("pytest", "properties", "-p", "no:cacheprovider", "--junitxml")
RUNS = {
    "reports": ("reports", "--no-costs", "--output"),
    "pytest": TESTED,
    "pytest -n 2": ("pytest", "-n2", *TESTED[1:]),
}
LONGEST = 400_000
"""Of what a run says, in letters."""
SECONDS = 240

Found = tuple[int, str, Path]


def made(run: str, folder: Path, *targets: Path) -> Found:
    """The exit status of a run, what it said, and where it wrote."""
    out = folder / ("found" if run == "reports" else "found.xml")
    named = [word for target in targets for word in ("--impl", str(target))]
    command = [sys.executable, "-m", *RUNS[run], str(out), *named, *LIMITS]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, errors="replace", timeout=SECONDS)
    return done.returncode, done.stdout + done.stderr, out


def results(run: str, out: Path) -> list[dict[str, Any]]:
    """What was found, but for the seconds."""
    if run == "reports":
        document = load(out / "report.json")
        assert is_complete(document)
        return [{field: each[field] for field in each if field != "seconds"} for each in document["results"]]
    cells = ElementTree.parse(out).getroot().iter("testcase")
    return sorted(({"name": each.get("name"), "outcome": [inside.tag for inside in each]} for each in cells), key=str)


def of_right(run: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    field, value = ("implementation", "right") if run == "reports" else ("name", "test_conformance[right-")
    return [each for each in found if str(each[field]).startswith(value)]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[dict[str, Any]]]:
    known: dict[str, list[dict[str, Any]]] = {}

    def asked(run: str) -> list[dict[str, Any]]:
        if run not in known:
            folder = tmp_path_factory.mktemp("alone")
            status, said, out = made(run, folder, written(folder, RIGHT, "right.py"))
            assert status == 0, said
            known[run] = of_right(run, results(run, out))
            assert len(known[run]) > 50
        return known[run]

    return asked


@pytest.mark.chaos
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_costs_its_neighbour_and_the_run_nothing(tmp_path, alone, kind, run):
    code, ending = PLUGINS[kind]
    bad = written(tmp_path, HEAD + code, "bad.py")
    status, said, out = made(run, tmp_path, bad, written(tmp_path, RIGHT, "right.py"))
    found = results(run, out)
    assert of_right(run, found) == alone(run)
    assert status == (0 if ending == "right" else 1), said
    assert "Traceback" not in said
    assert "suite itself failed" not in said
    assert len(said) < LONGEST
    if run == "reports":
        lost = [each for each in found if each["outcome"] == "error" and each["property"] != "plug-in"]
        assert bool(lost) == (ending == "lost")
        assert all(each["message"] and each["reproduce"] for each in lost), lost
