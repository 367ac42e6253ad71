"""A report read as a matrix: one cell per implementation and property, one verdict per implementation.

A cell shows the worst of its dtypes. An implementation conforms only when the run is complete, something was
checked and nothing breaks; a run that was cut off can show that something does not conform, never that it
does.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports import words
from reports.outcomes import OUTCOMES, VERDICTS, Mark

Record = dict[str, Any]
Document = dict[str, Any]

BLANK: Record = {"form": None, "layout": None, "source": None, "version": None, "dtypes": [], "status": "ok"}

NO_DTYPE, NO_ENCODING = "no dtype", "unknown encoding"


@dataclass(frozen=True)
class Cell:
    """The results of one implementation on one property, one a dtype, worst first; never empty."""

    results: tuple[Record, ...]

    @property
    def mark(self) -> Mark:
        return OUTCOMES[self.results[0]["outcome"]]

    @property
    def breaking(self) -> tuple[Record, ...]:
        """The results that break, the one that is told best first: diagnosed, and on the smallest case."""
        breaking = (result for result in self.results if OUTCOMES[result["outcome"]].breaks)
        return tuple(sorted(breaking, key=_opacity))


@dataclass(frozen=True)
class Problem:
    """What makes a run non-conforming: a cell, or (`stated` is None) an implementation that did not load."""

    implementation: Record
    stated: Record | None
    mark: Mark
    results: tuple[Record, ...]

    @property
    def message(self) -> str:
        said = self.results[0]["message"] if self.results else self.implementation.get("message") or ""
        return words.clip(str(said))


@dataclass(frozen=True)
class View:
    """A document with its cells, verdicts and counts worked out."""

    document: Document
    complete: bool
    implementations: tuple[Record, ...]
    properties: tuple[Record, ...]
    dtypes: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    verdicts: dict[str, Mark]
    counts: dict[str, int]
    problems: tuple[Problem, ...]

    @property
    def conforming(self) -> bool:
        """Complete, something conforms and nothing breaks."""
        marks = list(self.verdicts.values())
        checked = [mark for mark in marks if mark.name in ("conforms", "conforms-except")]
        return self.complete and bool(checked) and not any(m.breaks or m.name == "unknown" for m in marks)

    def verdict_counts(self) -> dict[str, int]:
        """How many implementations have each verdict, in the order of the table, without zeros."""
        found = Counter(mark.name for mark in self.verdicts.values())
        return {name: found[name] for name in VERDICTS if found[name]}


def is_complete(document: Document) -> bool:
    """Whether the run reached its end."""
    return document.get("complete") is True


def view(document: Document) -> View:
    """Work out what every rendering shows. The document must satisfy the schema."""
    implementations, properties = _implementations(document), _properties(document)
    gathered: dict[tuple[str, str], list[Record]] = {}
    results = [{**result, "dtype": result["dtype"] or NO_DTYPE} for result in document["results"]]
    for result in results:
        gathered.setdefault((result["implementation"], result["property"]), []).append(result)
    cells = {key: Cell(tuple(sorted(found, key=_badness))) for key, found in gathered.items()}
    counted = Counter(result["outcome"] for result in results)
    complete = is_complete(document)
    outcomes: dict[str, set[str]] = {}
    for result in results:
        outcomes.setdefault(result["implementation"], set()).add(result["outcome"])
    return View(
        document=document,
        complete=complete,
        implementations=implementations,
        properties=properties,
        dtypes=tuple(sorted({result["dtype"] for result in results}, key=words.dtype_rank)),
        cells=cells,
        verdicts={i["name"]: _verdict(i, outcomes.get(i["name"], set()), complete) for i in implementations},
        counts={name: counted[name] for name in OUTCOMES},
        problems=_problems(implementations, properties, cells),
    )


def headline(report: View) -> str:
    """The result of a run in one sentence, in counts."""
    counts = Counter(mark.name for mark in report.verdicts.values())
    absent, excepted = counts["unavailable"], counts["conforms-except"]
    present, good = len(report.verdicts) - absent, counts["conforms"] + excepted
    bad = counts["does-not-conform"] + counts["error"]
    if bad:
        said = f"{bad} of {present} implementations {'does' if bad == 1 else 'do'} not conform"
        said = said if present > 1 else "The implementation does not conform"
    elif not report.complete:
        said = "This run was cut off: nothing in it shows that anything conforms"
    elif good == 0:
        said = "Nothing was checked"
    elif good < present:
        said = f"{good} of {words.counted(present, 'implementation')} conform, the others were not checked"
    else:
        known = f"{excepted} {'fails' if excepted == 1 else 'fail'} where that is known and explained"
        if present == 1:
            said = "The implementation conforms" + (", but for known failures" if excepted else "")
        elif excepted:
            said = f"{present - excepted} of {present} implementations conform, {known}"
        else:
            said = f"All {present} implementations conform"
    return said + (f"; {absent} {'is' if absent == 1 else 'are'} not installed here." if absent else ".")


def grouped(records: Sequence[Record], field: str, otherwise: str = "") -> dict[str, list[Record]]:
    """Records under the value of a field, both in order of first appearance."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(str(record.get(field) or otherwise), []).append(record)
    return groups


