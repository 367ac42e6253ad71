"""Sizes that are none, or beyond reason, are refused in a sentence: where they are declared, and by the definition."""

from dataclasses import replace
from math import nan

import pytest

from impls.declaration import problem
from impls.marker import Declaration
from spec import ENCODINGS
from spec.definitions.sizes import LARGEST

CELLS = "expected {} integers from 1 to 65536: count the cells of each axis"
PREFIX = "expected an integer from 0 to 65536: count the rows before the cells"
NONSENSE = [
    ("swin-bias", "window_size", (7,), CELLS.format(2)),
    ("swin-bias", "window_size", 7, CELLS.format(2)),
    ("swin-bias", "window_size", (-3, 7), CELLS.format(2)),
    ("swin-bias", "window_size", (0, 7), CELLS.format(2)),
    ("swin-bias", "window_size", (7.5, 7.0), CELLS.format(2)),
    ("swin-bias", "window_size", (2**40, 7), CELLS.format(2)),
    ("swin-bias-3d", "window_size", (7, 7), CELLS.format(3)),
    ("decomposed-2d", "window_size", (8, 7, 7), CELLS.format(2)),
    ("learned-interpolated", "new_size", (0, 4), CELLS.format(2)),
    ("learned-interpolated", "grid_size", (3, 4, 5), CELLS.format(2)),
    ("learned-interpolated", "num_prefix_tokens", -1, PREFIX),
    ("learned-2d", "grid_size", (), CELLS.format(2)),
    ("learned-2d", "num_prefix_tokens", 1.5, PREFIX),
    ("sinusoidal-2d", "grid_size", (0, 0), CELLS.format(2)),
]
DECLARED = [
    ("swin-bias", {"window_size": (7, nan)}, "the parameter window_size is fixed to (7, nan); expected finite numbers"),
    ("swin-bias", {"window_size": (7, True)}, "the parameter window_size is fixed to (7, True); expected finite "),
    (
        "swin-bias",
        {"window_size": (2000, 2000)},
        "with the parameters window_size (2000, 2000) the learned table has 15992001 rows, more than 2097152; correct ",
    ),
    ("learned", {"max_position_embeddings": 10**12}, "with the parameters max_position_embeddings 1000000000000 the "),
    ("rope", {"axes_dim": (2**40, 8)}, "1099511627784 coordinates turn; expected 65536 at most: correct axes_dim"),
    ("rope", {"rotary_dim": 2**40}, "1099511627776 coordinates turn; expected 65536 at most: correct rotary_dim"),
    ("rope", {"mrope_section": (2**40, 8)}, "2199023255568 coordinates turn; expected 65536 at most: correct mrope_"),
]


def declared(encoding, parameters):
    convention = "detr" if encoding == "sinusoidal-2d" else None
    layout = (*ENCODINGS[encoding].layouts, None)[0]
    one = Declaration(encoding, name="mine", form="own", layout=layout, convention=convention, parameters=parameters)
    return problem(lambda *handed, **named: None, one)


@pytest.mark.parametrize(("encoding", "name", "given", "expected"), NONSENSE, ids=str)
def test_the_size_of_a_grid_is_refused_where_it_is_none(encoding, name, given, expected):
    said = f"{name} is {given!r}; {expected}"
    assert declared(encoding, {name: given}) == said
    known = ENCODINGS[encoding].under("detr" if encoding == "sinusoidal-2d" else None)
    for define in (lambda: known.configured(8, {name: given}), lambda: replace(known, parameters={name: given})):
        with pytest.raises(ValueError, match=name) as error:
            define()
        assert str(error.value) == f"{encoding}: {said}"


@pytest.mark.parametrize(("encoding", "parameters", "said"), DECLARED, ids=str)
def test_what_is_declared_beyond_reason_is_refused_at_once(encoding, parameters, said):
    assert str(declared(encoding, parameters)).startswith(said)


def test_a_head_size_beyond_reason_is_refused_at_once():
    one = Declaration("rope", name="mine", form="own", layout="half", head_sizes=(2**40,))
    said = f"head_sizes has 1099511627776; expected {LARGEST} at most, the dimensions that it takes"
    assert problem(lambda x, positions: x, one) == said


@pytest.mark.parametrize("window", [(1, 1), [24, 24], (64, 64)], ids=str)
def test_a_window_may_be_large(window):
    assert declared("swin-bias", {"window_size": window}) is None
