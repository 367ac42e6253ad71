"""What one implementation, one property and one encoding have to say for themselves, ready to be laid out."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from reports.cells import Cell, Record, View
from reports.outcomes import OUTCOMES, TRUTHS, Mark

Key = TypeVar("Key", str, tuple[str, str])


@dataclass(frozen=True)
class Card:
    """An implementation: verdict, rows of results, what is expected to fail, what does not concern it."""

    record: Record
    mark: Mark
    counts: tuple[tuple[Mark, int], ...]
    dtypes: tuple[str, ...]
    rows: tuple[tuple[Record, dict[str, Record]], ...]
    expected: tuple[tuple[Record, tuple[Record, ...]], ...]
    silent: tuple[Record, ...]


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

    record: Record
    truths: tuple[Truth, ...]
    outcomes: tuple[tuple[Mark, tuple[str, ...]], ...]


def cards(report: View) -> tuple[Card, ...]:
    """One card an implementation, in the order of the matrix."""
    return tuple(_card(report, record) for record in report.implementations)


def pages(report: View) -> tuple[Page, ...]:
    """One page a property, in the order of the matrix."""
    verdicts: dict[str, list[Record]] = {}
    for verdict in report.document.get("verdicts", []):
        verdicts.setdefault(verdict["property"], []).append(verdict)
    return tuple(
        Page(record, _truths(verdicts.get(record["id"], [])), _outcomes(report, record["id"]))
        for record in report.properties
    )


def truth_table(report: View) -> tuple[tuple[str, ...], dict[tuple[str, str], Mark]]:
    """The encodings of the spec's verdicts, and the verdict by (encoding, property)."""
    verdicts = report.document.get("verdicts", [])
    named = [encoding["name"] for encoding in report.document.get("encodings", [])]
    encodings = tuple(dict.fromkeys([*named, *(verdict["encoding"] for verdict in verdicts)]))
    table = {(verdict["encoding"], verdict["property"]): TRUTHS[verdict["verdict"]] for verdict in verdicts}
    return (encodings if table else ()), table


def counted(document: Record) -> dict[str, int]:
    """How many encodings, forms and cells of the truth table there are, by what settles them; empty ones too."""
    verdicts = document.get("verdicts", [])
    encodings = document.get("encodings", [])
    named = {(v["encoding"], v["property"]) for v in verdicts}
    every = {(e["name"], p["id"]) for e in encodings for p in document.get("properties", [])}
    by = Counter("contract" if v.get("method") == "contract" else v["verdict"] for v in verdicts)
    return {
        "encodings": len(encodings),
        "forms": sum(len(e.get("forms") or ()) for e in encodings),
        "cells": len(verdicts),
        "proved": by["holds"] + by["bounded"],
        "refuted by a witness": by["fails"],
        "asked of code alone": by["contract"],
        "not applicable": by["not-applicable"],
        "resting on a cited theorem": sum(v.get("method") == "theorem" for v in verdicts),
        "empty": len(every - named),
    }


def anchors(prefix: str, names: Iterable[Key]) -> dict[Key, str]:
    """A distinct fragment for each name or pair, made of it as far as its characters allow."""
    taken: dict[Key, str] = {}
    used: set[str] = set()
    for name in dict.fromkeys(names):
        parts = [name] if isinstance(name, str) else name
        stem = "--".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:60] or "x" for part in parts)
        stem = f"{prefix}-{stem}"
        fragment, number = stem, 1
        while fragment in used:
            number += 1
            fragment = f"{stem}.{number}"
        used.add(fragment)
        taken[name] = fragment
    return taken


def _card(report: View, record: Record) -> Card:
    found = [
        (each, report.cells[record["name"], each["id"]])
        for each in report.properties
        if (record["name"], each["id"]) in report.cells
    ]
    tally = {mark: sum(cell.mark is mark for _, cell in found) for mark in OUTCOMES.values()}
    spoken = [
        (each, cell)
        for each, cell in found
        if any(result["outcome"] not in ("not-applicable", "unavailable") for result in cell.results)
    ]
    here = {result["dtype"] for _, cell in spoken for result in cell.results}
    return Card(
        record=record,
        mark=report.verdicts[record["name"]],
        counts=tuple((mark, count) for mark, count in tally.items() if count),
        dtypes=tuple(dtype for dtype in report.dtypes if dtype in here),
        rows=tuple((each, {r["dtype"]: r for r in reversed(cell.results)}) for each, cell in spoken),
        expected=tuple((each, _of(cell, "expected-fail")) for each, cell in spoken if _of(cell, "expected-fail")),
        silent=tuple(each for each, cell in found if cell.mark.name == "not-applicable"),
    )


def _of(cell: Cell, outcome: str) -> tuple[Record, ...]:
    return tuple(result for result in cell.results if result["outcome"] == outcome)


def _truths(verdicts: list[Record]) -> tuple[Truth, ...]:
    groups: dict[str, list[Record]] = {}
    for verdict in verdicts:
        same = {key: item for key, item in verdict.items() if key != "encoding"}
        groups.setdefault(json.dumps(same, sort_keys=True), []).append(verdict)
    truths = [
        Truth(
            TRUTHS[first["verdict"]],
            tuple(each["encoding"] for each in group),
            first.get("method") or "",
            first.get("reason") or "",
            first.get("witness"),
            first.get("mathml"),
        )
        for group in groups.values()
        for first in group[:1]
    ]
    return tuple(sorted(truths, key=lambda truth: truth.mark.severity))


def _outcomes(report: View, identifier: str) -> tuple[tuple[Mark, tuple[str, ...]], ...]:
    groups: dict[Mark, list[str]] = {}
    for implementation in report.implementations:
        cell = report.cells.get((implementation["name"], identifier))
        if cell is not None:
            groups.setdefault(cell.mark, []).append(implementation["name"])
    return tuple((mark, tuple(groups[mark])) for mark in sorted(groups, key=lambda each: -each.severity))
