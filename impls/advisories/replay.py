"""Advisories replayed: each program alone in a new process, against whatever version of the library is installed."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from typing import Literal

from impls.advisories import Advisory

State = Literal["still-there", "fixed", "changed", "unavailable"]
SECONDS = 300
UNABLE = "unavailable: "
"""What a program says first as it ends with an error on a machine that cannot show the deviation."""
NUMBER = r"(nan|inf|-?[\d.]+(?:e[-+]?\d+)?)"
NUMBERS = re.compile(rf"^{NUMBER} {NUMBER}\s*\Z", re.MULTILINE)


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
    command = [sys.executable, "-W", "ignore", "-c", advisory.replay]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Replay(id=advisory.id, version=version, state="unavailable", message=f"not at its end after {SECONDS} s")
    found = NUMBERS.search(ended.stdout)
    if ended.returncode or not found:
        said = (ended.stderr or ended.stdout).strip().splitlines() or ["it printed nothing"]
        unable = said[-1].startswith(UNABLE)
        message = said[-1].removeprefix(UNABLE)
        return Replay(id=advisory.id, version=version, state="unavailable" if unable else "changed", message=message)
    measured, allowed = map(float, found.groups())
    state: State = "fixed" if measured <= allowed else "still-there"
    return Replay(id=advisory.id, version=version, state=state, measured=measured, allowed=allowed)
