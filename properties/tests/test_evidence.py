"""The one comparison of the suite: every entry counts, nothing but finite numbers agrees, and the worst is told."""

import doctest

import numpy as np
import pytest

from properties.checks import evidence
from properties.checks.evidence import Evidence, agreement, difference, refuted, satisfied, worst

INF, NAN = float("inf"), float("nan")
BEYOND = float(np.nextafter(0.25, 1))
SHAPES = "the shape is {}; expected {}".format
NOT_FINITE = "the result has entries that are not finite"

# What is seen: actual, expected, bound, whether it holds, the worst error.
SEEN = {
    "equal": ([1.0, 2.0], [1.0, 2.0], 0.25, True, 0.0),
    "within": ([1.0, 2.125], [1.0, 2.0], 0.25, True, 0.125),
    "at the bound": ([2.25], [2.0], 0.25, True, 0.25),
    "just beyond it": ([BEYOND], [0.0], 0.25, False, BEYOND),
    "too small as well": ([-BEYOND], [0.0], 0.25, False, BEYOND),
    "one entry of many": ([[0, 0, 0], [0, 1, 0]], np.zeros((2, 3)), 0.25, False, 1.0),
    "no bound, no error": ([1.0], [1.0], 0.0, True, 0.0),
    "no bound, the smallest error": ([5e-324], [0.0], 0.0, False, 5e-324),
    "not a number": ([0.0, NAN], [0.0, 0.0], 0.25, False, INF),
    "not a number, nor expected": ([NAN], [NAN], 0.25, False, INF),
    "infinite": ([INF], [0.0], 0.25, False, INF),
    "infinite, as expected": ([INF], [INF], 0.25, False, INF),
    "nothing expected": ([0.0], [NAN], 0.25, False, INF),
    "infinity allowed, a number seen": ([7.0], [0.0], INF, True, 7.0),
    "infinity allowed, infinity seen": ([INF], [0.0], INF, False, INF),
    "bound is no number": ([0.0], [0.0], NAN, False, 0.0),
    "bound of its own for each": ([1.0, 2.0], [0.0, 0.0], [1.0, 1.0], False, 2.0),
    "worst by ratio, not by error": ([4.0, 1.0], [0.0, 0.0], [8.0, 1.5], True, 1.0),
    "numbers that are integers": ([2**60 + 1], [2**60], 0, False, 1.0),
    "beyond what float64 tells apart": (np.longdouble(1) + np.longdouble(2) ** -60, 1.0, 0, False, 2.0**-60),
    "a single number": (1.0, 1.25, 0.5, True, 0.25),
}


@pytest.mark.parametrize("seen", SEEN)
def test_every_entry_lies_within_the_bound(seen):
    actual, expected, bound, holds, error = SEEN[seen]
    found = agreement(actual, expected, bound)
    assert (found.holds, found.error) == (holds, error)
    assert not found.misbehaved


def test_without_a_bound_the_same_bits_are_asked_for():
    assert agreement([1.0], [1.0]).holds
    assert not agreement([1.0], [1.0 + 2**-52]).holds


@pytest.mark.parametrize(("entry", "message"), [(1.0, ""), (NAN, NOT_FINITE), (-INF, NOT_FINITE)])
def test_what_is_not_finite_is_said(entry, message):
    assert agreement([0.0, entry], [0.0, 0.0], 0.25).message == message


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        ([1.0], [[1.0]], SHAPES("(1,)", "(1, 1)")),
        (1.0, [1.0], SHAPES("()", "(1,)")),
        ([], [1.0], SHAPES("(0,)", "(1,)")),
        ([], [], "nothing was compared: the result is empty"),
    ],
)
def test_what_cannot_be_compared_does_not_agree(actual, expected, message):
    found = agreement(actual, expected, INF)
    assert (found.holds, found.error, found.message) == (False, INF, message)


