"""What the sample renders to, as files; `python -m reports.tests.golden` writes them anew."""

import json
from pathlib import Path

from reports.badge import badge
from reports.cells import view
from reports.markdown import markdown
from reports.terminal import text
from reports.tests.sample import document

FOLDER = Path(__file__).with_name("golden")


def rendered() -> dict[str, str]:
    report = view(document())
    return {
        "badge.json": json.dumps(badge(report), indent=2) + "\n",
        "report.md": markdown(report),
        "report.txt": text(report, width=80),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in rendered().items():
        (FOLDER / name).write_text(content, encoding="utf-8", newline="\n")
