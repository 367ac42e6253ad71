"""Code that acts between queries and keys: right forms pass, one wrong entry is seen, and nothing else decides."""

import dataclasses
import functools
from typing import Any

import numpy as np
import pytest
import torch

from impls import Implementation
from impls.forms import alibi, nope_causal, shaw, swin_bias, t5_bias, urpe
from impls.registry import registered
from properties.cases.case import Case
from properties.checks.comparisons import is_exact
from properties.runs.smoke import smoke
from properties.subjects import Subject, subject_of
from properties.subjects.subject import SMOKED

FORMS = [form for m in (alibi, nope_causal, shaw, swin_bias, t5_bias, urpe) for form in registered(m.__name__)]
CASE = Case(dim=6, positions=(3, 0, 17, 2, 3), others=(5, 1, 0, 40, 2, 3, 0), shift=2)
BIASES = {"alibi", "t5-bias", "swin-bias"}
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
dtypes = pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])


def subject(form: Implementation, dtype: str = "float64", case: Case = CASE) -> Subject[Any, Any]:
    return subject_of(form, dtype, case.within(form))


def spoiled(form: Implementation, spoil) -> Implementation:
    """The form with its result changed."""

    @functools.wraps(form.function)
    def changed(*args, **kwargs):
        return spoil(form.function(*args, **kwargs).clone())

    return dataclasses.replace(form, function=changed)


def one_entry(result: torch.Tensor) -> torch.Tensor:
    """The last key of the first query is off by a hundredth."""
    result[..., 0, -2] += 0.01
    return result


@forms
@dtypes
def test_right_forms_are_exact(form, dtype):
    one = subject(form, dtype)
    assert is_exact(one, *one.code.inputs()).holds


@forms
def test_a_single_wrong_entry_is_seen(form):
    one = subject(spoiled(form, one_entry), "float32")
    assert not is_exact(one, *one.code.inputs()).holds


@forms
def test_keys_are_never_as_many_as_queries(form):
    for case in (CASE, Case(dim=6, positions=(1, 2, 3)), Case(dim=6, positions=(4,))):
        one = subject(form, case=case)
        assert len(one.code.meeting.keys(one.case.positions)) != len(one.case.positions)


@pytest.mark.parametrize(
    "form", [f for f in FORMS if f.encoding in ("t5-bias", "swin-bias")], ids=lambda form: form.name
)
@dtypes
def test_what_is_looked_up_allows_no_error(form, dtype):
    one = subject(form, dtype)
    assert not one.truth.bound(*one.code.inputs()).any()


@forms
@dtypes
def test_logits_are_the_exact_ones(form, dtype):
    one = subject(form, dtype)
    m, n = one.case.positions, one.case.others
    q, k = one.draw("q"), one.draw("k", len(n))
    exact, allowed = one.truth.logits(q, k, m, n), one.truth.logit_bound(q, k, m, n)
    assert (np.abs(one.code.logits(q, k, m, n) - exact) <= allowed).all()
    assert np.abs(exact).max() > 100 * allowed.min()


def test_a_hidden_key_is_found_through_the_ratio_to_a_visible_one():
    (form, *_) = registered(nope_causal.__name__)
    one = subject(form)
    m, n = (3, 0), (5, 0, 1)
    q, k = one.draw("q", 2), one.draw("k", 3)
    seen = np.array([[0, 1, 1], [0, 1, 0]])
    plain = q @ k.swapaxes(-1, -2)
    assert np.allclose(one.code.logits(q, k, m, n), plain * seen, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("result", "holds"), [(-torch.inf, True), (torch.inf, False), (torch.nan, False), (-1e4, False)]
)
def test_only_what_leaves_the_range_of_the_dtype_may_overflow(result, holds):
    (form, *_) = registered(alibi.__name__)
    far = Case(dim=6, positions=(0,), others=(2**20,), heads=1)
    steep = dataclasses.replace(form, convention="geometric")
    one = subject(
        spoiled(steep, lambda bias: torch.full_like(bias, result)), "float16", dataclasses.replace(far, heads=8)
    )
    got = one.code.output(one.draw("x"), far.positions)[0]
    wanted = one.truth.output(one.draw("x"), far.positions)[0]
    assert bool((got == wanted).all()) is holds


def test_positions_where_nothing_is_defined_have_no_exact_value():
    (form, *_) = registered(t5_bias.__name__)
    one = subject(form)
    assert np.isnan(one.truth.output(one.draw("x", 1), (0.5,))).all()
    assert not one.truth.bound(one.draw("x", 1), (0.5,)).any()


@pytest.mark.parametrize("form", [f for f in FORMS if f.form in ("gather", "elementwise")], ids=lambda form: form.name)
def test_the_smoke_check_tells_the_shape_that_it_expected(form):
    assert smoke(form, "float32") is None
    told = smoke(spoiled(form, lambda result: result.transpose(-1, -2)), "float32")
    keys = len(subject(form, "float32", SMOKED).code.meeting.keys(SMOKED.positions))
    assert f", 5, {keys})" in str(told)
    assert f"returned the shape {'(3, ' if form.encoding in BIASES else '(2, 3, '}{keys}, 5)" in str(told)
