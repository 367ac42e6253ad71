"""Rows of costs, for implementations made up here."""

import dataclasses

import pytest
import torch

import impls.forms.rope
import properties.measures.costs
from impls import implements
from impls.door.work import counted
from impls.registry import registered
from properties.measures.costs import SETTINGS, Setting, cost, costs, prepared
from properties.tests.miniatures import miniature


@implements("rope", form="complex", layout="interleaved", dtypes=("float32",))
def complex_form(x, positions, *, base=10000.0):
    frequencies = base ** -(torch.arange(0, x.shape[-1], 2) / x.shape[-1])
    turns = torch.polar(torch.ones(()), positions[:, None] * frequencies)
    return torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2))) * turns).flatten(-2)


@implements("sinusoidal", form="gather")
def table(positions, dim, *, dtype=torch.float32, base=10000.0):
    angles = positions[:, None] * base ** -(torch.arange(0, dim, 2) / dim)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2).to(dtype)


@implements("rope", form="fused", layout="half")
def broken(x, positions):
    raise RuntimeError("not today")


@implements("rope", form="recurrence", layout="half")
def endless(x, positions):
    while True:
        x = x + 1


IMPLEMENTATIONS = {each.name: each for each in registered(__name__)}


@pytest.mark.parametrize(
    ("name", "setting", "shape"),
    [
        ("complex-form", Setting("prefill", "float32", 64), (1, 8, 512, 64)),
        ("complex-form", Setting("decode", "float32", 128), (8, 8, 1, 128)),
        ("table", Setting("prefill", "bfloat16", 64), (512, 64)),
        ("table", Setting("decode", "float32", 128), (1, 128)),
    ],
)
def test_one_row(name, setting, shape):
    row = cost(IMPLEMENTATIONS[name], setting)
    assert (row.implementation, row.kind, row.dtype, row.shape) == (name, setting.kind, setting.dtype, shape)
    assert row.seconds > 0
    assert row.ratio_to_copy > 0
    assert row.noise == pytest.approx(1, rel=0.5)


def both(q, k, cos, sin):
    return q.clone(), k.clone()


def both_in_place(q, k, cos, sin):
    q.neg_()
    k.neg_()


JOINT = {
    "both": (miniature(both, call="qk-tables", layout="half"), 1 / 2),
    "both-in-place": (miniature(both_in_place, call="qk-tables", layout="half", inplace=True), 1 / 2),
    "fewer-keys": (miniature(both, call="qk-tables", layout="half", heads=((8, 2),)), 4 / 5),
    "alone": (IMPLEMENTATIONS["complex-form"], 1.0),
}


@pytest.mark.parametrize("name", JOINT)
def test_a_call_costs_as_much_as_a_copy_of_all_that_it_makes(name):
    implementation, part = JOINT[name]
    *_, share = prepared(implementation, Setting("prefill", "float32", 64))
    assert share == pytest.approx(part)


def test_a_copy_of_queries_and_keys_costs_as_much_as_a_copy():
    ratios = [cost(JOINT["both"][0], Setting("prefill", "float32", 128)).ratio_to_copy for _ in range(5)]
    assert any(ratio == pytest.approx(1, rel=0.4) for ratio in ratios)


def test_the_product_of_the_complex_form_is_counted():
    row = cost(IMPLEMENTATIONS["complex-form"], Setting("prefill", "float32", 64))
    product = 6 * 8 * 512 * 32
    assert row.flops is not None
    assert row.bytes is not None
    assert product < row.flops < 1.3 * product
    assert row.bytes > 2 * 8 * 512 * 64 * 4


def test_rows_are_those_that_are_declared_and_run(monkeypatch):
    monkeypatch.setattr(properties.measures.costs, "IMPLEMENTATION_SECONDS", 2.0)
    rows = costs(IMPLEMENTATIONS.values())
    assert {row.implementation for row in rows} == {"complex-form", "table"}
    assert {row.dtype for row in rows if row.implementation == "complex-form"} == {"float32"}
    assert len([row for row in rows if row.implementation == "table"]) == len(SETTINGS)


def test_what_is_not_installed_has_no_costs():
    absent = dataclasses.replace(IMPLEMENTATIONS["table"], package="no-such-distribution")
    assert costs([absent]) == []


@pytest.mark.parametrize("form", registered(impls.forms.rope.__name__), ids=lambda form: form.name)
def test_flops_of_the_matrix_form_grow_with_the_square_of_the_dimension(form):
    narrow, wide = (prepared(form, Setting("prefill", "float32", dim)) for dim in (64, 128))
    few, many = (counted(call, [given]) for call, given, _ in (narrow, wide))
    assert few is not None
    assert many is not None
    assert many.flops / few.flops == pytest.approx(4 if form.form == "matrix" else 2, rel=0.01)
