"""The files of a report, side by side in one folder: report.json, index.html, report.md, badge.json."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from reports.badge import badge
from reports.cells import View
from reports.markdown import markdown
from reports.schema import Document
from reports.site import site


def write(report: View, folder: str | Path) -> tuple[Path, ...]:
    """Write the files of a report and return their paths. The folder is made when it is not there."""
    files = {
        "report.json": text_of(report.document),
        **site(report),
        "report.md": markdown(report),
        "badge.json": json.dumps(badge(report), ensure_ascii=True) + "\n",
    }
    place = writable(folder)
    for name, text in files.items():
        put(place / name, text)
    return tuple(place / name for name in files)


def writable(folder: str | Path) -> Path:
    """The folder, made if it is not there, once a file could be written into it. Raises OSError, which names it."""
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        put(place / ".tried", "tried")
        (place / ".tried").unlink()
    except OSError as error:
        raise OSError(f"the report cannot be written into {place}: {error.strerror}; name another --output") from None
    return place


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises OSError, which names it."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(f"{path} cannot be written: {error.strerror}") from None


class Journal:
    """The document as far as it is known, written during a run, for the case that the run is ended by force."""

    SHARE = 0.05
    """Of the time of the run, that it may cost."""

    def __init__(self, folder: str | Path) -> None:
        self.path, self.spent, self.begun = writable(folder) / "report.json", 0.0, time.monotonic()

    def keep(self, made: Callable[[], Document]) -> None:
        """Write the document that is made, where there is time for it."""
        now = time.monotonic()
        if self.spent <= self.SHARE * (now - self.begun):
            put(self.path, text_of(made()))
            self.spent += time.monotonic() - now


def text_of(document: Document) -> str:
    """A document as it is written."""
    return json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1) + "\n"
