"""How a result is told, and the command that shows it again; a mistake of the spec is never the implementation's."""

import json
import shlex
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

import properties.subjects.pairwise
import spec.numbers.pairwise
from impls.forms import alibi, shaw, urpe
from impls.registry import registered
from properties.cases.case import Case, case_of
from properties.runs.bench import Bench
from properties.runs.messages import command, told
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN, Result
from properties.runs.smoke import smoke
from properties.tests.miniatures import SMALL, miniature, subject
from spec.definitions import Undefined

PLAIN = Result(
    implementation="mine", encoding="rope", property="norm", dtype="float32", expected="holds", outcome="fail"
)
HEAD = "fail: mine, norm in float32"
TOLD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a number": (
        {"error": 0.0123456, "bound": 1e-6, "where": {"token": 2, "got": 1.23456789012}},
        ["  where: token 2, got 1.23456789", "  measured error 0.0123, bound 1e-06"],
    ),
    "a message": (
        {"error": float("inf"), "bound": 0.0, "message": "raised ValueError: no"},
        ["  raised ValueError: no"],
    ),
    "a message beside a number": (
        {"error": 1.0, "bound": 0.5, "message": "right with 3 heads, wrong with 4"},
        ["  right with 3 heads, wrong with 4", "  measured error 1, bound 0.5"],
    ),
    "everything": (
        {"witness": {"dim": 8, "positions": [1]}, "diagnosis": ("base is 1000",), "reproduce": "pytest properties"},
        ['  smallest case: {"dim": 8, "positions": [1]}', "  this fits: base is 1000", "  again: pytest properties"],
    ),
}


@pytest.mark.parametrize("what", TOLD)
def test_a_failure_is_told_by_statement_case_measure_and_command(what):
    given, lines = TOLD[what]
    head, sentence, *rest = told(replace(PLAIN, **given)).splitlines()
    assert (head, rest) == (HEAD, lines)
    assert sentence.startswith("  ")
    assert len(sentence) > 20


@pytest.mark.parametrize(
    ("message", "expected"),
    [("mine.py: mine needs package", "error: mine.py: mine needs package"), ("no file", "error: mine: no file")],
)
def test_a_plug_in_is_named_once(message, expected):
    assert told(replace(PLAIN, property=PLUGIN, outcome="error", message=message)) == expected


@pytest.mark.parametrize("origin", ["mine.py", "my kernels/it's.py", "a$b;c.py", "my_package.kernels"])
def test_a_command_survives_the_shell(origin):
    case = Case(dim=8, positions=(0.5, 3), parameters=(("base", 50.0),), content=(("q", (1.0, 0.0)),))
    words = shlex.split(command(miniature(target=origin), "norm", "bfloat16", case))
    assert words[:-1] == [
        *("pytest", "properties", "--impl", f"{origin}::mine"),
        *("--property", "norm", "--dtype", "bfloat16", "--case"),
    ]
    assert case_of(json.loads(words[-1])) == case


# Where the spec has no number

FORMS = [registered(module.__name__)[0] for module in (alibi, shaw, urpe)]
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
EXACT = next(prop for prop in Plan().properties if prop.id == "exact-values")


def raising(monkeypatch, error):
    """Whoever asks for the terms of a definition gets this error."""

    def parts(*given):
        raise error

    monkeypatch.setattr(spec.numbers.pairwise, "parts", parts)


@forms
@pytest.mark.parametrize("mistake", [ValueError("a mistake of the spec"), ZeroDivisionError("a mistake of the spec")])
def test_a_mistake_of_the_spec_is_told_as_such(monkeypatch, form, mistake):
    raising(monkeypatch, mistake)
    result = Bench(form, Plan(case=SMALL.within(form))).result(EXACT, "float32")
    assert result.outcome == "error"
    assert result.message.startswith("the suite itself failed:\n")
    assert result.message.endswith(f"{type(mistake).__name__}: a mistake of the spec\n")
    assert (result.witness, result.diagnosis) == (None, ())


def test_a_mistake_of_the_spec_is_told_as_such_before_anything_is_checked(monkeypatch):
    def learned(encoding):
        raise ValueError("a mistake of the spec")

    monkeypatch.setattr(properties.subjects.pairwise, "learned", learned)
    complaint = smoke(FORMS[1], "float32") or ""
    assert complaint.startswith("the suite itself failed:\n")
    assert complaint.endswith("ValueError: a mistake of the spec\n")
    unreadable = miniature(lambda dim: torch.sin, factory=True)
    assert "raised ValueError: no signature found" in (smoke(unreadable, "float32") or "")


@forms
def test_where_the_definition_says_nothing_there_is_no_exact_value(monkeypatch, form):
    s = subject(form)
    inputs = s.code.inputs()
    shape = s.truth.output(*inputs).shape
    raising(monkeypatch, Undefined("nothing here"))
    assert np.isnan(s.truth.output(*inputs)).all()
    assert not s.truth.bound(*inputs).any()
    assert s.truth.output(*inputs).shape == s.truth.bound(*inputs).shape == shape
    with pytest.raises(Undefined):
        s.truth.logits(s.draw("q"), s.draw("k"), s.case.positions, s.case.positions)
    assert Bench(form, Plan(case=SMALL.within(form))).result(EXACT, "float32").outcome == "fail"
