"""A report read as a matrix: one cell per implementation and property, one verdict per implementation.

A cell shows the worst of its dtypes. An implementation conforms only when the run is complete, something was
checked and nothing breaks; a run that was cut off can show that something does not conform, never that it
does.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

from impls.door.far import GIVEN_UP
from properties.runs.causes import Failed
from properties.runs.result import PLUGIN
from reports import context, rows, words
from reports.context import Property
from reports.outcomes import OUTCOMES, VERDICTS, Mark
from reports.rows import Implementation, Result
from reports.schema import Document, is_complete, validate

Row = TypeVar("Row")


@dataclass(frozen=True)
class Cell:
    """The results of one implementation on one property, one a dtype, worst first; never empty."""

    results: tuple[Result, ...]

    @property
    def mark(self) -> Mark:
        """That of the worst result."""
        return OUTCOMES[self.results[0].outcome]

    @property
    def silent(self) -> bool:
        """Whether nothing was asked: it does not concern the implementation, or that is not here."""
        return all(result.outcome in ("not-applicable", "unavailable") for result in self.results)

    @property
    def breaking(self) -> tuple[Result, ...]:
        """The results that break, the one that is told best first: diagnosed, and on the smallest case."""
        breaking = (result for result in self.results if OUTCOMES[result.outcome].breaks)
        return tuple(sorted(breaking, key=_opacity))


@dataclass(frozen=True)
class Problem:
    """What makes a run non-conforming: a cell, or (`stated` is None) an implementation that did not load."""

    implementation: Implementation
    stated: Property | None
    mark: Mark
    results: tuple[Result, ...]

    @property
    def message(self) -> str:
        """What the code, or the check, said; cut where it is long."""
        return words.clip((self.results[0].message if self.results else self.implementation.message) or "")

    @property
    def failed(self) -> Failed:
        """The same, as causes are sought of it."""
        stated = self.stated.id if self.stated else "what could not be loaded or called"
        diagnosis = self.results[0].diagnosis if self.results else ()
        return self.implementation.name, stated, diagnosis, not self.message.startswith(GIVEN_UP)


@dataclass(frozen=True, kw_only=True)
class View:
    """A document that was read, with its cells, verdicts and counts worked out; every rendering is a function of it.

    `truths` are the verdicts of the spec, `verdicts` those on implementations, by name; `machines` is how many ran it.
    """

    document: Document
    schema: int
    suite: rows.Suite
    environment: rows.Environment
    machines: int
    complete: bool
    implementations: tuple[Implementation, ...]
    properties: tuple[Property, ...]
    results: tuple[Result, ...]
    costs: tuple[rows.Cost, ...]
    encodings: tuple[context.Encoding, ...]
    truths: tuple[context.Verdict, ...]
    kill_matrix: context.KillMatrix | None
    claims: tuple[context.Claim, ...]
    lemmas: tuple[context.Lemma, ...]
    advisories: tuple[context.Advisory, ...]
    dtypes: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    verdicts: dict[str, Mark]
    counts: dict[str, int]
    problems: tuple[Problem, ...]

    @property
    def conforming(self) -> bool:
        """Complete, with results, and nothing breaks: the same as `Run.conforms` says of what is told here."""
        return self.complete and bool(self.results) and not self.problems

    @property
    def is_bare(self) -> bool:
        """Complete, without problems, and nothing in it concerns any implementation: no failure of a shard."""
        concerned = any(result.outcome != "not-applicable" for result in self.results)
        return self.complete and not self.problems and not concerned

    @property
    def asked(self) -> tuple[str, ...]:
        """The properties that concern something here."""
        asked = {identifier for (_, identifier), cell in self.cells.items() if not cell.silent}
        return tuple(stated.id for stated in self.properties if stated.id in asked)

    @property
    def packages(self) -> tuple[str, ...]:
        """The libraries of which something is told."""
        named = {one.package for one in self.implementations} | {each.package for each in self.advisories}
        return tuple(sorted(filter(None, named), key=str.lower))

    @property
    def bodies(self) -> dict[str, tuple[str, ...]]:
        """The published implementations that run the same code of their library, in other settings, by that code."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.implementations:
            if one.body:
                found[one.body] = (*found.get(one.body, ()), one.name)
        return found

    def verdict_counts(self) -> dict[str, int]:
        """How many implementations have each verdict, in the order of the table, without zeros."""
        found = Counter(mark.name for mark in self.verdicts.values())
        return {name: found[name] for name in VERDICTS if found[name]}


