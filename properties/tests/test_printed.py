"""The printed code fails where and how the ledger says, and its right twins pass the same judges."""

import warnings
from types import SimpleNamespace

import pytest
import torch

from properties.claims import basics_code, printed_basics, printed_survey, rope_notes_code
from properties.claims.printed import executed
from properties.claims.printed_rope_notes import Rotary
from spec.claims.basics import CONTENT, scores
from spec.lemmas.windows import SIZES, exchanged

MISSING = """        super(type(self), self).__init__()
        self.dropout = nn.Dropout(dropout)
"""


def test_the_default_axis_fails_in_three_ways():
    assert rope_notes_code.default_axis() == ["error", "shape", "values"]


@pytest.mark.parametrize("shape", [(7, 2, 3, 8), (40, 1, 1, 64), (2, 2, 2, 6)])
def test_the_module_is_right_with_the_sequence_in_front(shape):
    assert rope_notes_code._outcome(shape, 0) == "right"
    assert rope_notes_code._outcome(shape, 0, layout="interleaved") == "values"


def test_tables_are_up_to_date_where_nothing_changed():
    assert rope_notes_code.up_to_date(lambda module: None)
    assert not rope_notes_code.up_to_date(torch.nn.Module.double)


def test_another_length_refreshes_the_tables():
    rotary = Rotary(8)
    assert [rotary(torch.zeros(n, 1, 1, 8), seq_dim=0)[0].shape[0] for n in (5, 3, 5)] == [5, 3, 5]


@pytest.mark.parametrize(("h", "w"), basics_code.SIZES)
def test_the_right_recipe_gives_every_pair_of_patches_its_bias(h, w):
    index = basics_code._index(h, w)
    offsets = basics_code._offsets(h, w).reshape(-1, 2).tolist()
    assert len(set(zip(map(tuple, offsets), index.flatten().tolist(), strict=True))) == (2 * h - 1) * (2 * w - 1)
    biases = torch.zeros((2 * h - 1) * (2 * w - 1), 5)[index].permute(2, 0, 1)
    assert (torch.zeros(2, 5, h * w, h * w) + biases).shape == (2, 5, h * w, h * w)


@pytest.mark.parametrize(("h", "w"), SIZES)
def test_the_printed_shift_is_the_one_that_is_judged(h, w):
    index = printed_basics.shifted(h, w).sum(-1)
    offsets = printed_basics.subtracted(h, w).permute(1, 2, 0).reshape(-1, 2).tolist()
    assert [exchanged(rows, columns, h, w) for rows, columns in offsets] == index.flatten().tolist()


def test_steps_with_their_slips_put_right_run():
    h, w, heads = 3, 3, 5
    names = {"h": h, "w": w, "coord_h": torch.arange(h), "coord_w": torch.arange(w)}
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # meshgrid is asked for no order of its axes
        grid = executed(printed_basics.COORDINATES, **names)["coords"]
    assert torch.equal(torch.stack(grid).flatten(1), printed_basics.flattened(h, w))
    summed = executed(printed_basics.SUMMED.replace("sun", "sum"), relative_coords=printed_basics.shifted(h, w))
    table = printed_basics.table(h, w, heads).detach().flatten(0, 1)
    found = executed(
        printed_basics.LOOKED_UP.replace("(relative_coords)", "[relative_coords]"),
        self=SimpleNamespace(relative_position_bias_table=table),
        relative_coords=summed["relative_position_index"],
    )
    assert found["relative_position_bias"].shape == (h * w, h * w, heads)


def test_a_step_that_fails_otherwise_is_no_answer():
    with pytest.raises(AttributeError):
        basics_code._runs(lambda: printed_basics.summed(torch.zeros(2, 2)), unless=NameError)
    assert basics_code._runs(lambda: printed_basics.flattened(2, 3), unless=NameError)


def test_the_printed_class_lacks_two_lines_and_transposes_what_it_should_not():
    with pytest.raises(AttributeError, match="__init__"):
        printed_survey.printed_class()(d_model=6, max_len=11)
    lines = printed_survey.CLASS.replace(".transpose(0, 1)", "").replace(
        "        pe = table", MISSING + "        pe = table"
    )
    right = executed(lines, table=printed_survey.sinusoids)["PositionalEncoding"](d_model=6, dropout=0.0, max_len=11)
    assert torch.equal(right(torch.ones(3, 5, 6)), 1 + printed_survey.sinusoids(5, 6).expand(3, 5, 6))


def test_a_pair_scores_otherwise_in_the_other_sentence():
    places = [dict(zip(order, range(3), strict=True)) for order in (("wo", "ai", "ni"), ("ni", "ai", "wo"))]
    assert list(CONTENT) == ["wo", "ai", "ni"]
    assert [float(scores(place, place)[0][1]) for place in places] == [0.8, 4.0]
