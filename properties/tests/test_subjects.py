"""Every kind of code beside its truth: the right result agrees, one wrong entry is seen, neither knows the other."""

import dataclasses
import functools
import importlib
from abc import ABC
from types import FunctionType

import numpy as np
import pytest

from impls.door.misbehaviour import Malformed
from impls.registry import registered
from properties.cases.case import Case
from properties.checks.comparisons import is_exact
from properties.subjects import PLACES, place_of
from properties.tests.miniatures import SMALL, subject

MIXED = Case(segments=(("text", 2), ("image", 2, 3), ("text", 1)))
# The file of a right form of each kind, its call in words, and what that returns.
RIGHT = {
    "Map": ("rope", "f(x, positions) with x (2, 3, 3, 8) float32 and 3 positions", "of the shape and dtype of x"),
    "Table": ("sinusoidal", "f(positions, 8) with 3 positions, float32", "a table of shape (3, 8)"),
    "Bias": (
        "alibi",
        "f(query_positions, key_positions, 3) with 3 queries and 4 keys, float32",
        "a tensor of shape (3, 3, 4)",
    ),
    "Form": (
        "transformer_xl",
        "f(q, k, query_positions, key_positions) with q (2, 3, 3, 8) and k (2, 3, 4, 8), float32",
        "a tensor of shape (2, 3, 3, 4)",
    ),
    "Factor": (
        "urpe",
        "f(weights, query_positions, key_positions) with weights (2, 3, 3, 4), float32",
        "a tensor of shape (2, 3, 3, 4)",
    ),
    "Assignment": (
        "rope_tie",
        "f(segments) with [('text', 2), ('image', 2, 3), ('text', 1)]",
        "a tensor of shape (9, 2), one row a token",
    ),
}
kinds = pytest.mark.parametrize("kind", RIGHT)


def right(kind):
    module = importlib.import_module(f"impls.forms.{RIGHT[kind][0]}")
    return next(one for one in registered(module.__name__) if not one.factory)


def changed(kind, change):
    """The right form with its result changed."""
    form = right(kind)

    @functools.wraps(form.function)
    def other(*given, **named):
        return change(form.function(*given, **named).clone())

    return dataclasses.replace(form, function=other)


def of(kind, form=None):
    form = form or right(kind)
    return subject(form, form.checked_dtypes[-1], MIXED if kind == "Assignment" else SMALL)


def last_entry_wrong(result):
    result[(-1,) * result.ndim] += 1
    return result


def test_every_kind_has_a_place():
    assert {kind.__name__ for kind in PLACES} == set(RIGHT)
    assert all(type(of(kind).encoding.definition) is place_of(right(kind)).definition for kind in RIGHT)


@kinds
def test_the_right_result_agrees_with_the_truth(kind):
    s = of(kind)
    inputs = s.code.inputs()
    found = is_exact(s, *inputs)
    assert found.holds
    assert s.code.output(*inputs).shape == s.truth.output(*inputs).shape
    assert np.isfinite(s.truth.bound(*inputs)).all()


@kinds
def test_one_wrong_entry_is_seen_where_it_is(kind):
    s = of(kind, changed(kind, last_entry_wrong))
    found = is_exact(s, *s.code.inputs())
    assert not found.holds
    size = s.code.output(*s.code.inputs()).shape
    last = zip(s.code.axes[::-1], (length - 1 for length in size), strict=True)
    assert list(found.where.items())[: len(size)] == list(last)


@kinds
def test_another_shape_is_malformed(kind):
    s = of(kind, changed(kind, lambda result: result[..., :-1]))
    with pytest.raises(Malformed, match=r"^returned the shape \(.*\); expected \("):
        s.code.output(*s.code.inputs())
    assert all(found != stated for found, stated in s.code.shapes())


@kinds
def test_shapes_are_those_of_the_contract_for_calls_of_several_sizes(kind):
    shapes = of(kind).code.shapes()
    assert all(found == stated for found, stated in shapes)
    assert len({stated for _, stated in shapes}) > 1


@kinds
def test_the_plainest_call_is_shown_in_words(kind):
    code = dataclasses.replace(of(kind).code.setup, dtype="float32")
    shown = dataclasses.replace(of(kind).code, setup=code)
    assert shown.shown == RIGHT[kind][1]
    assert shown.expected.endswith(RIGHT[kind][2])


@kinds
def test_a_call_may_be_asked_at_other_positions(kind):
    s = of(kind)
    inputs = s.code.inputs("y", (2, 0))
    assert s.code.output(*inputs).shape == s.truth.output(*inputs).shape
    assert is_exact(s, *inputs).holds
    if kind == "Assignment":
        assert inputs == ([("text", 2), *MIXED.segments],)
    else:
        assert inputs[1] == (2, 0)
        assert np.array_equal(inputs[0], s.draw("y", 2))


@kinds
def test_code_and_truth_are_two_objects_with_nothing_in_common(kind):
    s = of(kind)
    of_code, of_truth = ({*type(one).__mro__} - {object, ABC} for one in (s.code, s.truth))
    assert not of_code & of_truth
    ran, expected = (set().union(*map(functions, classes)) for classes in (of_code, of_truth))
    assert ran
    assert expected
    assert not ran & expected
    assert "door" not in vars(s.truth)


def functions(cls):
    """Where what a class runs is written, as far as it is written in the suite."""
    parts = [getattr(each, "fget", None) or getattr(each, "func", None) or each for each in vars(cls).values()]
    codes = [part.__code__ for part in parts if isinstance(part, FunctionType)]
    return {(code.co_filename, code.co_firstlineno) for code in codes if "properties" in code.co_filename}
