"""A failure is told on the smallest case that shows it to fresh instances, if one is found in time."""

import time

from properties.cases.case import Case
from properties.checks.evidence import Evidence
from properties.runs import cell as module
from properties.tests.miniatures import cell

CASES = [Case(dim=8, positions=(seed, 100, 7), others=(3, 4), seed=seed) for seed in range(4)]
GOOD, BAD = Evidence(2.0, 4.0, True), Evidence(9.0, 4.0, False, {"token": 1}, "too far")


def test_the_witness_is_the_smallest_case_that_fresh_instances_fail():
    def ask(case, *, fresh=False):
        return Evidence(max(case.positions), 50.0, max(case.positions) <= 50, {"fresh": fresh})

    result = cell(ask).judged(CASES, shrinks=True)
    assert result.witness == Case(dim=4, positions=(100,), others=(3,), batch=1, heads=1).described()
    assert (result.cases, result.error, result.where) == (1, 100.0, {"fresh": True})
    assert cell(ask).judged(CASES).witness == CASES[0].described()


def test_what_fresh_instances_do_not_fail_is_told_as_it_was_seen():
    result = cell(lambda case, *, fresh=False: GOOD if fresh else BAD).judged(CASES, shrinks=True)
    assert (result.outcome, result.witness, result.message) == ("fail", CASES[0].described(), "too far")


def test_a_smaller_case_that_the_suite_cannot_ask_is_no_witness():
    def ask(case, *, fresh=False):
        if len(case.positions) < 2:
            raise ZeroDivisionError
        return BAD

    witness = cell(ask).judged(CASES, shrinks=True).witness or {}
    assert len(witness["positions"]) == 2


def test_there_is_little_time_to_become_smaller(monkeypatch):
    monkeypatch.setattr(module, "SHRINK_SECONDS", 0.05)
    back = []

    def ask(case, *, fresh=False):
        if fresh:
            time.sleep(1)
            back.append(case)
        return BAD

    result = cell(ask).judged(CASES, shrinks=True)
    assert (result.outcome, result.witness, result.error, back) == ("fail", CASES[0].described(), 9.0, [])


def test_a_witness_is_a_case_that_the_implementation_supports():
    far = Case(dim=7, positions=(1.5, -3))
    result = cell(lambda case, *, fresh=False: BAD).judged([far])
    assert result.witness == far.within(cell(None).implementation).described()
    assert (result.witness or {})["dim"] == 8
