"""The files of a report, side by side in one folder: report.json, index.html, report.md, badge.json."""

from __future__ import annotations

import json
from pathlib import Path

from reports.badge import badge
from reports.cells import Document
from reports.html import html
from reports.markdown import markdown
from reports.schema import validate


def write(document: Document, folder: str | Path) -> tuple[Path, ...]:
    """Validate the document, write its files and return their paths. The folder is made when it is not there.

    Raises:
        InvalidReport: nothing is written.
    """
    validate(document)
    files = {
        "report.json": json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1) + "\n",
        "index.html": html(document),
        "report.md": markdown(document),
        "badge.json": json.dumps(badge(document), ensure_ascii=True) + "\n",
    }
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(place / name for name in files)