def test_the_worst_place_is_told_by_axes_from_the_last_one_backwards_and_by_position():
    actual = np.zeros((2, 3))
    actual[1, 2] = 3
    places = {"token": (5, 9), "pair": (0.5, 1, 2.5), "batch": (7, 7)}
    assert agreement(actual, np.zeros((2, 3)), axes=("pair", "token"), at=places).where == {
        "token": 1,
        "pair": 2,
        "this token's position": 9,
        "this pair's position": 2.5,
        "got": 3.0,
        "expected": 0.0,
        "wrong": "1 of 6: token 1 of 2, pair 2 of 3",
    }


def test_an_axis_without_a_name_is_told_from_its_index():
    actual = np.zeros((2, 3))
    actual[1, 2] = 3
    assert agreement(actual, np.zeros((2, 3)), axes=("pair",)).where == {
        "index on axis 0:": 1,
        "pair": 2,
        "got": 3.0,
        "expected": 0.0,
        "wrong": "1 of 6: index on axis 0: 1 of 2, pair 2 of 3",
    }


@pytest.mark.parametrize(
    ("places", "name", "place"),
    [
        ([[1, 2], [3, 4.5]], "this token's (row, column)", (3, 4.5)),
        ([[1, 2, 3], [4, 5, 6]], "this token's (time, row, column)", (4, 5, 6)),
    ],
)
def test_a_place_on_a_grid_is_told_by_its_coordinates(places, name, place):
    assert agreement([0.0, 1.0], [0.0, 0.0], axes=("token",), at={"token": places}).where[name] == place


def test_the_worst_place_is_the_one_with_the_largest_ratio():
    found = agreement([4.0, 1.0, 0.0], [0.0, 0.0, 0.0], [8.0, 1.0, 0.0], axes=("token",))
    assert (found.where["token"], found.error, found.bound, found.ratio) == (1, 1.0, 1.0, 1.0)


# What is seen of a difference: one, other, bound, whether there is one, and what is said.
APART = {
    "further apart": ([0.0, 1.0], [0.0, 0.0], 0.25, True, ""),
    "as far as rounding": ([0.25], [0.0], 0.25, False, "no difference"),
    "equal": ([1.0], [1.0], 0.0, False, "no difference"),
    "not a number": ([NAN], [0.0], 0.25, False, NOT_FINITE),
    "not a number on the other side": ([0.0], [NAN], 0.25, False, ""),
    "infinite on the other side": ([0.0], [INF], 0.25, False, ""),
    "a difference beside what is no number": ([1.0, 0.0], [0.0, NAN], 0.25, False, ""),
    "bound is no number": ([1.0], [0.0], NAN, False, "no difference"),
    "of other shapes": ([1.0], [[0.0]], 0.25, False, SHAPES("(1,)", "(1, 1)")),
}


@pytest.mark.parametrize("apart", APART)
def test_a_difference_is_one_that_rounding_alone_does_not_make(apart):
    one, other, bound, holds, message = APART[apart]
    found = difference(one, other, bound)
    assert (found.holds, found.message) == (holds, message)


@pytest.mark.parametrize(
    ("error", "bound", "ratio"), [(1.0, 4.0, 0.25), (4.0, 4.0, 1.0), (0.0, 0.0, 0.0), (1.0, 0.0, INF), (INF, 1.0, INF)]
)
def test_the_ratio_is_error_over_bound(error, bound, ratio):
    assert Evidence(error, bound, holds=True).ratio == ratio


def test_the_worst_does_not_hold_or_else_has_the_largest_ratio():
    near, far, off = Evidence(3.0, 8.0, True), Evidence(1.0, 2.0, True), Evidence(0.1, 9.0, False)
    assert worst(near, far) is worst(far, near) is far
    assert worst(far, off, near) is off
    assert worst(off, refuted("no")).message == "no"


def test_without_a_number_to_it():
    assert (satisfied("yes").holds, satisfied("yes").message, satisfied().ratio) == (True, "yes", 0.0)
    assert (refuted("no").holds, refuted("no").message, refuted("no").ratio) == (False, "no", INF)


def test_the_examples_in_the_docstrings():
    assert doctest.testmod(evidence) == doctest.TestResults(failed=0, attempted=2)