def _opacity(result: Record) -> tuple[int, bool, int]:
    size = len(str(result.get("witness") or ""))
    return -OUTCOMES[result["outcome"]].severity, not result.get("diagnosis"), size


def _badness(result: Record) -> tuple[float, float, tuple[int, str]]:
    share = words.ratio(result["error"], result["bound"])
    broken = share is None or math.isnan(share)
    excess = (math.inf if OUTCOMES[result["outcome"]].breaks else -1.0) if broken else share or 0.0
    return -OUTCOMES[result["outcome"]].severity, -excess, words.dtype_rank(result["dtype"])


def _implementations(document: Document) -> tuple[Record, ...]:
    """Those listed, then those that only results or costs mention; grouped by encoding."""
    known = {record["name"]: _located(record) for record in document["implementations"]}
    for record in (*document["results"], *document["costs"]):
        named = {"name": record["implementation"], "encoding": record["encoding"]}
        known.setdefault(record["implementation"], _located({**BLANK, **named}))
    order = [encoding["name"] for encoding in document.get("encodings", [])]
    order += [record["encoding"] for record in known.values()]
    return tuple(sorted(known.values(), key=lambda record: order.index(record["encoding"])))


def _located(record: Record) -> Record:
    return record if record["encoding"] else {**record, "encoding": NO_ENCODING}


def _properties(document: Document) -> tuple[Record, ...]:
    """Those listed, then those that only results, verdicts or the kill matrix mention; grouped by section."""
    known = {record["id"]: record for record in document.get("properties", [])}
    mentioned = [result["property"] for result in document["results"]]
    mentioned += [verdict["property"] for verdict in document.get("verdicts", [])]
    mentioned += (document.get("kill_matrix") or {}).get("properties", [])
    for name in mentioned:
        known.setdefault(name, {"id": name, "title": name.replace("-", " "), "statement": "", "section": ""})
    sections = grouped(tuple(known.values()), "section")
    return tuple(record for section in sections.values() for record in section)


def _verdict(implementation: Record, outcomes: set[str], complete: bool) -> Mark:
    if any(OUTCOMES[outcome].breaks for outcome in outcomes) and implementation["status"] != "error":
        return VERDICTS["does-not-conform"]
    if implementation["status"] != "ok":
        return VERDICTS[implementation["status"]]
    if not complete or not outcomes & {"pass", "expected-fail"}:
        return VERDICTS["unknown"]
    return VERDICTS["conforms-except" if "expected-fail" in outcomes else "conforms"]


def _problems(
    implementations: tuple[Record, ...], properties: tuple[Record, ...], cells: dict[tuple[str, str], Cell]
) -> tuple[Problem, ...]:
    found = []
    for implementation in implementations:
        broken = [
            (record, cells[implementation["name"], record["id"]])
            for record in properties
            if (implementation["name"], record["id"]) in cells
        ]
        broken = [(record, cell) for record, cell in broken if cell.mark.breaks]
        if implementation["status"] == "error" and not broken:
            found.append(Problem(implementation, None, OUTCOMES["error"], ()))
        found += [Problem(implementation, record, cell.mark, cell.breaking) for record, cell in broken]
    return tuple(found)
