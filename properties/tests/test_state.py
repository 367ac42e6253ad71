"""What came back stays what it was: a result that the next call overwrites is no result."""

import functools

import pytest
import torch

from impls.forms import alibi, rope, shaw, sinusoidal, urpe
from impls.registry import registered
from properties.cases.families import returning
from properties.checks.state import call_independence
from properties.tests.miniatures import miniature, subject
from spec import ENCODINGS

RIGHT = [registered(module.__name__)[0] for module in (rope, sinusoidal, alibi, shaw, urpe)]
forms = pytest.mark.parametrize("form", RIGHT, ids=lambda form: form.encoding)


def holds(form, function):
    one = miniature(function, form.encoding, layout=form.layout, positions=form.positions)
    cases = returning.cover(ENCODINGS[form.encoding], 0)
    return all(call_independence.check(subject(one, case=case)).holds for case in cases)


@forms
def test_a_buffer_that_all_calls_share_is_seen(form):
    buffers: dict[object, torch.Tensor] = {}

    @functools.wraps(form.function)
    def shared(*args, **kwargs):
        result = form.function(*args, **kwargs)
        return buffers.setdefault((result.shape, result.dtype), torch.empty_like(result)).copy_(result)

    assert not holds(form, shared)


@forms
def test_a_result_of_its_own_for_every_call_is_right(form):
    assert holds(form, form.function)
