"""One cell: all cases until the first that is not as wanted; what is no verdict is no failure."""

import dataclasses
import time

import pytest

from impls.strangers import Overdue
from properties.cases.case import Case
from properties.checks.evidence import Evidence
from properties.checks.property import Inapplicable
from properties.runs import cell as module
from properties.runs.cell import NotBack
from properties.tests.miniatures import cell

CASES = [Case(dim=8, positions=(seed, 100, 7), others=(3, 4), seed=seed) for seed in range(4)]
GOOD, BETTER = Evidence(2.0, 4.0, True, {"token": 2}), Evidence(3.0, 8.0, True)
BAD = Evidence(9.0, 4.0, False, {"token": 1}, "too far")


def answers(*evidence):
    """Says this of the cases in their order, and keeps which were asked."""
    heard = []

    def ask(case, *, fresh=False):
        heard.append((case, fresh))
        return evidence[len(heard) - 1]

    return heard, ask


# Verdicts


def test_a_cell_passes_with_the_worst_that_was_seen():
    result = cell(answers(BETTER, GOOD, BETTER)[1]).judged(CASES[:3])
    assert (result.outcome, result.cases, result.error, result.bound) == ("pass", 3, 2.0, 4.0)
    assert result.where == {"token": 2}
    assert (result.witness, result.reproduce) == (None, "")


def test_it_ends_after_as_many_cases_that_apply_as_are_enough():
    heard, ask = answers(GOOD, BETTER, BAD, BAD)

    def applies(case, *, fresh=False):
        if case is CASES[0]:
            raise Inapplicable("no offset")
        return ask(case, fresh=fresh)

    result = dataclasses.replace(cell(applies), enough=2).judged(CASES)
    assert [case for case, _ in heard] == CASES[1:3]
    assert (result.outcome, result.cases) == ("pass", 2)


def test_it_ends_at_the_first_failure():
    heard, ask = answers(GOOD, BAD, GOOD, GOOD)
    result = cell(ask).judged(CASES)
    assert heard == [(CASES[0], False), (CASES[1], False)]
    assert (result.outcome, result.cases, result.error, result.bound) == ("fail", 2, 9.0, 4.0)
    assert (result.message, result.where) == ("too far", {"token": 1})
    assert result.witness == CASES[1].described()
    assert result.reproduce.startswith("pytest properties --impl mine.py::mine --property norm --dtype float32 --case ")


@pytest.mark.parametrize(
    ("wanted", "evidence", "outcome", "message"),
    [
        (True, GOOD, "pass", ""),
        (True, BAD, "fail", "too far"),
        (False, BAD, "pass", ""),
        (False, GOOD, "fail", "the spec's witness, where the statement is false, shows no failure"),
        (True, Evidence(1.0, 0.0, False, message="raised", misbehaved=True), "fail", "raised"),
        (False, Evidence(1.0, 0.0, False, message="raised", misbehaved=True), "fail", "raised"),
        (True, Evidence(1.0, 2.0, True, message="refused", misbehaved=True), "fail", "refused"),
    ],
)
def test_the_witness_of_a_false_statement_must_fail_and_nothing_may_misbehave(wanted, evidence, outcome, message):
    result = cell(answers(evidence)[1], wanted=wanted).judged(CASES[:1])
    assert (result.outcome, result.message) == (outcome, message)


@pytest.mark.parametrize(
    ("statement", "evidence", "measured"),
    [
        ("norm", GOOD, (2.0, 4.0)),
        ("permutation-non-invariance", GOOD, (None, None)),
    ],
)
def test_a_difference_that_is_there_is_no_error_against_a_bound(statement, evidence, measured):
    result = cell(answers(evidence)[1], id=statement).judged(CASES[:1])
    assert (result.outcome, result.error, result.bound) == ("pass", *measured)


# What is no verdict


def test_without_a_case_nothing_is_known():
    result = cell(answers()[1]).judged([])
    assert (result.outcome, result.cases, result.message) == ("error", 0, "no case was run, so nothing is known")


def raising(error):
    def ask(case, *, fresh=False):
        raise error

    return ask


def test_only_the_call_could_tell_that_it_does_not_take_part():
    result = cell(raising(Inapplicable("its function takes no dtype"))).judged(CASES)
    assert (result.outcome, result.message) == ("not-applicable", "its function takes no dtype")


def test_a_mistake_of_the_suite_is_told_as_such():
    result = cell(raising(ZeroDivisionError("of the suite"))).judged(CASES)
    assert result.outcome == "error"
    assert result.message.startswith("the suite itself failed:\nTraceback ")
    assert result.message.endswith("ZeroDivisionError: of the suite\n")
    assert result.witness is None


def test_what_does_not_come_back_ends_the_cell(monkeypatch):
    monkeypatch.setattr(module, "CELL_SECONDS", 0.05)

    def ask(case, *, fresh=False):
        time.sleep(5 * (case.seed == 2))
        return GOOD

    with pytest.raises(NotBack, match=r"^did not come back within 0\.05 s$") as late:
        cell(ask).judged(CASES)
    assert (late.value.result.outcome, late.value.result.cases) == ("error", 2)
    with pytest.raises(NotBack):
        cell(raising(Overdue())).judged(CASES)
