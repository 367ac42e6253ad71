"""Wrong versions of the lemmas on scalars, which the same code must reject."""

import pytest

from spec.lemmas import scalars
from spec.lemmas.lemma import Lemma
from spec.lemmas.scalars import F, G

LEMMAS = [item for item in vars(scalars).values() if isinstance(item, Lemma)]


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_is_shown(lemma):
    assert lemma()


def test_constants_alone_are_not_all_solutions():
    assert not scalars._solutions_are(lambda f: f == scalars._alternating(f[0], 1))


def test_functions_of_one_modulus_are_not_all_solutions():
    assert not scalars._solutions_are(lambda f: len({abs(value) for value in f}) == 1)


@pytest.mark.parametrize("conclusion", [F[1] - F[0], F[2] + F[0], F[1] * F[2] + F[0] ** 2])
def test_the_equations_do_not_make_it_constant(conclusion):
    assert not scalars._follow(scalars._equations(F, F), F, [conclusion])


@pytest.mark.parametrize("conclusion", [F[2] - F[0], F[1] ** 2 - F[0] ** 2, F[0] * G[1] - G[0] * F[1]])
def test_conjugated_solutions_need_not_be_real_ones(conclusion):
    assert not scalars._follow(scalars._equations(F, G), F + G, [conclusion])


@pytest.mark.parametrize("ratio", [2, -2, 3])
def test_powers_of_other_numbers_are_no_solutions(ratio):
    assert not scalars._powers_solve(ratio)


def test_without_the_conjugate_rotations_are_no_solutions():
    assert not scalars._rotations_solve(conjugate=False)
