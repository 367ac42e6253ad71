"""A report in a terminal: the matrix, what was not expected, one line of counts.

Colour only underlines what a glyph and a letter already say. Where the width does not hold all
implementations the matrix comes in several blocks.
"""

import io
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.text import Text

from properties.runs.causes import causes
from properties.runs.spent import budget
from reports import words
from reports.cells import Problem, View
from reports.outcomes import OUTCOMES, VERDICTS, Mark
from reports.rows import Implementation

NARROWEST = 40
LONGEST_TITLE = 44
DEFAULT_WIDTH = 100


def text(report: View, *, width: int = DEFAULT_WIDTH, colour: bool = False, glyphs: bool = True) -> str:
    """The report as text of that many columns; `glyphs=False` leaves letters alone, for ASCII terminals."""
    target = io.StringIO()
    console = Console(
        file=target,
        width=max(width, NARROWEST),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for block in _blocks(report, console.width, glyphs):
        _matrix(console, report, block, glyphs)
    for line in causes(problem.failed for problem in report.problems):
        console.print(Text(f"{words.line(line)}\n", "bold"), soft_wrap=True)
    for problem in report.problems:
        _problem(console, problem, glyphs)
    _summary(console, report, glyphs)
    return target.getvalue()


def show(report: View, *, file: TextIO | None = None) -> None:
    """Write the report to a stream (standard output), as wide and as colourful as that stream is.

    No colour where it is not a terminal or NO_COLOR is set; letters alone where its encoding has no glyphs.
    """
    stream = sys.stdout if file is None else file
    terminal = stream.isatty()
    encoding = stream.encoding or "utf-8"
    shown = text(
        report,
        width=shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns,
        colour=terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
        glyphs=encoding.lower().replace("-", "").startswith("utf"),
    )
    stream.write(shown.encode(encoding, "replace").decode(encoding))


def _sign(mark: Mark, glyphs: bool) -> Text:
    return Text(f"{mark.glyph}{mark.letter}" if glyphs else f" {mark.letter}", style=mark.style)


def _columns(names: Sequence[str], numbers: Sequence[int], room: int) -> tuple[list[str], int]:
    """Headings and their width: names where all of them fit, numbers otherwise."""
    longest = max((len(name) for name in names), default=0)
    if (longest + 2) * len(names) <= room:
        return list(names), longest + 2
    return [str(number) for number in numbers], max(len(str(max(numbers, default=0))), 2) + 2


def _blocks(report: View, width: int, glyphs: bool) -> list[list[tuple[int, Implementation]]]:
    everyone = list(enumerate(report.implementations, start=1))
    room = width - _title_width(report, width)
    names = [words.line(one.name) for _, one in everyone]
    _, each = _columns(names, [number for number, _ in everyone], room)
    many = max(1, room // each)
    return [everyone[start : start + many] for start in range(0, len(everyone), many)]


def _title_width(report: View, width: int) -> int:
    longest = max((len(words.line(stated.id)) for stated in report.properties), default=8)
    return min(longest + 2, LONGEST_TITLE, width // 2)


def _matrix(console: Console, report: View, block: list[tuple[int, Implementation]], glyphs: bool) -> None:
    title = _title_width(report, console.width)
    names = [words.line(one.name) for _, one in block]
    numbers = [number for number, _ in block]
    everyone = [words.line(one.name) for one in report.implementations]
    heads, each = _columns(everyone, range(1, len(everyone) + 1), console.width - title)
    numbered = heads[:1] != everyone[:1]
    if numbered:
        for number, name, (_, one) in zip(numbers, names, block, strict=True):
            mark = report.verdicts[one.name]
            console.print(
                Text.assemble(
                    f"{number:>4}  ",
                    _sign(mark, glyphs),
                    f"  {name}",
                    (f"  {words.line(one.encoding)}, {mark.word}", "dim"),
                ),
                no_wrap=True,
                overflow="ellipsis",
            )
    console.print()
    header = Text(" " * title)
    for number in numbers:
        header.append(heads[number - 1].rjust(each), style="bold")
    console.print(header, no_wrap=True, overflow="crop")
    silent = 0
    for stated in report.properties:
        found = [report.cells.get((one.name, stated.id)) for _, one in block]
        if all(cell is None or cell.mark.name == "not-applicable" for cell in found):
            silent += 1
            continue
        row = Text(_fit(words.line(stated.id), title))
        for cell in found:
            row.append(" " * (each - 2))
            row.append_text(_sign(cell.mark, glyphs) if cell else Text("  "))
        console.print(row, no_wrap=True, overflow="crop")
    if silent:
        console.print(
            Text(
                f"({words.counted(silent, 'property', 'properties')} of which none of these is asked)",
                "dim",
            )
        )
    console.print()


def _fit(name: str, width: int) -> str:
    return (name if len(name) < width else name[: width - 3] + "..").ljust(width)


def _problem(console: Console, problem: Problem, glyphs: bool) -> None:
    first = problem.results[0] if problem.results else None
    name = words.line(problem.implementation.name)
    where = ", ".join(words.line(result.dtype) for result in problem.results)
    what = words.line(problem.stated.id) if problem.stated else "could not be loaded or called"
    console.print(
        Text.assemble(
            _sign(problem.mark, glyphs),
            f"  {problem.mark.word}: ",
            (f"{name}, {what}", "bold"),
            (f"  {where}" if where else "", "dim"),
        ),
        soft_wrap=True,
    )
    _say(console, "", problem.stated.statement if problem.stated else "")
    if first:
        _say(console, "smallest case: ", words.case(first.witness))
        _say(console, "where: ", words.case(first.where))
        _say(console, "", words.measured(first.error, first.bound))
    _say(console, "message: ", problem.message)
    for mistake in first.diagnosis if first else ():
        _say(console, "diagnosis: ", mistake)
    if first and first.reason:
        _say(console, "expected because: ", first.reason)
    if first and first.reproduce:
        console.print(Text.assemble("    ", ("reproduce: ", "dim"), words.line(first.reproduce)), soft_wrap=True)
    console.print()


def _say(console: Console, label: str, said: str) -> None:
    """Nothing for nothing; otherwise wrapped and indented, without trailing spaces."""
    if said:
        for each in Text.assemble((label, "dim"), words.plain(said)).wrap(console, console.width - 4, tab_size=4):
            each.rstrip()
            console.print(Text("    ").append_text(each), soft_wrap=True)


def _counted(mark: Mark, count: int, glyphs: bool) -> str:
    """So many, in words, and their sign in the matrix."""
    return f"{count} {mark.of(count)} ({_sign(mark, glyphs).plain.strip()})"


def _summary(console: Console, report: View, glyphs: bool) -> None:
    section = {stated.id: stated.section for stated in report.properties if stated.section}
    took = [{section[each.property]: each.seconds} for each in report.results if each.property in section]
    if time := budget(took):
        console.print(words.line(time), soft_wrap=True)
    parts = [_counted(OUTCOMES[name], count, glyphs) for name, count in report.counts.items() if count]
    verdicts = [_counted(VERDICTS[name], count, glyphs) for name, count in report.verdict_counts().items()]
    said = f"{', '.join(parts) or 'no results'}; implementations: {', '.join(verdicts) or 'none'}"
    if not report.complete:
        said = f"INCOMPLETE, the run was cut off: {said}"
    console.print(Text(said + ".", style="bold"), soft_wrap=True)