def view(document: Document) -> View:
    """Read a document, and work out what every rendering shows.

    Raises InvalidReport where it is not a report.
    """
    validate(document)
    complete, results = is_complete(document), rows.results(document)
    implementations, properties = _implementations(document), _properties(document)
    gathered: dict[tuple[str, str], list[Result]] = {}
    outcomes: dict[str, set[str]] = {one.name: set() for one in implementations}
    for result in results:
        gathered.setdefault((result.implementation, result.property), []).append(result)
        outcomes[result.implementation].add(result.outcome)
    cells = {key: Cell(tuple(sorted(found, key=_badness))) for key, found in gathered.items()}
    verdicts = {one.name: _verdict(one, outcomes[one.name], complete) for one in implementations}
    counted = Counter(result.outcome for result in results)
    return View(
        document=document,
        schema=document["schema"],
        suite=rows.read(rows.Suite, document["suite"]),
        environment=rows.read(rows.Environment, document["environment"]),
        machines=len(document.get("environments") or [document["environment"]]),
        complete=complete,
        implementations=implementations,
        properties=properties,
        results=results,
        costs=rows.read_all(rows.Cost, document["costs"]),
        encodings=context.encodings(document),
        truths=rows.read_all(context.Verdict, document.get("verdicts")),
        kill_matrix=context.kill_matrix(document),
        claims=rows.read_all(context.Claim, document.get("claims")),
        lemmas=rows.read_all(context.Lemma, document.get("lemmas")),
        advisories=rows.read_all(context.Advisory, document.get("advisories")),
        dtypes=tuple(sorted({result.dtype for result in results}, key=words.dtype_rank)),
        cells=cells,
        verdicts=verdicts,
        counts={name: counted[name] for name in OUTCOMES},
        problems=tuple(_problems(implementations, properties, cells, verdicts)),
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
        said += f"; {excepted} {'deviates' if excepted == 1 else 'deviate'} as is known" if excepted else ""
    elif not report.complete:
        said = "This run was cut off: nothing in it shows that anything conforms"
    elif good == 0:
        said = "Nothing was checked"
    elif good < present:
        said = f"{good} of {words.counted(present, 'implementation')} conform, the others were not checked"
    else:
        known = f"{excepted} {'fails' if excepted == 1 else 'fail'} where that is known and explained"
        if report.claims and len({bool(one.package) for one in report.implementations}) > 1:
            said = _of_libraries(report)
        elif present == 1:
            said = "The implementation conforms" + (", but for known failures" if excepted else "")
        elif excepted:
            said = f"{present - excepted} of {present} implementations conform, {known}"
        else:
            said = f"All {present} implementations conform"
    elsewhere = any((each.property, each.outcome) == (PLUGIN, "not-run") for each in report.results)
    why = "not run here" if elsewhere else "not installed here"
    return said + (f"; {absent} {'is' if absent == 1 else 'are'} {why}." if absent else ".")


def _of_libraries(report: View) -> str:
    """Published implementations, and then the suite's own forms, which all conform where nothing breaks."""
    told = {one.name: report.verdicts[one.name].name for one in report.implementations}
    published = Counter(told[one.name] for one in report.implementations if one.package)
    present, own = published.total() - published["unavailable"], len(told) - published.total()
    known = published["conforms-except"]
    deviate = f"; {known} {'deviates' if known == 1 else 'deviate'} as is known" if known else ""
    conform = f"{published['conforms']} of {present} published implementations conform"
    return f"{conform}, as do all {own} own forms{deviate}"


def grouped(items: Iterable[Row], field: str) -> dict[str, list[Row]]:
    """Rows under the value of a field (a dot leads into it), both in order of first appearance."""
    groups: dict[str, list[Row]] = {}
    for item in items:
        groups.setdefault(attrgetter(field)(item), []).append(item)
    return groups


def _opacity(result: Result) -> tuple[int, bool, int]:
    return -OUTCOMES[result.outcome].severity, not result.diagnosis, len(str(result.witness or ""))


def _badness(result: Result) -> tuple[float, float, tuple[int, str]]:
    share = words.ratio(result.error, result.bound)
    broken = share is None or math.isnan(share)
    excess = (math.inf if OUTCOMES[result.outcome].breaks else -1.0) if broken else share or 0.0
    return -OUTCOMES[result.outcome].severity, -excess, words.dtype_rank(result.dtype)


def _implementations(document: Document) -> tuple[Implementation, ...]:
    """Those listed, then those that only results or costs mention; grouped by encoding."""
    known = {record["name"]: rows.implementation(record) for record in document["implementations"]}
    for record in (*document["results"], *document["costs"]):
        if (name := record["implementation"]) not in known:
            known[name] = rows.implementation({"name": name, "encoding": record["encoding"]})
    order = [encoding["name"] for encoding in document.get("encodings", [])]
    order += [one.encoding for one in known.values()]
    return tuple(sorted(known.values(), key=lambda one: order.index(one.encoding)))


def _properties(document: Document) -> tuple[Property, ...]:
    """Those listed, then those that only results, verdicts or the kill matrix mention; grouped by section."""
    known = {record["id"]: rows.read(Property, record) for record in document.get("properties", [])}
    mentioned = [result["property"] for result in document["results"]]
    mentioned += [verdict["property"] for verdict in document.get("verdicts", [])]
    mentioned += (document.get("kill_matrix") or {}).get("properties", [])
    for name in mentioned:
        known.setdefault(name, Property(id=name, title=name.replace("-", " ")))
    return tuple(stated for section in grouped(known.values(), "section").values() for stated in section)


def _verdict(one: Implementation, outcomes: set[str], complete: bool) -> Mark:
    """An implementation that cannot be called, for a recorded reason, conforms except where that is expected."""
    if one.status == "error" and outcomes != {"expected-fail"}:
        return VERDICTS["error"]
    if any(OUTCOMES[outcome].breaks for outcome in outcomes):
        return VERDICTS["does-not-conform"]
    if one.status == "unavailable":
        return VERDICTS["unavailable"]
    if not complete or not outcomes & {"pass", "expected-fail"}:
        return VERDICTS["unknown"]
    return VERDICTS["conforms-except" if "expected-fail" in outcomes else "conforms"]


def _problems(
    implementations: Sequence[Implementation],
    properties: Sequence[Property],
    cells: dict[tuple[str, str], Cell],
    verdicts: dict[str, Mark],
) -> Iterator[Problem]:
    for one in implementations:
        asked = ((stated, cells.get((one.name, stated.id))) for stated in properties)
        broken = [(stated, cell) for stated, cell in asked if cell and cell.mark.breaks]
        if not broken and verdicts[one.name] is VERDICTS["error"]:
            yield Problem(one, None, OUTCOMES["error"], ())
        for stated, cell in broken:
            yield Problem(one, stated, cell.mark, cell.breaking)
