"""The definition in the place of the code has every property that it should have, and decides what a case can show."""

import dataclasses

import pytest

from impls.door.misbehaviour import Misbehaved
from impls.loading import load_default
from properties.cases.case import Case
from properties.cases.witnesses import departs, variations
from properties.checks.property import Inapplicable
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.subjects import ideal_of
from properties.subjects.ideal import Undecided
from spec import ENCODINGS, Holds, verdict
from spec.definitions import witness

FORMS = {one.name: one for one in load_default().implementations if one.package is None}


@pytest.mark.parametrize(
    "name",
    [
        "rope-complex-half",
        "rope-2d-split",
        "rope-yarn-rotate-half",
        "sinusoidal-concatenated",
        "alibi-elementwise",
        "t5-bias-gather",
        "shaw-gather",
        "urpe-elementwise",
    ],
)
def test_the_definition_itself_has_what_holds(name):
    one = next(form for form in FORMS.values() if form.name == name or form.name.startswith(name.rsplit("-", 1)[0]))
    encoding, asked = ENCODINGS[one.encoding], 0
    for prop in PROPERTIES:
        holds = isinstance(verdict(encoding, prop.statement), Holds) and prop.statement.section != "interface"
        if holds and not prop.reason_not_applicable(one, encoding):
            for case in prop.family(encoding).cover(encoding, 0)[:2]:
                try:
                    found = prop.check(ideal_of(one, "float32", case.within(one)))
                except (Undecided, Inapplicable, Misbehaved):
                    continue
                assert found.holds, (prop.id, case, found)
                asked += 1
    assert asked > 20


def test_it_answers_no_call_that_it_has_no_word_for():
    one = FORMS["rope-complex-half"]
    gradient = next(prop for prop in PROPERTIES if prop.id == "gradient")
    with pytest.raises(Undecided):
        gradient.check(ideal_of(one, "float32", Case(dim=8, positions=(1, 2))))


@pytest.mark.parametrize(
    ("declared", "departing"),
    [({}, False), ({"parameters": {"base": 5.0}}, True), ({"max_position": 7}, True), ({"head_sizes": (8,)}, True)],
    ids=range(4),
)
def test_witnesses_are_looked_for_where_parameters_or_limits_depart(declared, departing):
    assert departs(dataclasses.replace(FORMS["rope-complex-half"], **declared)) is departing


def test_what_comes_near_a_witness_is_farther_out():
    near = variations(witness(q=(1, 0), k=(0, 1), m=0, n=1))
    assert [case.others for case in near] == [(1,), (2,), (4,), (16,), (64,), (256,), (1024,)]
    assert [len(case.positions) for case in variations(witness(kernel=8, k=3))] == [2, 65, 1025]
    assert len(variations(witness(segments=(("text", 1),)))) == 1


def _result(name, prop, **declared):
    one = dataclasses.replace(FORMS[name], **declared)
    found = next(each for each in PROPERTIES if each.id == prop)
    return Bench(one, Plan(properties=(found,))).cell(found, "float32")


@pytest.mark.parametrize(
    ("name", "prop", "declared", "outcome"),
    [
        ("rope-linear-rotate-half", "monotone-decay", {"parameters": {"factor": 16.0}}, "pass"),
        ("rope-yarn-rotate-half", "norm", {"parameters": {"attention_factor": 1.0}}, "not-applicable"),
        ("rope-yarn-rotate-half", "norm", {"parameters": {"attention_factor": 1.25}}, "pass"),
        ("rope-complex-half", "symmetry", {"max_position": 1}, "not-applicable"),
        ("rope-complex-half", "symmetry", {"max_position": 4}, "pass"),
    ],
    ids=range(5),
)
def test_what_fails_is_decided_as_it_is_configured(name, prop, declared, outcome):
    name = next(one for one in FORMS if one == name or one.startswith(name.rsplit("-", 1)[0]))
    found = _result(name, prop, **declared)
    assert found.outcome == outcome, found.message
    if outcome == "not-applicable":
        assert found.message.endswith(": not seen with these parameters, within these limits")


def test_code_that_does_not_fail_where_the_definition_does_is_still_told():
    form = FORMS["rope-yarn-rotate-half"]
    plain = dataclasses.replace(
        form,
        parameters={"attention_factor": 1.25},
        function=lambda x, positions: form.function(x, positions, attention_factor=1.0),
    )
    prop = next(each for each in PROPERTIES if each.id == "norm")
    assert Bench(plain, Plan()).cell(prop, "float32").outcome == "fail"
