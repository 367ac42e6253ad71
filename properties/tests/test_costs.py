"""Rows of costs, for implementations made up here."""

import math
from dataclasses import replace
from functools import partial

import pytest
import torch

import impls.door.near
import impls.door.timing
import properties.measures.costs
from impls import implements
from impls.registry import registered
from properties.measures.costs import (
    REPORTED,
    SETTINGS,
    SURVEYED,
    Setting,
    cost,
    costs,
    measurable,
    prepared,
    settings_of,
)
from properties.subjects import PLACES
from properties.tests.miniatures import miniature
from spec.definitions.form import Form
from spec.definitions.map import Map


@implements("rope", form="complex", layout="interleaved", dtypes=("float32",))
def complex_form(x, positions, *, base=10000.0):
    frequencies = base ** -(torch.arange(0, x.shape[-1], 2) / x.shape[-1])
    turns = torch.polar(torch.ones(()), positions[:, None] * frequencies)
    return torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2))) * turns).flatten(-2)


@implements("sinusoidal", form="gather")
def table(positions, dim, *, dtype=torch.float32, base=10000.0):
    angles = positions[:, None] * base ** -(torch.arange(0, dim, 2) / dim)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2).to(dtype)


@implements("alibi", form="elementwise")
def distances(query_positions, key_positions, heads, *, dtype=torch.float32):
    slopes = 2.0 ** -torch.arange(1, heads + 1)
    return (-slopes[:, None, None] * (query_positions[:, None] - key_positions).abs()).to(dtype)


@implements("nope-temperature", form="elementwise")
def products(q, k, query_positions, key_positions):
    return q @ k.mT


@implements("flatten", form="elementwise")
def line(segments):
    return torch.arange(sum(math.prod(sizes) for _, *sizes in segments))[:, None]


@implements("rope", form="fused", layout="half")
def broken(x, positions):
    raise RuntimeError("not today")


@implements("rope", form="recurrence", layout="half")
def endless(x, positions):
    while True:
        x = x + 1


FLOOR = {"distances": "writing", "products": "product"} | dict.fromkeys(("complex-form", "table", "line"), "copy")
IMPLEMENTATIONS = {each.name: each for each in registered(__name__)}


PREFILL, DECODE = Setting("prefill", "float32", 512), Setting("decode", "float32", 1000, batch=8)


@pytest.mark.parametrize(
    ("name", "setting", "shape"),
    [
        ("complex-form", PREFILL, (1, 8, 512, 128)),
        ("complex-form", replace(PREFILL, tokens=64, kind="training"), (1, 8, 64, 128)),
        ("complex-form", DECODE, (8, 8, 1, 128)),
        ("table", replace(PREFILL, dtype="bfloat16", dim=64), (512, 64)),
        ("table", DECODE, (1, 128)),
        ("distances", PREFILL, (8, 512, 512)),
        ("distances", DECODE, (8, 1, 1001)),
        ("products", PREFILL, (1, 8, 512, 512)),
        ("products", replace(DECODE, batch=2), (2, 8, 1, 1001)),
        ("line", replace(PREFILL, dtype="float32", tokens=512), (512, 1)),
    ],
)
def test_one_row(name, setting, shape):
    one = IMPLEMENTATIONS[name]
    assert measurable(one, setting)
    row = min((cost(one, setting) for _ in range(3)), key=lambda row: abs(row.noise - 1))
    assert (row.implementation, row.kind, row.shape) == (name, setting.kind, shape)
    assert row.dtype == ("float64" if name == "line" else setting.dtype)
    assert (row.tokens, row.floor) == (setting.tokens, FLOOR[name])
    assert row.seconds > 0
    assert row.ratio > 0
    assert row.ratio_to_copy == (row.ratio if row.floor == "copy" else None)
    assert row.noise == pytest.approx(1, rel=0.5)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("table", replace(PREFILL, kind="training")),
        ("line", DECODE),
        ("complex-form", replace(PREFILL, dtype="bfloat16")),
        ("distances", replace(PREFILL, tokens=32768)),
    ],
)
def test_what_has_no_such_call_is_not_measured(name, setting):
    assert not measurable(IMPLEMENTATIONS[name], setting)


def test_heads_are_as_many_as_there_is_room_for():
    rows, pairs = PLACES[Map], PLACES[Form]
    of = [replace(PREFILL, tokens=tokens).heads(place) for place in (rows, pairs) for tokens in (512, 4096, 32768)]
    assert of == [8, 8, 4, 8, 1, 0]
    assert [replace(DECODE, batch=64).heads(place) for place in (rows, pairs)] == [8, 8]


def test_applying_is_told_apart_from_making_tables(monkeypatch):
    """Tables take three seconds, a head takes two, and copying it one; eight heads are called, and two."""
    now = [0.0]

    def tick(seconds):
        now[0] += seconds

    def slow(x, positions):
        tick(3.0 + 2.0 * x.shape[1])
        return x

    monkeypatch.setattr(impls.door.timing, "process_time", lambda: now[0])
    monkeypatch.setattr(impls.door.near, "FLOORS", {"copy": lambda result, _: partial(tick, result.shape[1])})
    row = cost(miniature(slow, layout="half"), replace(PREFILL, tokens=64))
    assert row.ratio == pytest.approx(3 / 8 + 2)
    assert row.applying == pytest.approx(2)


