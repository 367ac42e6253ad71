"""Wrong versions of the lemmas on projections, which the same code must reject."""

import numpy as np
import pytest
from flint import arb
from sympy import cos, sin

from spec.definitions.symbols import THETA
from spec.lemmas import projection
from spec.lemmas.lemma import Lemma
from spec.lemmas.projection import ANY, EYE, FLIP, OTHER, SWAP, A, B, C, E, J, M, N

LEMMAS = [item for item in vars(projection).values() if isinstance(item, Lemma)]
DIFFERENCE, TOTAL = (M - N) * THETA, (M + N) * THETA


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_is_shown(lemma):
    assert lemma()


@pytest.mark.parametrize(
    "told",
    [
        A * cos(DIFFERENCE) + B * sin(DIFFERENCE) - C * cos(TOTAL) + E * sin(TOTAL),
        A * cos(DIFFERENCE) - B * sin(DIFFERENCE) + C * cos(TOTAL) + E * sin(TOTAL),
        A * cos(DIFFERENCE) - B * sin(DIFFERENCE),
        A * cos(TOTAL) - B * sin(TOTAL) - C * cos(DIFFERENCE) + E * sin(DIFFERENCE),
    ],
    ids=["direction", "sign of c", "no sums", "exchanged"],
)
def test_other_parts_are_refused(told):
    assert not projection._is(ANY, told)


@pytest.mark.parametrize(
    "equation",
    [
        lambda w: THETA * J * w + OTHER * w * J,
        lambda w: OTHER * J * w - THETA * w * J,
        lambda w: J * w - w * J,
        lambda w: w - w.T,
    ],
    ids=["sign", "frequencies exchanged", "frequencies left out", "symmetric"],
)
def test_other_equations_are_refused(equation):
    assert not projection._obeys(equation)


def test_not_everything_commutes():
    assert projection._solutions(THETA) != {}
    assert not projection._determinant_is(THETA**2 - OTHER**2)
    assert not projection._determinant_is((THETA**2 + OTHER**2) ** 2)


@pytest.mark.parametrize(("w", "told"), [(-J, sin((N - M) * THETA)), (EYE, sin((N - M) * THETA)), (J, cos(DIFFERENCE))])
def test_other_projections_learn_another_direction(w, told):
    assert not projection._is(w, told)


@pytest.mark.parametrize("block", [FLIP, SWAP], ids=["flip", "swap"])
def test_one_block_that_does_not_commute_is_enough(block):
    w = projection.commuting(1)[0]
    assert projection.is_relative(w)
    w[6:8, 6:8] += np.array(block, dtype=int)
    assert not projection.is_relative(w)


def test_one_entry_between_two_pairs_is_enough():
    w = projection.commuting(1)[0]
    w[2, 7] = 1
    assert not projection.is_relative(w)


def test_a_projected_product_is_the_one_of_float64():
    w = projection.generic(1)[0]
    rows = [np.array([float(entry) for entry in projection.row(p, 16)]) for p in (3, 8)]
    assert abs(projection.projected(w, 3, 8) - arb(float(rows[0] @ w @ rows[1]))) < 1e-9


def test_a_projection_turned_around_does_not_fall():
    assert projection.falls_on_average(np.eye(64))
    assert not projection.falls_on_average(-np.eye(64))
    assert not projection.falls_on_average(np.zeros((64, 64)))


def test_generic_and_commuting_matrices_are_what_they_are_called():
    turn = np.kron(np.eye(8, dtype=int), [[0, -1], [1, 0]])
    assert all((w @ turn == turn @ w).all() for w in projection.commuting(5))
    assert not any((w @ turn == turn @ w).all() for w in projection.generic(5))
