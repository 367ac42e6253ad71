"""How work grows with size: counted, not timed."""

from dataclasses import replace

import pytest

import impls.forms.alibi
import impls.forms.rope
from impls.door.work import counted
from impls.registry import registered
from properties.measures.costs import Setting, prepared


def growth(form, *, of):
    """By what the flops of some more heads grow where one number of a setting doubles; tables are made once for all."""
    few = Setting("prefill", "float32", 64)
    many = replace(few, **{of: 2 * getattr(few, of)})
    fewer, more = ([flops(one) for one in prepared(form, setting)] for setting in (few, many))
    return (more[0] - more[1]) / (fewer[0] - fewer[1])


def flops(one):
    work = counted(one.call, [one.given])
    assert work is not None
    return work.flops


@pytest.mark.parametrize("form", registered(impls.forms.rope.__name__), ids=lambda form: form.name)
def test_flops_of_the_matrix_form_grow_with_the_square_of_the_dimension(form):
    assert growth(form, of="dim") == pytest.approx(4 if form.form == "matrix" else 2, rel=0.01)


@pytest.mark.parametrize("form", registered(impls.forms.rope.__name__), ids=lambda form: form.name)
def test_flops_of_every_form_of_rope_grow_with_the_tokens(form):
    assert growth(form, of="tokens") == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("form", registered(impls.forms.alibi.__name__), ids=lambda form: form.name)
def test_flops_of_a_toeplitz_bias_grow_with_the_tokens_and_those_of_others_with_their_square(form):
    assert growth(form, of="tokens") == pytest.approx(2 if form.form == "toeplitz" else 4, rel=0.02)