def test_tokens_are_those_that_are_encoded():
    """A limit of positions, and heads that are more than asked for, leave fewer."""
    near = miniature(lambda x, positions: x.clone(), layout="half", max_position=100)
    wide = miniature(lambda x, positions: x.clone(), layout="half", heads=((32, 32),))
    for one in (near, wide):
        row = cost(one, PREFILL)
        assert row.tokens == row.shape[-2] < PREFILL.tokens


def test_code_that_writes_into_its_arguments_is_trained_on_copies():
    row = cost(JOINT["both-in-place"][0], replace(PREFILL, tokens=64, kind="training"))
    assert row.shape == (1, 8, 64, 128)


def test_what_another_library_holds_is_not_told():
    row = cost(miniature(lambda x, positions: x * 2.0, layout="half", arrays="numpy"), replace(PREFILL, tokens=64))
    assert (row.bytes, row.passes, row.memory) == (None, None, None)


@pytest.mark.parametrize("name", ["table", "line"])
def test_what_has_no_heads_has_no_part(name):
    assert cost(IMPLEMENTATIONS[name], replace(PREFILL, tokens=64)).applying is None


def test_memory_and_passes_are_those_of_a_copy_for_a_copy():
    copied, thrice = (
        cost(miniature(form, layout="half"), PREFILL) for form in (lambda x, positions: x.clone(), thrice_held)
    )
    assert (copied.passes, copied.memory) == (1, 1)
    assert (thrice.passes, thrice.memory) == (3, 2)
    assert cost(JOINT["both-in-place"][0], PREFILL).memory == 0


def thrice_held(x, positions):
    """Three passes; the second result is made while the first is held, which goes before the third is made."""
    once = x.clone()
    once = once.clone()
    return once.clone()


def test_of_compiled_code_memory_is_told_and_nothing_is_counted():
    compiled = torch.compile(lambda x: 2 * x + 1, backend="aot_eager")
    row = cost(miniature(lambda x, positions: compiled(x), layout="half"), replace(PREFILL, tokens=64))
    assert (row.bytes, row.flops, row.passes) == (None, None, None)
    assert row.memory is not None
    assert row.memory >= 1


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
    whole, _ = prepared(implementation, replace(PREFILL, tokens=64))
    assert whole.share == pytest.approx(part)


def test_a_copy_of_queries_and_keys_costs_as_much_as_a_copy():
    assert any(cost(JOINT["both"][0], PREFILL).ratio == pytest.approx(1, rel=0.4) for _ in range(9))


def test_the_product_of_the_complex_form_is_counted():
    row, back = (cost(IMPLEMENTATIONS["complex-form"], replace(PREFILL, kind=kind)) for kind in ("prefill", "training"))
    product = 6 * 8 * 512 * 64
    assert row.flops is not None
    assert row.bytes is not None
    assert product < row.flops < 1.3 * product
    assert row.bytes > 2 * 8 * 512 * 128 * 4
    assert back.flops == pytest.approx(row.flops + product, rel=0.1)


def test_rows_are_those_that_are_declared_and_run(monkeypatch):
    monkeypatch.setattr(properties.measures.costs, "IMPLEMENTATION_SECONDS", 2.0)
    rows = [row for one in IMPLEMENTATIONS.values() for row in costs(one, SURVEYED)]
    assert {row.implementation for row in rows} == {"complex-form", "table", "distances", "products", "line"}
    assert {row.dtype for row in rows if row.implementation == "complex-form"} == {"float32"}
    assert len([row for row in rows if row.implementation == "table"]) == len(SURVEYED)


def test_what_is_not_installed_has_no_costs():
    absent = replace(IMPLEMENTATIONS["table"], package="no-such-distribution")
    assert costs(absent) == []


def test_what_would_take_too_long_or_too_much_is_left_out(monkeypatch):
    lengths = [replace(PREFILL, tokens=tokens) for tokens in (64, 256, 1024)]
    one = IMPLEMENTATIONS["distances"]
    assert [row.tokens for row in costs(one, lengths)] == [64, 256, 1024]
    for limit, value in (("CALL_SECONDS", 1e-9), ("CALL_BYTES", 8 * 300**2 * 4 * 4)):
        with monkeypatch.context() as patch:
            patch.setattr(properties.measures.costs, limit, value)
            assert 1024 not in [row.tokens for row in costs(one, lengths)]


def test_everything_is_measured_of_what_is_named_and_of_libraries_the_least():
    own, published = IMPLEMENTATIONS["table"], replace(IMPLEMENTATIONS["table"], package="torch")
    assert settings_of(own, survey=False) == settings_of(published, survey=False) == REPORTED
    assert {setting.tokens for setting in SETTINGS} - {setting.tokens for setting in REPORTED} == {32768}
    assert settings_of(published, survey=True) == SURVEYED
    assert set(SURVEYED) < set(settings_of(own, survey=True))


@pytest.mark.parametrize("survey", [False, True])
def test_nothing_is_measured_twice(survey):
    """Where shards are joined, a cost is told once."""
    settings = settings_of(IMPLEMENTATIONS["complex-form"], survey=survey)
    assert len({(one.kind, one.dtype, one.tokens, one.batch) for one in settings}) == len(settings)
    rows = costs(IMPLEMENTATIONS["table"], settings_of(IMPLEMENTATIONS["table"], survey=survey))
    assert len({(row.kind, row.dtype, row.shape) for row in rows}) == len(rows) > 4
