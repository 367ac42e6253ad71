"""Signs are certified, and the smallest base is one: what it returns serves, and nothing below it does."""

import numpy as np
import pytest
from flint import arb

from spec.lemmas import base_design, similarity
from spec.lemmas.base_design import serves, smallest_base
from spec.lemmas.similarity import first_increase, first_negative, sign, signs, similarities


@pytest.mark.parametrize(("dim", "base"), [(8, 10000.0), (128, 500.0), (64, 1.5)])
def test_float64_is_within_its_margin(dim, base):
    distances = np.array([0, 1, 2, 710, 4099, 99991])
    values, margins = similarities(dim, distances, base)
    exact = [similarity.similarity(dim, int(k), base) for k in distances]
    errors = [abs(arb(float(value)) - truth) for value, truth in zip(values, exact, strict=True)]
    assert all(error < arb(float(margin)) / 100 for error, margin in zip(errors, margins, strict=True))


def test_what_float64_does_not_decide_is_decided_by_balls(monkeypatch):
    distances = np.arange(1, 200)
    told = signs(128, distances, 500)
    monkeypatch.setattr(similarity, "ROUNDING", 1.0)
    assert (signs(128, distances, 500) == told).all()
    assert (told[:170] == 1).all()
    assert told[170] == -1


def test_a_ball_around_zero_has_no_sign():
    assert (sign(arb(2)), sign(arb(-2))) == (1, -1)
    with pytest.raises(ValueError, match="may be zero"):
        sign(arb(0, 1e-9))


def test_nothing_is_found_where_nothing_is():
    assert first_negative(128, 1707) is None
    assert first_negative(128, 1708) == 1707
    assert first_increase(128, 11) is None
    assert first_increase(128, 12) == 11


@pytest.mark.parametrize(("length", "dim"), [(3, 8), (16, 64), (100, 32), (171, 128)])
def test_the_smallest_base_serves_and_no_smaller_one_of_a_grid_does(length, dim):
    base = smallest_base(length, dim)
    assert serves(base, length, dim)
    grid = np.geomspace(1, base / 1.001, 600)
    theta = grid[:, None, None] ** (-np.arange(0, dim, 2) / dim)
    lowest = np.min([np.cos(k * theta).sum(axis=-1) for k in range(length)], axis=0)
    assert (lowest < 0).all()


def test_a_finer_resolution_gives_a_smaller_base():
    coarse, fine = smallest_base(64, 32, resolution=0.1), smallest_base(64, 32, resolution=1e-4)
    assert fine <= coarse <= fine * 1.1
    assert serves(fine, 64, 32)


def test_the_bases_that_serve_are_no_half_line():
    """So no bisection finds the smallest: 100 positions are served by a base, and by some larger ones they are not."""
    served = [serves(base, 100, 32) for base in np.geomspace(smallest_base(100, 32), 1e4, 200)]
    assert served[0]
    assert not all(served)


def test_two_positions_need_no_base():
    assert smallest_base(1, 8) == smallest_base(2, 8) == 1


def test_a_base_serves_as_far_as_the_similarity_is_not_negative():
    assert serves(500, 171, 128)
    assert not serves(500, 172, 128)
    assert smallest_base(171, 128) < 500


def test_what_cannot_be_decided_is_not_guessed(monkeypatch):
    monkeypatch.setattr(base_design, "_excluded", lambda *given: 0.0)
    monkeypatch.setattr(base_design, "serves", lambda *given: False)
    with pytest.raises(ValueError, match="cannot decide between the bases at 1"):
        smallest_base(10, 8)


@pytest.mark.parametrize("dim", [0, 2, 7])
def test_other_dimensions_are_refused(dim):
    with pytest.raises(ValueError, match=f"expected an even dimension of at least 4, got {dim}"):
        smallest_base(10, dim)
