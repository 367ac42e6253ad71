"""The schema accepts the contract and what was added to it, and refuses everything near it."""

import copy
import json
import math
from dataclasses import MISSING, fields
from typing import Any

import jsonschema_rs
import pytest

from reports import context, rows
from reports.schema import InvalidReport, is_complete, load, schema, validate
from reports.tests import sample

RESULT = (
    "implementation encoding property dtype expected outcome cases seconds error bound witness message "
    "reproduce diagnosis"
)
REQUIRED = {
    "suite": "version digest profile seed",
    "environment": "python torch hypothesis platform cpu threads",
    "implementation": "name encoding form layout source version dtypes status",
    "result": RESULT,
    "cost": "implementation encoding form dtype shape seconds bytes flops ratio_to_copy",
}


ROWS: dict[str, Any] = {
    "suite": rows.Suite,
    "environment": rows.Environment,
    "implementation": rows.Implementation,
    "accuracy": rows.Sample,
    "usable": rows.Usable,
    "result": rows.Result,
    "cost": rows.Cost,
    "encoding": context.Encoding,
    "property": context.Property,
    "verdict": context.Verdict,
    "fault": context.Fault,
    "kill-matrix": context.KillMatrix,
    "claim": context.Claim,
    "lemma": context.Lemma,
}


def changed(path: list[str | int], value: Any) -> dict[str, Any]:
    document = sample.document()
    target: Any = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return document


def without(path: list[str | int]) -> dict[str, Any]:
    document = changed(path, None)
    target: Any = document
    for step in path[:-1]:
        target = target[step]
    del target[path[-1]]
    return document


def test_the_schema_is_one() -> None:
    jsonschema_rs.meta.validate(schema())


@pytest.mark.parametrize("name", REQUIRED)
def test_requires_exactly_the_fields_of_the_contract(name: str) -> None:
    assert schema()["$defs"][name]["required"] == REQUIRED[name].split()


@pytest.mark.parametrize("name", ROWS)
def test_what_is_read_is_what_the_schema_has(name: str) -> None:
    known, read = schema()["$defs"][name], fields(ROWS[name])
    assert {each.name for each in read} <= set(known["properties"])
    needed = {each.name for each in read if each.default is MISSING and each.default_factory is MISSING}
    assert needed <= set(known["required"])


def test_accepts_the_sample_with_and_without_what_was_added() -> None:
    validate(sample.document())
    validate(sample.document(rich=False))


def test_accepts_fields_that_it_does_not_know() -> None:
    validate(changed(["results", 0, "device"], "cpu"))
    validate(changed(["later"], [1]))


def test_a_run_that_was_cut_off_is_valid_and_known_as_such() -> None:
    document = sample.document()
    del document["complete"]
    assert not is_complete(validate(document))
    assert is_complete(sample.document())


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["schema"], 2, "schema: expected 1; got 2"),
        (["complete"], False, "complete: expected True; got False"),
        (["results", 3, "outcome"], "passed", "results[3].outcome: expected one of pass, fail, error"),
        (["results", 0, "expected"], "yes", "results[0].expected: expected one of holds, fails, bounded"),
        (["results", 0, "cases"], "30", "results[0].cases: expected integer; got '30'"),
        (["results", 0, "cases"], True, "results[0].cases: expected integer; got True"),
        (["results", 0, "error"], "small", "results[0].error: expected number or null; got 'small'"),
        (["results", 0, "witness"], [1], "results[0].witness: expected object or null; got [1]"),
        (["results", 0, "diagnosis"], "none", "results[0].diagnosis: expected array; got 'none'"),
        (
            ["implementations", 0, "status"],
            "fine",
            "implementations[0].status: expected one of ok, error, unavail",
        ),
        (["implementations", 0, "name"], "", "implementations[0].name"),
        (["suite", "seed"], "0", "suite.seed: expected integer; got '0'"),
        (["environment", "threads"], 1.5, "environment.threads: expected integer; got 1.5"),
        (["costs", 0, "kind"], "train", "costs[0].kind: expected one of prefill, decode, training; got 'train'"),
        (["results", 0, "error"], math.nan, "results[0].error: expected a finite number or null; got nan"),
        (
            ["results", 0, "witness"],
            {"m": math.inf},
            "results[0].witness.m: expected a finite number or null",
        ),
        (["kill_matrix", "kills"], [[True]], "kill_matrix.kills: expected 5 rows"),
    ],
)
def test_refuses_and_says_where_and_why(path: list[str | int], value: Any, said: str) -> None:
    with pytest.raises(InvalidReport) as caught:
        validate(changed(path, value))
    assert said in str(caught.value)


@pytest.mark.parametrize("path", [["results"], ["costs", 0, "bytes"], ["results", 0, "message"], ["suite", "digest"]])
def test_refuses_what_lacks_a_field(path: list[str | int]) -> None:
    with pytest.raises(InvalidReport, match=f"required, but missing: {path[-1]}"):
        validate(without(path))


def test_names_a_few_problems_and_not_thousands() -> None:
    document = sample.document()
    for result in document["results"]:
        result["outcome"] = "maybe"
    with pytest.raises(InvalidReport, match="and more") as caught:
        validate(document)
    assert len(str(caught.value).splitlines()) < 10


def test_reads_a_file_and_refuses_half_of_one(tmp_path: Any) -> None:
    whole = json.dumps(sample.document())
    (tmp_path / "report.json.gz").write_text(whole)
    assert load(tmp_path / "report.json.gz") == copy.deepcopy(sample.document())
    (tmp_path / "half.json").write_text(whole[: len(whole) // 2])
    with pytest.raises(InvalidReport, match=r"half\.json is not JSON .*cut off while being written"):
        load(tmp_path / "half.json")
