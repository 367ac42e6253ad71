"""Everything that is registered, checked by as many processes as there are cores: shards of one run, then joined."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reports.combine import combine
from reports.document import digest
from reports.packing import NAME
from reports.schema import Document, InvalidReport, is_complete, load

PARTS, ASKED = ".shards", "asked.json"
"""Where the shards lie, in the folder of the report, until they are joined, with what was asked of them."""
ALONE = ("--no-replays", "--bare", "--jobs", "1")
"""What a shard leaves to the whole."""
SAFELY = ("--resume", "--apart")
"""How a shard is gone on with whose process ended: what ends a process ends one of its own from here on."""


class Stopped(KeyboardInterrupt):
    """By a signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Unfinished(RuntimeError):
    """A shard did not come to its end; the message says which, and how to go on."""


def in_shards(
    arguments: Sequence[str], output: str | Path, jobs: int, *, resume: bool, meanwhile: Callable[[], dict[str, Any]]
) -> Document:
    """The joined document of a run with these arguments, and what is found out `meanwhile`, while the shards run.

    `resume` goes on where an earlier run was cut off. Where a process ends before its shard does, another goes on.
    Raises Unfinished where that one ends as well.
    """
    told: dict[str, Any] | None = None
    folder = Path(output) / PARTS
    asked = json.dumps([each for each in arguments if each != "--resume"])
    if resume and is_begun(output) and (before := (folder / ASKED).read_text()) != asked:
        raise Unfinished(f"{folder} is of another command: {before}; leave out --resume")
    if not resume:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ASKED).write_text(asked)
    places = [folder / f"{part}-of-{jobs}" for part in range(1, jobs + 1)]
    for how in ((), SAFELY):
        shards = {place: f"{part}/{jobs}" for part, place in enumerate(places, 1) if not _is_done(place)}
        with _together([_command([*arguments, *how], shard, place) for place, shard in shards.items()]) as running:
            told = meanwhile() if told is None else told
            for process in running:
                process.wait()
    if undone := [str(place) for place in places if not _is_done(place)]:
        raise Unfinished(f"{' and '.join(undone)}: not at an end; the same command with --resume goes on there")
    return combine([load(place / NAME) for place in places]) | (told or {})


def is_begun(output: str | Path) -> bool:
    """Whether there are shards that were not joined, or of which not all was written."""
    return (Path(output) / PARTS / ASKED).is_file()


def put_away(output: str | Path) -> None:
    """Remove the shards, once what they are joined to is written."""
    shutil.rmtree(Path(output) / PARTS)


def _command(arguments: Sequence[str], shard: str, place: Path) -> list[str]:
    return [sys.executable, "-m", "reports", *arguments, *ALONE, "--shard", shard, "--output", str(place)]


@contextmanager
def _together(commands: Sequence[Sequence[str]]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes of these commands, which Ctrl-C, SIGTERM and errors end too, once they have written what they found."""
    running = [subprocess.Popen(command) for command in commands]

    def end(number: int, _: object) -> None:
        raise Stopped(number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield running
    except BaseException:
        for process in running:
            process.send_signal(signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        for process in running:
            process.wait()


def _is_done(place: Path) -> bool:
    """Whether a shard is there, of this very suite, and at its end."""
    try:
        document = load(place / NAME)
    except (InvalidReport, OSError):
        shutil.rmtree(place, ignore_errors=True)
        return False
    return is_complete(document) and document["suite"]["digest"] == digest()
