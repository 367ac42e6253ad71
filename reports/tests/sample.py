"""A made-up run with one of everything: three encodings, nine implementations, all outcomes.

Nothing in it was measured. `document()` is small enough to read, `large()` is as big as a full run gets.
"""

import copy
from typing import Any

from reports.tests.sample_code import IMPLEMENTATIONS, STORIES
from reports.tests.sample_spec import ENCODINGS, FAULTS, PROPERTIES, kill_matrix, verdicts

Document = dict[str, Any]
UNIT = {"float64": 2.0**-53, "float32": 2.0**-24, "bfloat16": 2.0**-8, "float16": 2.0**-11}
LIMITS = {
    "float64": (2**40, "probe-range"),
    "float32": (131072, "accuracy"),
    "bfloat16": (512, "distinguishability"),
    "float16": (2048, "declared"),
}
POSITIONS = (0, 1, 4, 16, 64, 257, 1024, 4097, 16384, 65536, 262144, 1048576)


def document(*, rich: bool = True) -> Document:
    """The sample; without `rich` only the fields that every report has."""
    made = _document(IMPLEMENTATIONS, PROPERTIES)
    return made if rich else bare(made)


def large(implementations: int = 35, properties: int = 45) -> Document:
    """A report of the size of a full run."""
    forms = [
        {**IMPLEMENTATIONS[i % 7], "name": f"{IMPLEMENTATIONS[i % 7]['name']}-{i}"} if i >= 9 else IMPLEMENTATIONS[i]
        for i in range(implementations)
    ]
    stated = [
        {**PROPERTIES[i % len(PROPERTIES)], "id": f"{PROPERTIES[i % len(PROPERTIES)]['id']}-{i}"}
        if i >= len(PROPERTIES)
        else PROPERTIES[i]
        for i in range(properties)
    ]
    return _document(tuple(forms), tuple(stated))


def bare(rich: Document) -> Document:
    """Only the fields of the contract."""
    made = copy.deepcopy(rich)
    for field in ("encodings", "properties", "verdicts", "kill_matrix"):
        made.pop(field, None)
    made["suite"].pop("seconds", None)
    named = ("name", "encoding", "form", "layout", "source", "version", "dtypes", "status")
    made["implementations"] = [{field: each[field] for field in named} for each in made["implementations"]]
    for record in (*made["results"], *made["costs"]):
        for field in (
            "reason",
            "kind",
            "noise",
            "tokens",
            "batch",
            "floor",
            "ratio",
            "applying",
            "passes",
            "memory",
            "launches",
        ):
            record.pop(field, None)
    return made


def _document(implementations: tuple[dict[str, Any], ...], properties: tuple[dict[str, Any], ...]) -> Document:
    return {
        "schema": 1,
        "suite": {
            "version": "0.1.0",
            "digest": "9f2c61d07be84a3355aa10e2",
            "profile": "fast",
            "seed": 0,
            "seconds": 21.4,
        },
        "environment": {
            "python": "3.11.9",
            "torch": "2.13.0+cpu",
            "hypothesis": "6.170.0",
            "platform": "Linux x86_64",
            "cpu": "AMD EPYC",
            "threads": 1,
        },
        "implementations": [_implementation(each) for each in implementations],
        "results": [result for each in implementations for stated in properties for result in _results(each, stated)],
        "costs": [cost for number, each in enumerate(implementations) for cost in _costs(each, number)],
        "encodings": [dict(each) for each in ENCODINGS],
        "properties": [{k: v for k, v in each.items() if k[0] != "_"} for each in properties],
        "verdicts": verdicts(properties),
        "kill_matrix": kill_matrix(FAULTS, properties),
        "complete": True,
    }


def _implementation(each: dict[str, Any]) -> dict[str, Any]:
    made = {"layout": None, "source": None, "version": None, "dtypes": list(UNIT), "status": "ok", **each}
    if made["status"] != "ok":
        return made
    slack = 900.0 if each["name"].startswith("quick") else 0.45
    made["accuracy"] = [
        {
            "dtype": dtype,
            "position": position,
            "bound": (position + 2) * unit,
            "error": 0.0 if position == 0 else min(2.0, (position + 2) * unit * slack * (0.7 + (position % 7) / 20)),
        }
        for dtype, unit in UNIT.items()
        for position in POSITIONS
    ]
    made["usable_context"] = {d: {"position": p, "limited_by": why} for d, (p, why) in LIMITS.items()}
    if each["encoding"] == "rope":
        made["fingerprint"] = {
            "layout": each["layout"],
            "direction": "counter-clockwise",
            "base": 9988.0 if slack > 1 else 10000.0,
            "angles": "bfloat16" if slack > 1 else "float64",
        }
    return made


def _results(each: dict[str, Any], stated: dict[str, Any]) -> list[dict[str, Any]]:
    status = each.get("status", "ok")
    if status == "error":
        return []
    expected = "not-applicable" if each["encoding"] in stated["_skips"] else stated["_expected"]
    outcome = "unavailable" if status != "ok" else "not-applicable" if expected == "not-applicable" else "pass"
    story = STORIES.get((each["name"], stated["id"]), {})
    made = []
    for number, (dtype, unit) in enumerate(UNIT.items()):
        ran = outcome == "pass"
        bound = 300 * unit if ran and stated["_measured"] else None
        result: dict[str, Any] = {
            "implementation": each["name"],
            "encoding": each["encoding"],
            "property": stated["id"],
            "dtype": dtype,
            "expected": expected,
            "outcome": outcome,
            "cases": 30 if ran else 0,
            "seconds": 0.004 if ran else 0.0,
            "error": None if bound is None else bound * (0.11 + len(stated["id"]) % 9 / 12 + number / 50),
            "bound": bound,
            "witness": None,
            "message": "",
            "reproduce": "",
            "diagnosis": [],
        }
        result.update(story.get(dtype, story.get("*", {})))
        if result["outcome"] not in ("pass", "not-applicable", "unavailable", "not-run"):
            result["reproduce"] = f"pytest properties --impl impls::{each['name']} -k '{stated['id']} and {dtype}'"
        made.append(result)
    return made


def _costs(each: dict[str, Any], number: int) -> list[dict[str, Any]]:
    if each.get("status", "ok") != "ok":
        return []
    return [
        {
            "implementation": each["name"],
            "encoding": each["encoding"],
            "form": each["form"],
            "dtype": dtype,
            "shape": shape,
            "seconds": 1.1e-3 * times * scale,
            "bytes": 33554432 * times,
            "flops": 12.5e6 * times,
            "ratio_to_copy": times,
            "kind": kind,
            "noise": 1.11,
            "tokens": tokens,
            "floor": "copy",
            "ratio": times,
            "applying": 1.1,
            "passes": 1.5,
            "memory": 1.25,
            "launches": None,
        }
        for kind, tokens, shape, scale in (
            ("prefill", 512, [4, 16, 512, 64], 0.5),
            ("prefill", 1024, [4, 16, 1024, 64], 1.0),
            ("decode", 1000, [4, 16, 1, 64], 0.01),
        )
        for dtype, times in (("float32", 1.2 + 1.9 * (number % 6)), ("bfloat16", 2.1 + 3.3 * (number % 5)))
    ]
