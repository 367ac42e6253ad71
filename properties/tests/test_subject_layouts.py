"""What becomes of coordinates: those of another layout, those that are left alone; and subjects made of others."""

import dataclasses

import numpy as np
import pytest
import torch
from sympy import Integer

from impls.forms import partial_rope, rope, sinusoidal, transformer_xl
from impls.registry import registered
from properties.checks.comparisons import is_exact
from properties.subjects import subject_of
from properties.subjects.setup import Setup
from properties.tests.miniatures import SMALL, miniature, subject
from spec import ENCODINGS
from spec.definitions import Turned, rotary


def layouts(module):
    """A right form in each layout."""
    forms = [form for form in registered(module.__name__) if not form.factory]
    return {form.layout: form for form in forms}


@pytest.mark.parametrize(
    "form", [registered(each.__name__)[0] for each in (rope, transformer_xl)], ids=lambda form: form.name
)
@pytest.mark.parametrize(("here", "there"), [("interleaved", "half"), ("half", "interleaved")])
def test_inputs_are_translated_into_another_layout(form, here, there):
    one, other = (subject(dataclasses.replace(form, layout=layout)) for layout in (here, there))
    x, p = one.code.inputs()
    moved, q = one.truth.translated((x, p), other.setup)
    assert q is p
    assert (moved != x).any()
    assert np.array_equal(other.setup.pairs(moved), one.setup.pairs(x))
    assert np.array_equal(x, one.code.inputs()[0])


def test_code_in_another_layout_makes_the_same_of_them():
    one, other = (subject(form) for form in layouts(rope).values())
    inputs = one.code.inputs()
    moved = one.truth.translated(inputs, other.setup)
    found, wanted = other.code.output(*moved), one.code.output(*inputs)
    assert (np.abs(found - wanted) <= 2 * one.truth.bound(*inputs)).all()


def test_no_layout_shows_in_the_inputs_of_a_table():
    one, other = (subject(form) for form in layouts(sinusoidal).values())
    inputs = one.code.inputs()
    assert one.truth.translated(inputs, other.setup) is inputs


def test_what_lies_behind_the_blocks_is_untouched():
    s = subject(next(form for form in registered(partial_rope.__name__) if not form.factory))
    x, p = s.code.inputs()
    assert np.array_equal(s.code.untouched(s.code.result(x, p)), x[..., 4:])
    assert np.array_equal(s.truth.untouched(x, p), x[..., 4:])
    whole = subject(layouts(rope)["half"])
    assert whole.truth.untouched(*whole.code.inputs()).size == 0


def test_the_two_sides_are_those_that_code_or_definition_tell_apart():
    plain = subject(miniature(lambda x, positions: x))
    sided = subject(miniature(lambda x, positions, *, role: x))
    keyed = subject(miniature(lambda x, positions: x, "xpos"))
    assert plain.code.sides == plain.truth.sides == ({"role": "query"},)
    assert sided.code.sides == keyed.truth.sides == ({"role": "query"}, {"role": "key"})
    heard = []

    def hears(x, positions, *, role):
        heard.append(role)
        return x

    code = subject(miniature(hears)).code
    code.output(*code.inputs(), role="key")
    assert heard == ["key"]


def test_a_varied_subject_keeps_its_door_unless_it_is_to_be_fresh():
    s = subject(layouts(rope)["half"])
    other = s.varied(dtype="bfloat16")
    assert (other.setup.dtype, s.setup.dtype) == ("bfloat16", "float32")
    assert other.code.door is s.code.door
    assert other.truth.setup is other.code.setup is other.setup
    assert s.varied(fresh=True).code.door is not s.code.door
    assert is_exact(other, *other.code.inputs()).holds
    assert not s.alone().setup.anchored


def test_one_more_token_stands_at_the_end_of_the_sequence_where_it_is_followed():
    seen = []

    def sees(x, positions, **parameters):
        seen.append((tuple(x.shape), positions.tolist(), float(x[..., -1, :].abs().max())))
        return x

    s = subject(miniature(sees, "rope-dynamic-ntk"))
    x, p = s.code.inputs()
    assert np.array_equal(s.code.result(x, p), x)
    assert seen == [((2, 3, 4, 8), [0, 3, 1, s.setup.length - 1], 0.0)]
    alone = s.alone()
    alone.code.result(x, p)
    assert seen[1][:2] == ((2, 3, 3, 8), [0, 3, 1])


def test_a_subject_is_of_the_kind_of_its_encoding():
    for encoding, kind in [("rope", "MapCode"), ("alibi", "BiasCode"), ("flatten", "AssignmentCode")]:
        one = miniature(encoding=encoding)
        s = subject_of(one, "float32", SMALL.within(one))
        assert type(s.code).__name__ == kind
        assert s.implementation is one


def trailing(x, positions):
    """Coordinates 4 .. 7 of eight turn, in neighbours: no encoding of the suite does that yet."""
    angles = positions[:, None].double() * 10000.0 ** -(torch.arange(0, 4, 2).double() / 4)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., 4::2], x[..., 5::2]
    return torch.cat([x[..., :4], torch.stack((a * cos - b * sin, b * cos + a * sin), -1).flatten(-2)], -1)


def test_what_turns_at_the_end_leaves_the_beginning(monkeypatch):
    turned = dataclasses.replace(ENCODINGS["rope"], definition=rotary(turned=Turned(Integer(4), trailing=True)))
    monkeypatch.setattr(Setup, "encoding", turned)
    one = subject(miniature(trailing))
    assert one.setup.rest.tolist() == [0, 1, 2, 3]
    assert is_exact(one, *one.code.inputs()).holds
    assert np.abs(one.code.leak()).max() <= one.truth.leak
    assert one.code.partners()[0].tolist() == [1, 0, 3, 2]
    assert not np.abs(subject(miniature(lambda x, p: trailing(x, p).flip(-1))).code.leak()).max() <= one.truth.leak
