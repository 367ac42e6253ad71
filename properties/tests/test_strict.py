"""Refusals of nonsense are demanded of those who declare them; what is declared impossible is looked at always."""

import dataclasses

import torch

from impls.loading import load_default
from properties.runs.plan import Plan
from properties.runs.run import check
from properties.tests.miniatures import miniature
from properties.tests.plugins import HALF, ran, turn, written
from properties.tests.plugins import plugin as source_of

FORMS = {one.name: one for one in load_default().implementations if one.package is None}
REFUSALS = {
    "odd-dimension-refused",
    "wrong-rank-refused",
    "mismatched-lengths-refused",
    "bad-segments-refused",
}
FAST = Plan(dtypes=("float32", "float64"), survey=True)


def failed(one):
    return {result.property for result in check(one, FAST) if not result.conforms}


def refusals(one):
    return {result.message for result in check(one, FAST) if result.property in REFUSALS and result.outcome != "pass"}


def nope(x, positions):
    return x.clone()


def buckets(query_positions, key_positions, heads, *, table):
    """T5's buckets as published: any number is cut to an integer, and none refused."""
    return FORMS["t5-bias-gather"].function(query_positions.long(), key_positions.long(), heads, table=table)


def windows(query_positions, key_positions, heads, *, table, window_size=(9, 18)):
    """Swin's index as published: places outside of the window meet some row or other; one_hot takes int64 alone."""
    if query_positions.dtype != torch.int64:
        raise TypeError("one_hot is only applicable to index tensor of type LongTensor")
    height, width = window_size
    offsets = query_positions[:, None] - key_positions[None]
    index = (offsets[..., 0] + height - 1) * (2 * width - 1) + offsets[..., 1] + width - 1
    return table[index % len(table)].permute(2, 0, 1)


def on_a_grid(x, positions, *, base=10000.0):
    """RoPE on rows and columns that turns six coordinates as four, and leaves the rest."""
    whole = x.shape[-1] // 4 * 4
    return torch.cat([FORMS["rope-2d-split"].function(x[..., :whole], positions, base=base), x[..., whole:]], -1)


def test_code_without_refusals_passes_until_it_declares_them():
    lenient = [
        miniature(nope, "nope", dtypes=("float32",)),
        dataclasses.replace(FORMS["t5-bias-gather"], function=buckets, strict=False),
        dataclasses.replace(FORMS["swin-bias-gather"], function=windows, strict=False),
        dataclasses.replace(FORMS["rope-2d-split"], function=on_a_grid, strict=False),
    ]
    for one in lenient:
        assert failed(one) == set()
        strict = failed(dataclasses.replace(one, strict=True))
        assert strict <= {*REFUSALS, "declared-limits"}
        assert strict
    assert "does not declare strict=True" in refusals(lenient[0])


def test_what_is_declared_must_be_refused_where_nothing_is_defined(tmp_path):
    declared = dataclasses.replace(
        FORMS["t5-bias-gather"], function=buckets, strict=False, claimed_positions="integers"
    )
    assert failed(declared) == {"declared-limits"}
    cut = source_of("positions = positions.clamp(max=4096)" + turn(), f"{HALF}, max_position=4096")
    seen = ran(written(tmp_path, cut), dtypes=["float32"]).results
    assert {one.property for one in seen if not one.conforms} == {"declared-limits"}


def test_a_dtype_of_positions_may_be_refused_until_it_is_declared():
    one = dataclasses.replace(FORMS["swin-bias-gather"], function=windows, strict=False)
    assert failed(dataclasses.replace(one, position_dtypes=("int64",))) == set()
    declared = dataclasses.replace(one, position_dtypes=("int64", "int32"))
    assert failed(declared) == {"position-dtypes", "far-position-dtypes", "dtype-kept"}
