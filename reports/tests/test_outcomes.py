"""Marks are told apart without colour, the worst one wins, and verdicts never say more than was checked."""

import re
from typing import Any

import pytest

from properties.runs import result
from reports.badge import badge
from reports.cells import headline, view
from reports.markdown import markdown
from reports.outcomes import CLAIMS, OUTCOMES, TRUTHS, VERDICTS
from reports.schema import schema
from reports.site import site
from reports.terminal import text
from reports.tests import sample


def run(*outcomes: str, status: str = "ok", complete: bool = True) -> dict[str, Any]:
    """One implementation with those outcomes, one a dtype."""
    document = sample.document(rich=False)
    first = document["results"][0]
    document["implementations"] = [{**document["implementations"][0], "status": status}]
    document["results"] = [{**first, "outcome": each, "dtype": f"d{n}"} for n, each in enumerate(outcomes)]
    document["costs"] = []
    if not complete:
        del document["complete"]
    return document


def test_the_tables_are_those_of_the_schema() -> None:
    assert set(OUTCOMES) == set(schema()["$defs"]["outcome"]["enum"])
    assert set(TRUTHS) == set(schema()["$defs"]["verdict-name"]["enum"])
    assert set(CLAIMS) == set(schema()["$defs"]["claim"]["properties"]["verdict"]["enum"])
    assert set(schema()["$defs"]["implementation"]["properties"]["status"]["enum"]) - set(VERDICTS) == {"ok"}


@pytest.mark.parametrize("table", [OUTCOMES, VERDICTS, TRUTHS], ids=["outcomes", "verdicts", "truths"])
def test_marks_differ_in_glyph_letter_and_severity(table: Any) -> None:
    for field in ("glyph", "letter", "severity", "word"):
        assert len({getattr(mark, field) for mark in table.values()}) == len(table), field
    assert all(len(mark.glyph) == len(mark.letter) == 1 for mark in table.values())


def test_outcomes_are_those_of_a_run_and_its_docstring_says_where_each_comes_from() -> None:
    assert set(OUTCOMES) == set(result.OUTCOMES)
    assert {name for name, mark in OUTCOMES.items() if mark.breaks} == result.NONCONFORMING
    assert set(re.findall(r"`([a-z-]+)`", result.__doc__ or "")) == set(OUTCOMES)


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [
        (("pass", "not-applicable"), "pass"),
        (("pass", "not-run"), "not-run"),
        (("error", "unexpected-pass", "fail"), "fail"),
    ],
)
def test_a_cell_shows_the_worst_outcome(outcomes: tuple[str, ...], worst: str) -> None:
    (cell,) = view(run(*outcomes)).cells.values()
    assert cell.mark.name == worst


BROKEN = ("error", "does-not-conform")


@pytest.mark.parametrize(
    ("document", "verdict", "message", "color"),
    [
        (run("pass", "not-run", "not-applicable"), "conforms", "1/1 conform", "brightgreen"),
        (run("pass", "expected-fail"), "conforms-except", "0/1 conform, 1 with known failures", "green"),
        (run("pass", "fail"), "does-not-conform", "0/1 conform", "red"),
        (run("pass", "error"), "does-not-conform", "0/1 conform", "red"),
        (run("pass", "unexpected-pass"), "does-not-conform", "0/1 conform", "red"),
        (run(status="error"), "error", "0/1 conform", "red"),
        (run("pass", status="error"), "error", "0/1 conform", "red"),
        (run("expected-fail", status="error"), "conforms-except", "0/1 conform, 1 with known failures", "green"),
        (run("unavailable", status="unavailable"), "unavailable", "unknown", "lightgrey"),
        (run("not-run", "not-applicable"), "unknown", "unknown", "lightgrey"),
        (run(), "unknown", "unknown", "lightgrey"),
        (run("pass", complete=False), "unknown", "unknown", "lightgrey"),
        (run("fail", complete=False), "does-not-conform", "unknown", "lightgrey"),
    ],
)
def test_verdict_and_badge(document: dict[str, Any], verdict: str, message: str, color: str) -> None:
    report = view(document)
    assert [mark.name for mark in report.verdicts.values()] == [verdict]
    shown = badge(report)
    assert (shown["message"], shown["color"], shown["schemaVersion"]) == (message, color, 1)
    outcomes = {each["outcome"] for each in document["results"]}
    assert report.conforming == (bool(outcomes) and "complete" in document and verdict not in BROKEN)


def test_what_did_not_load_is_one_error() -> None:
    document = run("error", status="error")
    document["implementations"][0]["encoding"] = ""
    document["results"][0].update(encoding="", dtype=None, expected=None, property="loading")
    report = view(document)
    assert [mark.name for mark in report.verdicts.values()] == ["error"]
    assert len(report.problems) == 1
    assert "unknown encoding" in markdown(report)
    assert "loading  no dtype" in text(report)
    assert "unknown encoding" in site(report)["index.html"]


def libraries() -> dict[str, Any]:
    """One own form, and two published implementations of which one deviates as is known."""
    document, texts = run("pass"), dict.fromkeys(("id", "place", "source", "says", "because"), "-")
    form, first = document["implementations"][0], document["results"][0]
    named = {"own": None, "right": "library", "other": "library"}
    outcomes = {"own": "pass", "right": "pass", "other": "expected-fail"}
    document["implementations"] = [{**form, "name": name, "package": package} for name, package in named.items()]
    document["results"] = [{**first, "implementation": name, "outcome": each} for name, each in outcomes.items()]
    return document | {"claims": [{**texts, "verdict": "true", "stands": True, "checked": True}]}


def test_a_badge_never_rounds_up() -> None:
    shown = badge(view(sample.large()))
    assert shown["message"] == "30/34 conform, 1 with known failures, 1 unavailable"
    assert shown["color"] == "red"


def test_a_badge_of_one_implementation() -> None:
    assert badge(view(sample.document()), implementation="rope-matrix")["message"] == "conforms"
    assert badge(view(sample.document()), implementation="quick-rope")["color"] == "red"
    with pytest.raises(ValueError, match="got 'nobody'"):
        badge(view(sample.document()), implementation="nobody")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (run("pass"), "The implementation conforms."),
        (run("expected-fail"), "The implementation conforms, but for known failures."),
        (run("fail"), "The implementation does not conform."),
        (run(), "Nothing was checked."),
        (run("pass", complete=False), "This run was cut off: nothing in it shows that anything conforms."),
        (sample.document(), "3 of 8 implementations do not conform; 1 deviates as is known; 1 is not installed here."),
        (libraries(), "1 of 2 published implementations conform, as do all 1 own forms; 1 deviates as is known."),
    ],
)
def test_the_headline_counts(document: dict[str, Any], said: str) -> None:
    assert headline(view(document)) == said


def test_the_sample_has_every_outcome() -> None:
    assert all(view(sample.document()).counts.values())
