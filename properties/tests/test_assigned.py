"""Code that assigns positions: how it is read, what is asked of it, and how its failures are told."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
import torch

from impls import implements
from impls.faults import all_faults, mistake
from impls.registry import registered
from properties.cases.case import Case, case_of
from properties.cases.families import thorough
from properties.cases.segments import SEQUENCES, mixed
from properties.cases.shrinking import smallest
from properties.measures.diagnosis import diagnosis
from properties.runs.expectations import case_in, read, stanza
from properties.runs.plan import Plan
from properties.runs.result import Result
from properties.runs.run import check
from properties.runs.smoke import smoke
from properties.subjects import subject_of
from properties.subjects.assignment import OnAssignments, asked
from spec import ENCODINGS
from spec.definitions.runs import placeable

FAULTS = {fault.name: fault for fault in all_faults()}
CASE = Case(segments=(("text", 2), ("image", 2, 3), ("text", 1)))


@implements("rope-tie", form="gather", name="tie-thirds")
def thirds(segments):
    """Patches a third of a place off, in float64."""
    return torch.arange(3).double()[:, None].expand(-1, 2) / 3


@implements("rope-tie-fractional", form="gather", name="tie-rounded-to-thousandths", dtypes=("float64",))
def thousandths(segments):
    """Right to three decimals."""
    from spec.definitions.placing import rope_tie_fractional

    return torch.tensor([[round(float(x), 3) for x in place] for place in rope_tie_fractional(segments)]).double()


@implements("patch-centres", form="published", name="centres-in-float32")
def centres_in_float32(segments):
    """As a vision tower has them, which declares no dtype."""
    lines = ([torch.arange(0.5, size) / size * 2 - 1 for size in sizes] for _, *sizes in segments)
    return torch.cat([torch.cartesian_prod(*each).reshape(-1, 2) for each in lines])


@implements("flatten", form="gather", name="flatten-as-truth-values")
def as_truth_values(segments):
    """Whether a token is the first."""
    return torch.arange(9)[:, None] == 0


@implements("flatten", form="gather", name="flatten-in-float32")
def in_float32(segments):
    """Integers that float32 holds."""
    from impls.forms.flatten import vectorised

    return vectorised(segments).float()


@implements("qwen2-vl", form="gather", name="qwen2-vl-merges-two-by-two", parameters={"spatial_merge_size": 2})
def merges_two_by_two(segments):
    """Code that always merges two by two patches."""
    from impls.forms.qwen2_vl import vectorised

    return vectorised(segments, spatial_merge_size=2)


MINE = {one.name: one for one in registered(__name__)}


def assigned(name: str, case: Case = CASE) -> OnAssignments:
    one = MINE.get(name) or FAULTS[name]
    return subject_of(one, "float64", case.within(one))


def test_integers_are_exact_and_fractions_the_simplest_that_rounding_allows():
    fractional = assigned("tie-rounded-to-thousandths")
    assert fractional.code.number(7 / 3) == Fraction(7, 3)
    assert fractional.code.number(2.333) == Fraction(2333, 1000)
    assert fractional.code.number(7 / 3 + 2**-40) == Fraction(7 / 3 + 2**-40)
    assert assigned("tie-thirds").code.number(7 / 3) == Fraction(7 / 3), "no rounding is allowed where all are integers"
    assert assigned("tie-thirds").code.number(4.0) == 4


def test_rounded_fractions_are_told_from_the_truth():
    cases = Plan(properties=tuple(p for p in Plan().properties if p.id in ("exact-values", "equal-gaps")))
    assert {result.outcome for result in check(MINE["tie-rounded-to-thousandths"], cases)} == {"fail"}


def test_any_dtype_that_holds_the_positions_will_do():
    results = check(MINE["flatten-in-float32"], Plan())
    assert {result.outcome for result in results} == {"pass", "not-applicable"}
    assert {result.dtype for result in results if result.outcome == "pass"} == {"float64"}


def test_fractions_are_held_to_float32_unless_float64_is_claimed():
    one = MINE["centres-in-float32"]
    claims = replace(one, dtypes=("float64",))
    exact = Plan(properties=tuple(p for p in Plan().properties if p.id == "exact-values"))
    assert {result.outcome for result in check(one, exact)} == {"pass"}
    assert {result.outcome for result in check(claims, exact)} == {"fail"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("flatten-without-axis", ["f(segments) with [('text', 2), ('image', 2, 4), ('text', 1)]", "(11,)", "(11, 1)"]),
        ("tie-thirds", ["returned the shape (3, 2); expected (11, 2)", "one row a token"]),
        ("flatten-as-truth-values", ["(9, 1)", "(11, 1)"]),
    ],
)
def test_what_is_no_assignment_is_told_in_one_sentence(name, words):
    complaint = smoke(MINE.get(name) or FAULTS[name], "float64")
    assert complaint is not None
    assert all(word in complaint for word in words), complaint


def test_truth_values_are_no_positions():
    subject = assigned("flatten-as-truth-values")
    with pytest.raises(Exception, match=r"returned the dtype torch.bool; expected integers, or floating point"):
        subject.code.output(*subject.code.inputs())


def test_code_that_always_merges_is_asked_in_patches_and_read_in_tokens():
    one = MINE["qwen2-vl-merges-two-by-two"]
    subject = assigned(one.name, Case(segments=(("text", 3), ("image", 1, 5), ("video", 3, 2, 1))))
    assert asked(subject.setup, subject.case.segments) == [("text", 3), ("image", 2, 10), ("video", 3, 4, 2)]
    assert [segment for segment, _ in subject.code.lay(subject.case.segments)] == [*subject.case.segments]
    assert {result.outcome for result in check(one)} == {"pass", "not-applicable"}


def test_videos_become_images_where_there_are_none():
    assert placeable([("video", 2, 1, 3)], ENCODINGS["rope-tie"]) == (("image", 1, 3), ("image", 1, 3))
    assert placeable([("video", 2, 1, 3)], ENCODINGS["hilbert"]) == (("video", 2, 1, 3),)
    assert placeable([("text", 1)], ENCODINGS["rope"]) == ()


def test_text_becomes_a_row_of_patches_where_there_is_none():
    assert placeable([("text", 3), ("video", 2, 1, 3)], ENCODINGS["merge-blocks"]) == (
        ("image", 1, 3),
        ("video", 2, 1, 3),
    )


def test_every_property_asks_an_assignment_for_mixed_sequences():
    tie, rope, qwen = (ENCODINGS[name] for name in ("rope-tie", "rope", "qwen2-vl"))
    ask = {prop.id: prop for prop in Plan().properties}
    assert ask["exact-values"].family(tie) is mixed
    assert ask["exact-values"].family(rope) is thorough
    honoured = ask["parameters-honoured"]
    assert {case.parameters for case in honoured.family(qwen).cover(qwen, 0)} == {
        (("spatial_merge_size", 2),),
        (("spatial_merge_size", 3),),
        (("spatial_merge_size", 5),),
        (("temporal_merge_size", 2),),
        (("spatial_merge_size", 5), ("temporal_merge_size", 2)),
    }
    assert honoured.family(tie).cover(tie, 0) == []


@pytest.mark.parametrize("segments", SEQUENCES)
def test_a_mixed_witness_survives_json_and_toml(tmp_path, segments):
    case = Case(segments=segments)
    described = json.loads(json.dumps(case.described()))
    assert set(described) == {"segments"}
    assert case_of(described) == case_in(described) == case
    failed = Result(
        implementation="mine",
        encoding="rope-tie",
        property="equal-gaps",
        dtype="float64",
        expected="holds",
        outcome="fail",
        witness=case.described(),
        message="no",
    )
    path = tmp_path / "known.toml"
    path.write_text(stanza([failed]).replace('reason = ""', 'reason = "known"'))
    assert read(path)[0].witness == case


@pytest.mark.parametrize("wrong", [{}, {"segments": []}, {"segments": [["image", "two", 3]]}, {"segments": [3]}])
def test_what_is_no_case_is_refused(wrong):
    with pytest.raises(ValueError, match=r"missing dim, or segments|expected|int|iterable"):
        case_in(wrong)


def test_the_smallest_sequence_that_fails():
    big = Case(segments=(("text", 9), ("image", 4, 5), ("image", 3, 7), ("text", 4)))
    found = smallest(big, lambda case: any(s[0] == "image" and s[1] != s[2] for s in case.segments))
    assert len(found.segments) == 1
    assert sorted(found.segments[0][1:]) == [1, 2]


@pytest.mark.parametrize(
    "name",
    [
        *("tie-steps-exchanged", "flatten-columns-first", "qwen2-vl-time-doubled"),
        *("qwen2-5-vl-seconds-truncated", "merge-blocks-row-by-row"),
    ],
)
def test_a_known_mistake_is_recognised(name):
    assert diagnosis(FAULTS[name], "float64") == (mistake(FAULTS[name]),)


def test_a_failure_shows_the_places_and_a_small_sequence():
    plan = Plan(properties=tuple(p for p in Plan().properties if p.id == "equal-gaps"))
    (failed,) = check(FAULTS["tie-steps-exchanged"], plan)
    assert failed.outcome == "fail"
    assert failed.witness is not None
    assert sum(len(segment) for segment in failed.witness["segments"]) <= 7
    assert failed.message.startswith("the places are (0, 0) (")
    assert '--case \'{"segments": [[' in failed.reproduce
