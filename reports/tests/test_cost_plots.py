"""Which costs are drawn, and as what."""

import re
from typing import Any

import pytest

from reports.cells import view
from reports.cost_plots import drawings, length_plot, trade_plot
from reports.rows import Cost
from reports.standings import trade
from reports.tests import sample


def cost(tokens, ratio, name="mine", dtype="float32", kind="prefill", **more):
    row: Any = dict.fromkeys(("form", "seconds", "bytes", "flops", "ratio_to_copy"))
    return Cost(**row | {"implementation": name, "encoding": "rope", "dtype": dtype, "shape": (), "kind": kind} | more
                | {"tokens": tokens, "ratio": ratio})  # fmt: skip


def words(drawing):
    return re.findall(r">([^<>]+)</text>", drawing)


def test_of_one_implementation_every_dtype_is_drawn_and_what_applying_takes():
    costs = [cost(tokens, 10.0, applying=2.0, dtype=dtype) for tokens in (64, 512) for dtype in ("float32", "bfloat16")]
    told = {word for word in words(length_plot(costs, title="")) if word.startswith(("float32", "bfloat16"))}
    assert told == {"float32", "bfloat16", "float32, applying", "bfloat16, applying"}
    assert [caption for caption, _ in drawings(costs)] == ["cost of a prefill against its length"]


def test_of_several_each_is_a_line_in_float32():
    costs = [cost(tokens, 10.0, name, applying=2.0) for tokens in (64, 512) for name in ("mine", "theirs")]
    costs += [cost(tokens, 10.0, "halves", dtype="bfloat16") for tokens in (64, 512)]
    assert {"mine", "theirs"} == {"mine", "theirs", "halves"} & set(words(length_plot(costs, title="")))


@pytest.mark.parametrize(
    "costs", [[], [cost(64, 2.0)], [cost(64, 2.0), cost(512, None)], [cost(n, 2.0, kind="decode") for n in (1, 2)]]
)
def test_where_no_two_lengths_were_measured_nothing_is(costs):
    assert not length_plot(costs, title="")


def test_settings_come_in_the_order_of_their_lengths():
    costs = [cost(tokens, 2.0, name) for tokens in (4096, 64, 512) for name in ("mine", "theirs")]
    costs += [cost(9, 2.0, name, kind="decode", batch=batch) for batch in (64, 1) for name in ("mine", "theirs")]
    lengths = [f"prefill, {tokens} tokens" for tokens in (64, 512, 4096)]
    captions = [caption for caption, _ in drawings(costs)]
    assert captions[0] == "cost of a prefill against its length, float32"
    assert captions[1:] == ["decode, 1 sequence", "decode, 64 sequences", *lengths]


def test_a_report_from_before_there_were_other_floors_is_drawn_as_it_was():
    assert cost(None, None, ratio_to_copy=3.0).over_floor == 3.0
    assert cost(None, None, ratio_to_copy=3.0).setting == "prefill"
    assert cost(512, 4.0, ratio_to_copy=3.0, applying=1.5).once == 2.5


def test_accuracy_is_drawn_against_cost_of_all_whose_vectors_are_compared():
    report = view(sample.document())
    points = trade(report)
    assert {name for name, *_ in points} >= {
        one.name for one in report.implementations if one.accuracy and not one.package
    }
    best = min(points, key=lambda point: point[1])[0]
    assert best in words(trade_plot(points, title=""))


def test_what_a_library_costs_is_that_of_one_length():
    document = sample.document()
    name = next(one["name"] for one in document["implementations"] if one["accuracy"])
    own = [row for row in document["costs"] if row["implementation"] == name and row["dtype"] == "float32"]
    first, second = (row for row in own if row["kind"] == "prefill")
    for row, tokens, ratio in ((first, 512, 2.0), (second, 4096, 9.0)):
        row.update(tokens=tokens, ratio=ratio, ratio_to_copy=ratio)
    assert {each: cost for each, cost, _ in trade(view(document))}[name] == 2.0
