"""Code of an encoding whose verdicts are not proved does not conform, and is told which they are."""

from collections import Counter

from properties import test_conformance
from properties.runs.options import selection
from properties.runs.run import run
from properties.tests.plugins import HALF, plugin, turn, written
from spec import record


def test_an_unproved_verdict_is_one_problem_beside_the_code(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "unproved", lambda name, convention: ["norm", "inverse", "symmetry", "linearity"])
    path = written(tmp_path, plugin(turn(), HALF, name="my_rope"), "mine.py")
    selected = selection(impl=[str(path)], properties=["norm"])
    names = Counter(name for name, _ in test_conformance._tests(selected, in_full=True))
    assert set(names.values()) == {1}
    found = run(selected.loaded, selected.plan)
    assert not found.conforms
    (told,) = found.problems
    assert told.outcome == "error"
    assert told.implementation == "verdicts of rope"
    remedy = "`python -m spec prove rope` says what can be proved"
    assert told.message == f"verdicts of rope: not proved: norm, inverse, symmetry, ...; {remedy}"


def test_what_is_proved_is_no_problem(tmp_path):
    path = written(tmp_path, plugin(turn(), HALF, name="my_rope"), "mine.py")
    assert selection(impl=[str(path)], properties=["norm"]).loaded.problems == ()
