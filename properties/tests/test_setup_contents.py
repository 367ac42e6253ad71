"""What code and truth are told alike of a case: the contents of vectors, and the coordinates of pairs."""

import dataclasses

import numpy as np
import pytest

from impls.door.dtypes import rounded
from properties.cases.case import Case
from properties.subjects.setup import Setup, attended_tokens
from properties.tests.miniatures import SMALL, miniature


def setup(one=None, dtype="float32", case=SMALL):
    return Setup(one or miniature(), dtype, case)


# Contents


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_what_is_drawn_is_held_by_the_accuracy_and_the_dtype(dtype):
    drawn, plain = setup(dtype=dtype).draw("q"), SMALL.draw("q")
    assert drawn.shape == (2, 3, 3, 8)
    assert np.array_equal(drawn, rounded(plain, "float32" if dtype == "float64" else dtype))
    assert (drawn != plain).any()
    assert np.array_equal(setup(miniature(dtypes=("float64",)), "float64").draw("q"), plain)
    assert setup().draw("q", 5).shape == (2, 3, 5, 8)


@pytest.mark.parametrize(("layout", "pair"), [("interleaved", [0, 1]), ("half", [0, 4])])
def test_a_witness_fixes_the_first_pair_and_leaves_nothing_else(layout, pair):
    case = dataclasses.replace(SMALL, content=(("q", (3.0, 0.1)),))
    of_case = setup(miniature(layout=layout), case=case)
    drawn = of_case.draw("q")
    assert (drawn[..., pair] == rounded(np.array([3.0, 0.1]), "float32")).all()
    assert not np.delete(drawn, pair, -1).any()
    assert np.array_equal(of_case.draw("k"), setup(case=SMALL).draw("k"))


# Coordinates


@pytest.mark.parametrize(
    ("encoding", "layout", "coordinates", "rest"),
    [
        ("rope", "interleaved", [[0, 1], [2, 3], [4, 5], [6, 7]], []),
        ("rope", "half", [[0, 4], [1, 5], [2, 6], [3, 7]], []),
        ("partial-rope", "interleaved", [[0, 1], [2, 3]], [4, 5, 6, 7]),
        ("partial-rope", "half", [[0, 2], [1, 3]], [4, 5, 6, 7]),
    ],
)
def test_pairs_lie_where_the_layout_says(encoding, layout, coordinates, rest):
    of_case = setup(miniature(encoding=encoding, layout=layout))
    x = np.arange(8.0) + 10
    assert of_case.coordinates.tolist() == of_case.coordinates_out.tolist() == coordinates
    assert of_case.rest.tolist() == rest
    assert of_case.pairs(x).tolist() == [[10 + a, 10 + b] for a, b in coordinates]
    assert of_case.pairs(x).dtype == np.longdouble
    assert np.allclose(of_case.lengths(x), [np.hypot(10 + a, 10 + b) for a, b in coordinates], rtol=1e-15)


def test_arguments_carry_the_dtype_that_is_asked_for():
    of_case = setup(dtype="bfloat16")
    assert of_case.vectors(np.zeros(2)).dtype == "bfloat16"
    asked = [(np.array([1]), None), (np.array([0.5]), None), (np.array([1]), "int32")]
    assert [of_case.places(*each).dtype for each in asked] == ["int64", "float64", "int32"]


def test_tokens_that_all_hold_the_same():
    v = Case(dim=4).draw("v", 1)
    tokens = attended_tokens(v, (3, 1, 4))
    assert tokens.shape == (2, 3, 3, 4)
    assert (tokens == v).all()
    assert tokens.flags["C_CONTIGUOUS"]
