"""The files of a report, side by side in one folder: report.json, index.html, report.md, badge.json."""

import json
from pathlib import Path

from reports.badge import badge
from reports.cells import View
from reports.html import html
from reports.markdown import markdown


def write(report: View, folder: str | Path) -> tuple[Path, ...]:
    """Write the files of a report and return their paths. The folder is made when it is not there."""
    files = {
        "report.json": json.dumps(report.document, ensure_ascii=True, allow_nan=False, indent=1) + "\n",
        "index.html": html(report),
        "report.md": markdown(report),
        "badge.json": json.dumps(badge(report), ensure_ascii=True) + "\n",
    }
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(place / name for name in files)
