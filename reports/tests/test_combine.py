"""Shards join into the same report in any order, and what does not belong together is refused."""

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.combine import CombineError, combine
from reports.schema import InvalidReport, validate
from reports.tests import sample
from reports.tests.strategies import MODEST, shards


def halves() -> tuple[dict[str, Any], dict[str, Any]]:
    """The sample, dealt out to two machines by implementation."""
    parts = []
    for number in (0, 1):
        part = sample.document()
        mine = [each["name"] for each in part["implementations"]][number::2]
        part["implementations"] = [each for each in part["implementations"] if each["name"] in mine]
        for field in ("results", "costs"):
            part[field] = [each for each in part[field] if each["implementation"] in mine]
        parts.append(part)
    return parts[0], parts[1]


def as_set(records: list[dict[str, Any]]) -> set[str]:
    return {json.dumps(each, sort_keys=True) for each in records}


def test_two_halves_are_the_whole() -> None:
    whole, joined = sample.document(), validate(combine(halves()))
    for field in ("implementations", "results", "costs", "verdicts", "properties", "encodings"):
        assert as_set(joined[field]) == as_set(whole[field])
    assert joined["properties"] == whole["properties"]
    assert joined["kill_matrix"] == whole["kill_matrix"]
    assert joined["environment"] == whole["environment"]
    assert joined["complete"] is True
    assert joined["suite"]["seconds"] == whole["suite"]["seconds"]


@MODEST
@given(shards(), st.randoms(use_true_random=False))
def test_combine_commutes(drawn: tuple[dict[str, Any], list[dict[str, Any]]], order: random.Random) -> None:
    whole, parts = drawn
    before = copy.deepcopy(parts)
    joined = combine(parts)
    assert parts == before
    order.shuffle(parts)
    assert combine(parts) == joined
    validate(joined)
    assert as_set(joined["results"]) == as_set(whole["results"])
    assert combine([joined]) == joined


@MODEST
@given(shards())
def test_combine_is_associative(drawn: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    _, parts = drawn
    for part in parts:
        part["properties"] = [{"id": "p", "title": "", "statement": "", "section": ""}]
    if len(parts) == 3:
        assert combine([combine(parts[:2]), parts[2]]) == combine([parts[0], combine(parts[1:])])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["suite", "digest"], "another"),
        (["suite", "version"], "9"),
        (["suite", "profile"], "deep"),
        (["suite", "seed"], 7),
        (["environment", "torch"], "1.0"),
    ],
)
def test_refuses_another_run(path: list[str], value: Any) -> None:
    one, other = halves()
    other[path[0]][path[1]] = value
    with pytest.raises(CombineError, match=rf"{path[0]}\.{path[1]} differs: .*only shards of one run"):
        combine([one, other])


def test_refuses_another_schema_an_unfinished_shard_and_nothing() -> None:
    one, other = halves()
    with pytest.raises(InvalidReport, match="report 2 is not a report"):
        combine([one, {**other, "schema": 2}])
    del other["complete"]
    with pytest.raises(CombineError, match="report 2 has no `complete`: that run was cut off"):
        combine([one, other])
    with pytest.raises(CombineError, match="got none"):
        combine([])


def test_refuses_a_cell_that_was_run_twice() -> None:
    one, other = halves()
    other["results"].append(one["results"][0])
    with pytest.raises(CombineError, match=r'cell \["rope-matrix", "agreement-with-exact", "float64"\] occurs twice'):
        combine([one, other])
    with pytest.raises(CombineError, match=r"cost .* occurs twice"):
        combine([one, {**other, "results": [], "costs": one["costs"]}])


def test_refuses_two_opinions_of_one_implementation() -> None:
    one, other = halves()
    other["implementations"].append({**one["implementations"][0], "status": "unavailable"})
    with pytest.raises(CombineError, match=r'implementation \["rope-matrix"\]\.status differs: "ok" and "unavailable"'):
        combine([one, other])


def test_different_machines_are_all_named() -> None:
    one, other = halves()
    other["environment"]["cpu"] = "another"
    joined = combine([one, other])
    assert joined["environment"]["cpu"] == "AMD EPYC; another"
    assert [each["cpu"] for each in joined["environments"]] == ["AMD EPYC", "another"]


def test_fields_of_later_versions_survive() -> None:
    one, other = halves()
    assert combine([{**one, "later": [1]}, other])["later"] == [1]
    with pytest.raises(CombineError, match=r"report\.later differs"):
        combine([{**one, "later": [1]}, {**other, "later": [2]}])


UNSOUND: dict[str, dict[str, Any]] = {
    "it passes with an error of 1, above the bound 0.5": {"expected": "holds", "error": 1.0, "bound": 0.5},
    "it passes as false with an error of 0.5, within the bound 1": {"expected": "fails", "error": 0.5, "bound": 1.0},
    "it passes, and no case was run": {"cases": 0},
}


@pytest.mark.parametrize("said", UNSOUND)
def test_refuses_a_pass_that_contradicts_itself(said: str) -> None:
    part = sample.document()
    cell = {**part["results"][0], "property": "norm", "outcome": "pass", "cases": 1} | UNSOUND[said]
    part["results"] = [cell]
    with pytest.raises(CombineError, match=rf"^report 1, .*, norm in .*: {said}; run this shard again$"):
        combine([part])


def test_refuses_results_that_are_gone() -> None:
    part = sample.document()
    name = part["implementations"][0]["name"]
    count = sum(each["implementation"] == name for each in part["results"])
    part["implementations"][0]["cells"] = count + 1
    with pytest.raises(CombineError, match=f"^report 1 has {count} results of {name}; it was written with {count + 1}"):
        combine([part])


def test_a_property_that_one_implementation_lacks_is_named() -> None:
    part = sample.document()
    first, name = part["results"][0], part["implementations"][0]["name"]
    part["asked"] = [one["name"] for one in part["implementations"]]
    part["results"] = [r for r in part["results"] if (r["implementation"], r["property"]) != (name, first["property"])]
    with pytest.raises(CombineError, match=f"^{name} has no result of {first['property']}; run its shard again"):
        combine([part])
