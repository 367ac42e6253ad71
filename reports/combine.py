"""Shards of one run joined into the report that one machine would have written.

Shards belong together when schema, suite (version, digest, profile, seed) and torch agree, every one reached
its end and no cell was run twice. The joined report does not depend on the order in which they are given.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from properties.runs.result import PLUGIN
from reports.schema import Document, is_complete, validate
from spec import STATEMENTS

Record = dict[str, Any]
"""An object of the document, with whatever fields it has: shards are joined as JSON."""

SAME_SUITE = ("version", "digest", "profile", "seed")
LISTS: dict[str, tuple[str, ...]] = {
    "encodings": ("name",),
    "properties": ("id",),
    "verdicts": ("encoding", "property"),
    "claims": ("id",),
    "lemmas": ("id",),
}


NEAR = ("contract", "identity")
"""The methods of statements that hold where an error is within its bound, and are false where it is not."""


class CombineError(ValueError):
    """These reports are not shards of one run; the message names the field and what each of them says."""


def combine(documents: Sequence[Document]) -> Document:
    """Join the shards of one run.

    It took as long as the longest of them.

    Raises InvalidReport where one is not a report, and CombineError where there is none, one is incomplete, they
    differ in schema, suite, torch or in what they say of one implementation, encoding or property, or a cell or a cost
    occurs twice.
    """
    if not documents:
        raise CombineError("expected at least one report; got none")
    for number, document in enumerate(documents, start=1):
        validate(document, name=f"report {number}")
        if not is_complete(document):
            raise CombineError(f"report {number} has no `complete`: that run was cut off; run this shard again")
        _expect_sound(number, document)
    _require_all([document["suite"].get("shard") for document in documents])
    suite = {field: _same(f"suite.{field}", [d["suite"][field] for d in documents]) for field in SAME_SUITE}
    _same("environment.torch", [d["environment"]["torch"] for d in documents])
    seconds = [d["suite"]["seconds"] for d in documents if "seconds" in d["suite"]]
    extra = _merge("suite", [{k: v for k, v in d["suite"].items() if k not in ("seconds", "shard")} for d in documents])
    environments = _environments(documents)
    joined: Document = {
        "schema": _same("schema", [d["schema"] for d in documents]),
        "suite": {**suite, **extra, **({"seconds": max(seconds)} if seconds else {})},
        "environment": _environment(environments),
        "implementations": _by_key("implementation", ("name",), [d["implementations"] for d in documents]),
        "results": _disjoint("cell", ("implementation", "property", "dtype"), [d["results"] for d in documents]),
        "costs": _disjoint("cost", ("implementation", "dtype", "shape", "kind"), [d["costs"] for d in documents]),
    }
    for field, key in LISTS.items():
        if present := [d[field] for d in documents if field in d]:
            joined[field] = _by_key(field, key, present)
    if len(environments) > 1:
        joined["environments"] = environments
    asked = _same("asked", [sorted(d["asked"]) for d in documents if d.get("asked") is not None] or [[]])
    if gone := sorted(set(asked) - {one["name"] for one in joined["implementations"]}):
        raise CombineError(f"{', '.join(gone)} was asked for and is in none of the reports; run its shard again")
    if asked:
        _expect_all_properties(joined["results"])
    taken = {*joined, "environments", "complete"}
    rest = [{field: d[field] for field in sorted(d) if field not in taken} for d in documents]
    return {**joined, **_merge("report", rest), "complete": True}


def _require_all(shards: Sequence[str | None]) -> None:
    """Where the reports say which of how many parts they are, every part must be there."""
    given = {shard for shard in shards if shard}
    counts = {shard.partition("/")[2] for shard in given}
    if not given:
        return
    count = _same("the number of shards", sorted(counts))
    missing = [f"{i}/{count}" for i in range(1, int(count) + 1) if f"{i}/{count}" not in given]
    if missing:
        raise CombineError(f"shard {', '.join(missing)} is missing; give the reports of all {count} shards")


def _expect_sound(number: int, document: Document) -> None:
    """Raise CombineError where a result contradicts itself, or where results are gone that were written."""
    counts = Counter(result["implementation"] for result in document["results"])
    for one in document["implementations"]:
        if one.get("cells") not in (None, counts[one["name"]]):
            found = f"{counts[one['name']]} results of {one['name']}; it was written with {one['cells']}"
            raise CombineError(f"report {number} has {found}; run this shard again")
    for result in document["results"]:
        if contradiction := _contradiction(result):
            cell = f"{result['implementation']}, {result['property']} in {result['dtype']}"
            raise CombineError(f"report {number}, {cell}: {contradiction}; run this shard again")


def _expect_all_properties(results: Sequence[Record]) -> None:
    """Raise CombineError where one implementation has no result of a property of which another one has: all are asked.

    One that cannot be checked at all has none of any.
    """
    told = defaultdict[str, set[str]](set)
    for result in results:
        if result["property"] != PLUGIN:
            told[result["implementation"]].add(result["property"])
    asked = set[str]().union(*told.values())
    for name, properties in told.items():
        if gone := sorted(asked - properties):
            raise CombineError(f"{name} has no result of {', '.join(gone)}; run its shard again")


def _contradiction(result: Record) -> str | None:
    statement, error, bound = STATEMENTS.get(result["property"]), result.get("error"), result.get("bound")
    if statement is None or result["outcome"] != "pass":
        return None
    if result["cases"] == 0:
        return "it passes, and no case was run"
    if statement.method not in NEAR or error is None or bound is None:
        return None
    if result.get("expected") == "holds" and error > bound:
        return f"it passes with an error of {error:g}, above the bound {bound:g}"
    if result.get("expected") == "fails" and error <= bound:
        return f"it passes as false with an error of {error:g}, within the bound {bound:g}"
    return None


def _same(field: str, values: Sequence[Any]) -> Any:
    distinct = sorted({_text(value) for value in values})
    if len(distinct) > 1:
        raise CombineError(f"{field} differs: {' and '.join(distinct)}; only shards of one run can be combined")
    return values[0]


def _merge(what: str, records: Iterable[Record]) -> Record:
    """One record with the fields of all; null and absent give way, two different values do not."""
    values: dict[str, list[Any]] = {}
    for record in records:
        for field, value in record.items():
            values.setdefault(field, []).append(value)
    merged = {}
    for field in sorted(values):
        stated = [value for value in values[field] if value is not None]
        merged[field] = _same(f"{what}.{field}", stated) if stated else None
    return merged


def _by_key(what: str, key: tuple[str, ...], lists: Sequence[list[Record]]) -> list[Record]:
    """The union, in the common order where all lists are equal, sorted by key otherwise."""
    records: dict[str, list[Record]] = {}
    for record in (record for each in lists for record in each):
        records.setdefault(_text([record[field] for field in key]), []).append(record)
    merged = {name: _merge(f"{what} {name}", found) for name, found in records.items()}
    alike = all(each == lists[0] for each in lists) and len(merged) == len(lists[0])
    return [merged[name] for name in (merged if alike else sorted(merged))]


def _disjoint(what: str, key: tuple[str, ...], lists: Sequence[list[Record]]) -> list[Record]:
    records: dict[str, Record] = {}
    for record in (record for each in lists for record in each):
        name = _text([record.get(field) for field in key])
        if name in records:
            raise CombineError(f"{what} {name} occurs twice; leave out the shard that repeats it")
        records[name] = record
    return [records[name] for name in sorted(records)]


def _environments(documents: Sequence[Document]) -> list[Record]:
    found = [each for d in documents for each in d.get("environments") or [d["environment"]]]
    return [json.loads(text) for text in sorted({_text(each) for each in found})]


def _environment(environments: list[Record]) -> Record:
    """What all machines share; where texts differ, all of them, and the largest of differing numbers."""
    merged: Record = {}
    for field in sorted({field for each in environments for field in each}):
        values = [each[field] for each in environments if field in each]
        if all(isinstance(value, str) for value in values):
            merged[field] = "; ".join(sorted(set(values)))
        elif all(isinstance(value, int | float) for value in values):
            merged[field] = max(values)
        else:
            merged[field] = values[0]
    return merged


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
