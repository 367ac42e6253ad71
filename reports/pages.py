"""What one implementation, one property and one encoding have to say for themselves, ready to be laid out."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from properties.runs.causes import causes
from reports.cells import Cell, View, grouped
from reports.context import Property, Verdict
from reports.outcomes import OUTCOMES, TRUTHS, Mark
from reports.rows import Implementation, Result


@dataclass(frozen=True)
class Card:
    """An implementation: verdict, rows of results, what is expected to fail and why, what does not concern it.

    `alike`: what runs the same code of its library.
    """

    implementation: Implementation
    mark: Mark
    counts: tuple[tuple[Mark, int], ...]
    dtypes: tuple[str, ...]
    rows: tuple[tuple[Property, dict[str, Result]], ...]
    expected: dict[str, list[tuple[Property, tuple[Result, ...]]]]
    silent: tuple[Property, ...]
    alike: tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """A verdict of the spec, with the encodings that share all of it."""

    mark: Mark
    encodings: tuple[str, ...]
    method: str
    reason: str
    witness: Any
    mathml: str | None


@dataclass(frozen=True)
class Page:
    """A property: what the spec says of each encoding, and which implementation does what."""

    stated: Property
    truths: tuple[Truth, ...]
    outcomes: tuple[tuple[Mark, tuple[str, ...]], ...]


def beginnings(report: View) -> dict[str, str]:
    """Of every implementation of which several properties fail, where to begin."""
    told = causes(problem.failed for problem in report.problems)
    return {name: sentence for sentence in told for name in [sentence.partition(": ")[0]]}


def truths_of(report: View, encoding: str) -> tuple[tuple[Property, Truth], ...]:
    """What the spec says of one encoding, without what does not concern it."""
    stated = {each.id: each for each in report.properties}
    own = [truth for truth in report.truths if truth.encoding == encoding and truth.verdict != "not-applicable"]
    return tuple((stated[each.property], _truths([each])[0]) for each in own)


def cards(report: View) -> tuple[Card, ...]:
    """One card an implementation, in the order of the matrix."""
    return tuple(_card(report, one) for one in report.implementations)


def pages(report: View) -> tuple[Page, ...]:
    """One page a property, in the order of the matrix."""
    truths = grouped(report.truths, "property")
    return tuple(
        Page(stated, _truths(truths.get(stated.id, [])), _outcomes(report, stated.id)) for stated in report.properties
    )


def truth_table(report: View) -> tuple[tuple[str, ...], dict[tuple[str, str], Mark]]:
    """The encodings of the spec's verdicts, and the verdict by (encoding, property)."""
    named = [encoding.name for encoding in report.encodings]
    encodings = tuple(dict.fromkeys([*named, *(truth.encoding for truth in report.truths)]))
    table = {(truth.encoding, truth.property): TRUTHS[truth.verdict] for truth in report.truths}
    return (encodings if table else ()), table


def counted(report: View) -> dict[str, int]:
    """How many encodings, forms and cells of the truth table there are, by what settles them; empty ones too."""
    named = {(truth.encoding, truth.property) for truth in report.truths}
    every = {(e.name, stated.id) for e in report.encodings for stated in report.properties if stated.statement}
    by = Counter("contract" if truth.method == "contract" else truth.verdict for truth in report.truths)
    return {
        "encodings": len(report.encodings),
        "forms": sum(len(encoding.forms or ()) for encoding in report.encodings),
        "cells": len(report.truths),
        "proved": by["holds"] + by["bounded"],
        "refuted by a witness": by["fails"],
        "asked of code alone": by["contract"],
        "not applicable": by["not-applicable"],
        "resting on a cited theorem": sum(truth.method == "theorem" for truth in report.truths),
        "empty": len(every - named),
    }


def _card(report: View, one: Implementation) -> Card:
    asked = ((stated, report.cells.get((one.name, stated.id))) for stated in report.properties)
    found = [(stated, cell) for stated, cell in asked if cell]
    tally = Counter(cell.mark for _, cell in found)
    spoken = [(stated, cell) for stated, cell in found if not cell.silent]
    here = {result.dtype for _, cell in spoken for result in cell.results}
    return Card(
        implementation=one,
        mark=report.verdicts[one.name],
        counts=tuple((mark, tally[mark]) for mark in OUTCOMES.values() if tally[mark]),
        dtypes=tuple(dtype for dtype in report.dtypes if dtype in here),
        rows=tuple((stated, {r.dtype: r for r in reversed(cell.results)}) for stated, cell in spoken),
        expected=_by_reason((stated, known) for stated, cell in spoken if (known := _of(cell, "expected-fail"))),
        silent=tuple(stated for stated, cell in found if cell.mark.name == "not-applicable"),
        alike=tuple(name for name in report.bodies.get(one.body or "", ()) if name != one.name),
    )


def _by_reason(
    expected: Iterable[tuple[Property, tuple[Result, ...]]],
) -> dict[str, list[tuple[Property, tuple[Result, ...]]]]:
    groups: dict[str, list[tuple[Property, tuple[Result, ...]]]] = {}
    for stated, known in expected:
        groups.setdefault(known[0].reason or known[0].message or "No reason is recorded.", []).append((stated, known))
    return groups


def _of(cell: Cell, outcome: str) -> tuple[Result, ...]:
    return tuple(result for result in cell.results if result.outcome == outcome)


def _truths(verdicts: Iterable[Verdict]) -> tuple[Truth, ...]:
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        alike = [verdict.verdict, verdict.method, verdict.reason, verdict.witness, verdict.mathml]
        groups.setdefault(json.dumps(alike, sort_keys=True), []).append(verdict)
    truths = [
        Truth(
            mark=TRUTHS[first.verdict],
            encodings=tuple(each.encoding for each in group),
            method=first.method or "",
            reason=first.reason or "",
            witness=first.witness,
            mathml=first.mathml,
        )
        for group in groups.values()
        for first in group[:1]
    ]
    return tuple(sorted(truths, key=lambda truth: truth.mark.severity))


def _outcomes(report: View, identifier: str) -> tuple[tuple[Mark, tuple[str, ...]], ...]:
    groups: dict[Mark, list[str]] = {}
    for one in report.implementations:
        if cell := report.cells.get((one.name, identifier)):
            groups.setdefault(cell.mark, []).append(one.name)
    return tuple((mark, tuple(groups[mark])) for mark in sorted(groups, key=lambda each: -each.severity))
