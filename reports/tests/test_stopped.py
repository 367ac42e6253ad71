"""A run that is stopped, or killed, leaves a report that can be read and says that it is not complete."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from properties.tests.plugins import RIGHT, plugin, turn, written
from reports.cells import view
from reports.combine import CombineError, combine
from reports.schema import is_complete, load

ROOT = Path(__file__).parent.parent.parent


def command(folder: Path, *more: str) -> list[str]:
    """A run of two plug-ins."""
    sources = {name: written(folder, plugin(turn(), name=name), f"{name}.py") for name in ("one", "two")}
    targets = [word for source in sources.values() for word in ("--impl", str(source))]
    return [sys.executable, "-m", "reports", *targets, "--no-costs", "--output", str(folder / "out"), *more]


def stopped(folder: Path, number: int, seconds: float) -> tuple[int, str]:
    """The exit status and the last words of a run that gets a signal so many seconds after it has begun to write."""
    run = subprocess.Popen(command(folder), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not (folder / "out" / "report.json.gz").exists() and run.poll() is None:
        time.sleep(0.05)
    time.sleep(seconds)
    os.kill(run.pid, number)
    _, said = run.communicate(timeout=60)
    return run.returncode, said


def expect_readable(folder: Path) -> bool:
    """That the report can be read and shown; returns whether it is complete, else `combine` refuses it."""
    document = load(folder / "out" / "report.json.gz")
    assert not list((folder / "out").glob("*.part"))
    report = view(document)
    if not is_complete(document):
        assert not report.conforming
        with pytest.raises(CombineError, match="was cut off"):
            combine([document])
    return is_complete(document)


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGTERM, 143),
        *(pytest.param(*each, marks=pytest.mark.chaos) for each in ((signal.SIGINT, 130), (9, -9))),
    ],
)
def test_what_was_found_is_kept(tmp_path, number, status):
    found, said = stopped(tmp_path, number, 1.5)
    assert found == status
    assert not expect_readable(tmp_path)
    assert ("stopped" in said) == (number != signal.SIGKILL)
    assert "Traceback" not in said


@pytest.mark.chaos
@pytest.mark.parametrize("turn", range(20))
def test_a_report_is_left_at_any_moment(tmp_path, turn):
    draw = random.Random(turn)
    stopped(tmp_path, draw.choice((signal.SIGTERM, signal.SIGINT, signal.SIGKILL)), draw.uniform(0, 20))
    complete = expect_readable(tmp_path)
    resumed = subprocess.run(command(tmp_path, "--resume"), cwd=ROOT, capture_output=True, text=True)
    assert resumed.returncode == (4 if complete else 0)
    assert not complete or "is complete: nothing is left to do" in resumed.stderr
    assert expect_readable(tmp_path)


@pytest.mark.chaos
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_pytest_tells_what_was_found_until_then(tmp_path, number):
    target = str(written(tmp_path, RIGHT, "one.py"))
    command = [sys.executable, "-u", "-m", "pytest", "properties", "-v", "-p", "no:cacheprovider", "--impl", target]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert run.stdout is not None
    passed = (line for line in run.stdout if "PASSED" in line)
    for _ in range(5):
        next(passed)
    os.kill(run.pid, number)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in said
    assert re.search(r"= [0-9]+ passed.* in ", said)
