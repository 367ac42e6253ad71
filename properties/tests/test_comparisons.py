"""How results are judged, seen on code and truth that are single arrays."""

import dataclasses

import numpy as np
import pytest

from impls.door.crossing import Answer
from impls.door.misbehaviour import Malformed, Raised
from properties.cases.case import Case
from properties.checks.comparisons import is_exact, refusal, refused_or, same, scores_agree
from properties.checks.evidence import satisfied
from properties.subjects.compared import compared
from properties.tests.miniatures import miniature, subject, told

X = np.zeros((1, 1, 2, 2))
CASE = Case(dim=2, positions=(4, 7), others=(1, 2, 3))
LOGITS = np.arange(6.0).reshape(1, 1, 2, 3)


def result(*values):
    return lambda *inputs, **side: np.array(values)


# Exact values, and other results of the same code


@pytest.mark.parametrize(("off", "holds"), [(0.0, True), (0.25, True), (0.26, False)])
def test_a_result_is_exact_within_the_bound(off, holds):
    s = told(result([1.0, 2.0], [3.0, 4.0 + off]), result([1.0, 2.0], [3.0, 4.0]))
    found = is_exact(s, X, (5, 9))
    assert found.holds is holds
    assert found.bound == 0.25


def test_the_place_of_what_is_not_exact_has_a_position():
    s = told(result([1.0, 2.0], [3.0, 5.0]), result([1.0, 2.0], [3.0, 4.0]))
    assert is_exact(s, X, (5, 9)).where == {
        "token": 1,
        "coordinate": 1,
        "this token's position": 9,
        "got": 5.0,
        "expected": 4.0,
        "wrong": "1 of 4: token 1 of 2, coordinate 1 of 2",
    }
    assert "this token's position" not in is_exact(s, "segments").where


@pytest.mark.parametrize(
    ("encoding", "place", "axis"),
    [
        ("rope-2d", {"this token's (row, column)": (3, 6)}, "row"),
        ("mrope", {"this token's (time, row, column)": (3, 6, 9)}, "time"),
    ],
)
def test_a_place_on_a_grid_is_told_by_its_coordinates_and_a_pair_by_the_axis_that_it_follows(encoding, place, axis):
    s = subject(miniature(encoding=encoding), case=Case(dim=8, positions=(3,), batch=1, heads=1))
    assert is_exact(s, *s.code.inputs()).where.items() >= {**place, "pair": 0, "follows the": axis}.items()


def test_code_and_truth_are_asked_alike():
    heard = []

    def hear(*inputs, **side):
        heard.append((inputs, side))
        return np.ones(1)

    assert is_exact(told(hear, hear), X, (5, 9), role="key").holds
    assert heard[0] == heard[1] == ((X, (5, 9)), {"role": "key"})


@pytest.mark.parametrize(("off", "holds"), [(0.5, True), (0.51, False)])
def test_two_results_of_one_code_may_both_be_off(off, holds):
    assert same(told(None, None), np.zeros(2), np.array([0.0, off]), X, (5, 9)).holds is holds


def test_the_bound_between_two_results_is_the_shared_one():
    s = told(None, None)
    s.truth.bound = lambda *inputs, shared=False: np.asarray(0.25 if shared else 1.0)
    assert not same(s, np.zeros(2), np.ones(2), X, (5, 9)).holds


def test_axes_are_named_where_vectors_have_all_of_them():
    one, other = np.zeros((2, 2)), np.ones((2, 2))
    assert "token" in same(told(None, None), one, other, X, (5, 9)).where
    assert "coordinate" in same(told(None, None), one[0], other[0], X[0], (5, 9)).where


# Logits


def judged(change, compare="value", bound=0.25, case=CASE, encoding="rope"):
    s = told(None, None, compare=compare, case=case, encoding=encoding)
    asked = (X, np.zeros((1, 1, 3, 2)), case.positions, case.others)
    return scores_agree(s, LOGITS + np.array(change), LOGITS, np.full(LOGITS.shape, bound), *asked)


CHANGES = {
    "nothing": [[0.0, 0, 0], [0, 0, 0]],
    "a constant in every row": [[5.0, 5, 5], [-3, -3, -3]],
    "a constant in every column": [[5.0, 0, -1], [5, 0, -1]],
    "one entry": [[0.0, 0, 3], [0, 0, 0]],
    "one entry, beside a constant": [[5.0, 5, 5], [2, 2, 5]],
    "what is no number": [[np.nan, np.nan, np.nan], [0, 0, 0]],
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("compare", ["value", "score", "softmax"])
def test_attention_that_ends_in_softmax_sees_no_constant_of_a_row(change, compare):
    unseen = {"nothing", "a constant in every row"} if compare == "softmax" else {"nothing"}
    assert judged(CHANGES[change], compare).holds is (change in unseen)


@pytest.mark.parametrize(
    ("compare", "off", "holds"), [("score", 0.3, False), ("softmax", 0.5, True), ("softmax", 0.51, False)]
)
def test_the_key_that_others_are_relative_to_may_be_off_as_well(compare, off, holds):
    assert judged([[0, off, 0], [0, 0, 0]], compare).holds is holds


@pytest.mark.parametrize(
    ("encoding", "declared", "comes_to"),
    [
        ("rope", "score", "score"),
        ("sinusoidal", "softmax", "softmax"),
        ("alibi", "score", "value"),
        ("alibi", "softmax", "softmax"),
        ("shaw", "score", "value"),
        ("urpe", "softmax", "value"),
        ("rope-tie", "score", "softmax"),
    ],
)
def test_what_attention_cannot_see_depends_on_where_an_encoding_acts(encoding, declared, comes_to):
    assert compared(miniature(encoding=encoding, compare=declared)) == comes_to
    constant = judged(CHANGES["a constant in every row"], declared, encoding=encoding)
    assert constant.holds is (comes_to == "softmax")


@pytest.mark.parametrize(
    ("constant", "off", "holds"), [(2.0**20, 0.1, True), (2.0**20, 0.2, False), (2.0**40, 0.5, False)]
)
def test_a_constant_costs_a_rounding_but_not_every_number(constant, off, holds):
    far = dataclasses.replace(CASE, others=(2**20, 2, 3))
    assert judged([[constant, constant + off, constant]] * 2, "softmax", bound=0.0, case=far).holds is holds


def test_logits_are_told_by_query_and_key():
    assert judged([[0, 0, 0], [0, 9.0, 0]]).where.items() >= {
        ("query", 1),
        ("key", 1),
        ("this query's position", 7),
        ("this key's position", 2),
    }


# Refusals


def refuses(message="positions are odd"):
    raise Raised("ValueError", message)


def malforms():
    raise Malformed("returned int; expected a tensor")


def answers():
    return Answer(values=np.zeros((2, 3)), dtype="float32")


def test_code_that_raises_has_refused():
    assert refused_or(refuses).message == "refused"
    assert refused_or(refuses).holds
    assert refused_or(satisfied, "fine").message == "fine"
    with pytest.raises(Malformed):
        refused_or(malforms)


@pytest.mark.parametrize(
    ("call", "holds", "message"),
    [
        (refuses, True, "refused: positions are odd"),
        (lambda: refuses(""), False, "an odd dim gave an error without a message"),
        (answers, False, "an odd dim gave a result of shape (2, 3); expected an error"),
    ],
)
def test_a_refusal_is_an_error_that_says_something(call, holds, message):
    found = refusal("an odd dim", call)
    assert (found.holds, found.message) == (holds, message)
