"""Advisories replayed: each program in a new process, against whatever version of the library is installed.

The process has imported torch, as a copy of one that has, and nothing of the library.
"""

import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Literal

from impls.advisories import Advisory
from impls.door.processes import PROCESSES, end_with_parent, no_main

State = Literal["still-there", "fixed", "changed", "unavailable"]
SECONDS = 300
UNABLE = "unavailable: "
"""What a program says first as it ends with an error on a machine that cannot show the deviation."""
NUMBER = r"-?\d+(?:\.\d*)?(?:e[-+]?\d+)?"
NUMBERS = re.compile(rf"^(nan|inf|{NUMBER}) ({NUMBER})\s*\Z", re.MULTILINE)
"""What was measured, which may have no end, and what is allowed, which has."""
STARTING = Lock()
"""One process is begun after the other."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a program showed: the numbers of its last line, or why there are none."""

    id: str
    version: str | None
    state: State
    measured: float | None = None
    allowed: float | None = None
    message: str = ""


def replays(advisories: Iterable[Advisory]) -> Iterator[Replay]:
    """Advisories replayed one after the other, as many at a time as there are cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(replay, advisories)


def replay(advisory: Advisory) -> Replay:
    """Whether what an advisory says is so in the installed version.

    `fixed`: what was measured is within what rounding allows. `changed`: the program ended with an error, or without
    its numbers. `unavailable`: the library is not installed, or the machine is too slow, or cannot show it.
    """
    try:
        version = metadata.version(advisory.package)
    except metadata.PackageNotFoundError:
        return Replay(id=advisory.id, version=None, state="unavailable", message=f"{advisory.package} is not installed")
    with TemporaryDirectory() as folder:
        status, out, errors = _ended(advisory.replay, Path(folder))
    if status is None:
        return Replay(id=advisory.id, version=version, state="unavailable", message=f"not at its end after {SECONDS} s")
    found = NUMBERS.search(out)
    if status or not found:
        said = (errors or out).strip().splitlines() or ["it printed nothing"]
        unable = said[-1].startswith(UNABLE)
        message = said[-1].removeprefix(UNABLE)
        return Replay(id=advisory.id, version=version, state="unavailable" if unable else "changed", message=message)
    measured, allowed = map(float, found.groups())
    state: State = "fixed" if measured <= allowed else "still-there"
    return Replay(id=advisory.id, version=version, state=state, measured=measured, allowed=allowed)


def _ended(program: str, folder: Path) -> tuple[int | None, str, str]:
    """The exit status of a program, None after SECONDS, what it printed, and what it said of errors."""
    out, errors = folder / "out", folder / "errors"
    process = PROCESSES.Process(target=_run, args=(program, out, errors))
    with STARTING, no_main():
        process.start()
    process.join(SECONDS)
    in_time = process.exitcode is not None
    if not in_time:
        process.kill()
        process.join()
    said = [path.read_text(errors="replace") if path.exists() else "" for path in (out, errors)]
    return process.exitcode if in_time else None, said[0], said[1]


def _run(program: str, out: Path, errors: Path) -> None:
    """Run a program as if nothing else had run, in a process that ends with it."""
    end_with_parent()
    for path, stream in ((out, sys.stdout), (errors, sys.stderr)):
        with path.open("w") as file:
            os.dup2(file.fileno(), stream.fileno())
    warnings.simplefilter("ignore")
    exec(compile(program, "replay", "exec"), {"__name__": "__main__"})
