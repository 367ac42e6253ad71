"""The files of a report: report.json.gz, the pages, report.md, a badge of the run and of everyone in it."""

import json
import time
from collections.abc import Callable, Collection
from pathlib import Path

from reports.badge import badge
from reports.cells import View
from reports.links import FOLDERS, anchors
from reports.markdown import markdown
from reports.packing import NAME, packed
from reports.schema import Document
from reports.site import site


def write(report: View, folder: str | Path, *, bare: bool = False, jobs: int = 1) -> tuple[Path, ...]:
    """Write the files of a report from so many processes, or, `bare`, its document alone, and return their paths.

    The folder is made when it is not there.
    """
    files: dict[str, str | bytes] = {NAME: packed(report.document)}
    if not bare:
        files |= {**site(report, jobs), "report.md": markdown(report), "badge.json": _badge(report)}
    if not bare and len(report.implementations) > 1:
        names = anchors("", [one.name for one in report.implementations])
        files |= {f"badges/{stem}.json": _badge(report, str(name)) for name, stem in names.items()}
    place = writable(folder)
    if not bare:
        _remove_others(place, files)
    for name, content in files.items():
        (place / name).parent.mkdir(exist_ok=True)
        put(place / name, content)
    return tuple(place / name for name in files)


def _remove_others(place: Path, files: Collection[str]) -> None:
    """Remove the pages and badges of an earlier report."""
    for folder in (*FOLDERS.values(), "badges"):
        for path in [*(place / folder).glob("*.html"), *(place / folder).glob("*.json")]:
            if path.relative_to(place).as_posix() not in files:
                path.unlink()


def _badge(report: View, name: str | None = None) -> str:
    return json.dumps(badge(report, implementation=name), ensure_ascii=True) + "\n"


def writable(folder: str | Path) -> Path:
    """The folder, made if it is not there, once a file could be written into it. Raises OSError, which names it."""
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        put(place / ".tried", b"tried")
        (place / ".tried").unlink()
    except OSError as error:
        raise OSError(f"the report cannot be written into {place}: {error.strerror}; name another --output") from None
    return place


def put(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all. Raises OSError, which names it."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(f"{path} cannot be written: {error.strerror}") from None


class Journal:
    """The document as far as it is known, written during a run, for the case that the run is ended by force."""

    SHARE = 0.05
    """Of the time of the run, that it may cost."""

    def __init__(self, folder: str | Path) -> None:
        self.path, self.spent, self.begun = writable(folder) / NAME, 0.0, time.monotonic()

    def keep(self, made: Callable[[], Document]) -> None:
        """Write the document that is made, where there is time for it."""
        now = time.monotonic()
        if self.spent <= self.SHARE * (now - self.begun):
            put(self.path, packed(made()))
            self.spent += time.monotonic() - now
