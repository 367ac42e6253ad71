"""A report as GitHub Markdown, short enough for a comment on a pull request.

What fails comes first, then a verdict per implementation, then the matrix with a footnote for every reason.
Text of the document is escaped or quoted: it makes no headings, tables, HTML or mentions of its own.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import cells, pages, words
from reports.cells import Cell, View
from reports.outcomes import OUTCOMES, Mark
from reports.rows import Implementation, Result

TEMPLATES = Path(__file__).with_name("templates")
SHOWN = 20
NAMED = 6
MANY = 40
"""Of so many implementations those that conform are only counted, and there is no matrix: it is a comment."""
FOOTNOTE = 300


@dataclass(frozen=True)
class Matrix:
    """Rows of finished cells, and the footnotes that they point to."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    footnotes: tuple[str, ...]


def markdown(report: View, *, failures: int = SHOWN) -> str:
    """The report, with at most that many failures spelled out.

    Columns of the matrix carry the names of up to six implementations, the numbers of the table above it
    otherwise.
    """
    names = [one.name for one in report.implementations]
    text = (
        _environment()
        .get_template("report.md.j2")
        .render(
            report=report,
            headline=cells.headline(report),
            outcomes=OUTCOMES,
            shown=report.problems[:failures],
            beginnings=pages.beginnings(report),
            hidden=max(0, len(report.problems) - failures),
            tally=_tally(report),
            listed=_listed(report),
            matrix=_matrix(report) if len(names) <= MANY else Matrix((), ()),
            heads=[code(name) for name in names]
            if len(names) <= NAMED
            else [str(number) for number in range(1, len(names) + 1)],
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def code(item: object) -> str:
    """Text as a code span that fits into a table cell, whatever it contains."""
    text = words.line(item).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""


def prose(item: object) -> str:
    """Text on one line without any meaning to Markdown but its links; a mention mentions nobody."""
    parts = re.split(r"(https?://[A-Za-z0-9/._~#?&=%+:-]+)", words.line(item))
    text = "".join(part if number % 2 else _escape(part) for number, part in enumerate(parts))
    return re.sub(r"^([-+#=]|\d+(?=[.)]))", lambda match: match[1] + "\u200b", text)


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")
    return re.sub(r"([\\`*_\[\]|~$])", r"\\\1", text)


def block(item: object, language: str = "") -> str:
    """Text as a fenced block."""
    text = words.plain(item).strip("\n")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        code=code,
        prose=prose,
        block=block,
        case=words.case,
        measured=words.measured,
        duration=words.duration,
        counted=words.counted,
    )
    return environment


def _listed(report: View) -> list[tuple[int, Implementation]]:
    """The implementations with their numbers; of many those that do more than conform."""
    numbered = list(enumerate(report.implementations, 1))
    told = [pair for pair in numbered if report.verdicts[pair[1].name].name != "conforms"]
    return numbered if len(numbered) <= MANY else told


def _tally(report: View) -> dict[str, list[tuple[Mark, int]]]:
    marks: dict[str, Counter[Mark]] = {one.name: Counter() for one in report.implementations}
    for (owner, _), cell in report.cells.items():
        marks[owner][cell.mark] += 1
    return {name: [(mark, found[mark]) for mark in OUTCOMES.values() if found[mark]] for name, found in marks.items()}


def _matrix(report: View) -> Matrix:
    footnotes: dict[str, int] = {}
    rows = []
    for stated in report.properties:
        found = [report.cells.get((one.name, stated.id)) for one in report.implementations]
        if any(found):
            rows.append((prose(stated.heading), tuple(_cell(cell, footnotes) for cell in found)))
    return Matrix(tuple(rows), tuple(footnotes))


def _cell(cell: Cell | None, footnotes: dict[str, int]) -> str:
    if cell is None:
        return ""
    sign = f"{cell.mark.glyph} {cell.mark.letter}"
    if cell.mark.name not in ("fail", "error", "unexpected-pass", "expected-fail"):
        return sign
    alike = [result for result in cell.results if result.outcome == cell.mark.name]
    return f"{sign}[^{footnotes.setdefault(_footnote(alike), len(footnotes) + 1)}]"


def _footnote(alike: list[Result]) -> str:
    first = alike[0]
    said = [first.reason, first.message]
    found = next(filter(None, said if first.outcome == "expected-fail" else said[::-1]), "no reason was recorded")
    reason = words.clip(words.line(found), FOOTNOTE)
    evidence = words.measured(first.error, first.bound)
    dtypes = ", ".join(prose(result.dtype) for result in alike)
    return f"{prose(reason)} ({dtypes}{'; ' + prose(evidence) if evidence else ''})"
