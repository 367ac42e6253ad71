"""Gradients of sums over tokens: those of every argument are looked at, and one wrong row of a table is seen."""

import functools
import inspect

import numpy as np
import pytest
import torch

from impls import Implementation
from impls.door.misbehaviour import Malformed
from impls.forms import (
    alibi,
    deberta,
    decomposed_2d,
    kerple,
    learned,
    nope_causal,
    partial_rope,
    shaw,
    swin_bias,
    t5_bias,
    transformer_xl,
    urpe,
)
from impls.registry import registered
from properties.cases.case import Case
from properties.checks.gradients import exact_gradients, gradient
from properties.runs.bench import Bench
from properties.runs.plan import Plan
from properties.tests.miniatures import miniature, subject

MODULES = (deberta, decomposed_2d, kerple, learned, nope_causal, shaw, swin_bias, t5_bias, transformer_xl, urpe)
FORMS = [registered(module.__name__)[0] for module in MODULES]
CASE = Case(dim=8, positions=(3, 0, 17, 2, 3), others=(5, 1, 0, 40, 2, 3, 0))
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


class Scaled(torch.autograd.Function):
    """An argument as it is, whose gradient is scaled, or some of it."""

    @staticmethod
    def forward(context, x, scale):
        context.save_for_backward(scale)
        return x.clone()

    @staticmethod
    def backward(context, upstream):
        return upstream * context.saved_tensors[0], None


def spoiled(form: Implementation, name: str, where=...) -> Implementation:
    """The form, with the gradient of an argument off by a thousandth, or that of a part of it."""
    place = subject(form, case=CASE).code.differentiable[name][0]

    @functools.wraps(form.function)
    def changed(*given, **named):
        arguments = inspect.signature(form.function).bind(*given, **named).arguments
        key = place if isinstance(place, str) else list(arguments)[place]
        scale = torch.ones_like(arguments[key])
        scale[where] = 1.001
        arguments[key] = Scaled.apply(arguments[key], scale)
        return form.function(**arguments)

    one: Implementation = miniature(changed, form.encoding, name="mine", dtypes=("float64",), layout=form.layout)
    return one


@forms
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_gradients_come_near_their_bound_and_stay_within(form, dtype):
    found = exact_gradients.check(subject(form, dtype, CASE))
    assert found.holds
    assert 0 <= found.error < found.bound < 0.1


ARGUMENTS = [(form, name) for form in FORMS for name in subject(form, case=CASE).code.differentiable]


@pytest.mark.parametrize(("form", "name"), ARGUMENTS, ids=[f"{form.name}-{name}" for form, name in ARGUMENTS])
def test_the_gradient_of_every_argument_is_looked_at(form, name):
    found = exact_gradients.check(subject(spoiled(form, name), "float64", CASE))
    assert not found.holds
    assert found.where["gradient of"] == name


TABLES = [(form, row) for form in FORMS if form.encoding in ("t5-bias", "shaw") for row in (2, 18)]


@pytest.mark.parametrize(("form", "row"), TABLES)
def test_one_row_of_a_table_is_enough(form, row):
    found = exact_gradients.check(subject(spoiled(form, "table", row), "float64", CASE))
    assert not found.holds


def test_a_wrong_gradient_is_told_where_it_is():
    shaw_form = next(form for form in FORMS if form.encoding == "shaw")
    wrong = spoiled(shaw_form, "q", (1, 2, 4))
    found = exact_gradients.check(subject(wrong, "float64", CASE))
    assert {name: found.where[name] for name in ("gradient of", "batch", "head", "query")} == {
        "gradient of": "q",
        "batch": 1,
        "head": 2,
        "query": 4,
    }


def test_a_gradient_that_is_cut_off_is_told_so():
    def cut(positions, dim, *, table):
        return table.detach()[positions.long()]

    found = exact_gradients.check(subject(miniature(cut, "learned"), "float32", CASE))
    assert found.message == "the result is cut off from the graph: no gradient reaches table"


def test_nothing_is_asked_where_nothing_is_learned_or_met():
    (bias, *_) = registered(alibi.__name__)
    left_out = Bench(bias, Plan()).left_out(exact_gradients)
    assert left_out == ("not-applicable", "it meets no contents, and nothing of it is learned")


# Maps


def half_turned(role, rest):
    (form, *_) = registered(partial_rope.__name__)

    @functools.wraps(form.function)
    def changed(x, positions, role_now, *, base=10000.0, rotary_dim=None):
        scale = torch.ones_like(x)
        if role_now == role:
            scale[..., -1 if rest else 0] = 1.001
        return form.function(Scaled.apply(x, scale), positions, base=base, rotary_dim=rotary_dim)

    def code(x, positions, role, *, base=10000.0, rotary_dim=None):
        return changed(x, positions, role, base=base, rotary_dim=rotary_dim)

    return miniature(code, "partial-rope", layout=form.layout)


@pytest.mark.parametrize("role", ["query", "key"])
@pytest.mark.parametrize("rest", [False, True])
def test_gradients_of_both_sides_and_of_what_does_not_turn_are_looked_at(role, rest):
    found = gradient.check(subject(half_turned(role, rest)))
    assert not found.holds
    assert ("coordinate that does not turn" in found.where) is rest
    assert gradient.check(subject(half_turned("neither", rest))).holds
    assert np.isfinite(found.error)


def test_a_gradient_that_raises_is_a_failure_of_the_code():
    """It is no refusal: the result has come, and with it a gradient is promised."""

    class Raising(Scaled):
        @staticmethod
        def backward(context, upstream):
            raise ZeroDivisionError("odd")

    def code(x, positions, *, base=10000.0):
        return Raising.apply(x, torch.ones_like(x))

    with pytest.raises(Malformed, match="a result whose gradient raises ZeroDivisionError: odd"):
        gradient.check(subject(miniature(code, "rope", layout="half")))
