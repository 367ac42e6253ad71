"""Wrong versions of the lemmas on adding, concatenating, multiplying and counting, which the same code must reject."""

import pytest
import sympy
from sympy import Matrix

from spec.lemmas import fusion
from spec.lemmas.fusion import W1, W2, P, X
from spec.lemmas.lemma import Lemma

LEMMAS = [item for item in vars(fusion).values() if isinstance(item, Lemma)]


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_is_shown(lemma):
    assert lemma()


@pytest.mark.parametrize(
    "table", [P, W2 * P, W2.inv() * W1 * P, W2 * W1.inv() * P], ids=["same", "no inverse", "other inverse", "order"]
)
def test_other_tables_do_not_replace_concatenation(table):
    assert not fusion.replaces(table)


def test_adding_does_the_same_where_both_projections_agree_on_the_position():
    assert fusion.zero(fusion.left_over(W1, W1, P))
    assert fusion.zero(fusion.left_over(W1, W2, sympy.zeros(2, 1)))
    assert fusion.zero(fusion.left_over(sympy.diag(2, 3), sympy.diag(2, 5), Matrix([4, 0])))
    assert not fusion.zero(fusion.left_over(sympy.diag(2, 3), sympy.diag(2, 5), Matrix([4, 1])))


def test_a_matrix_with_one_entry_left_is_not_zero():
    assert fusion.zero(Matrix([0, (X[0] + 1) ** 2 - X[0] ** 2 - 2 * X[0] - 1]))
    assert not fusion.zero(Matrix([0, X[0]]))


def test_tokens_that_differ_where_the_row_is_1_do_not_collide():
    assert fusion.hadamard(Matrix([5, 1]), 0) != fusion.hadamard(Matrix([5, 2]), 0)
    assert fusion.hadamard(Matrix([5, 1]), 1) != fusion.hadamard(Matrix([-3, 1]), 1)


@pytest.mark.parametrize(
    ("code", "length", "collision"),
    [
        (fusion.cosines([4, 2]), 3, None),
        (fusion.cosines([7]), 4, None),
        (fusion.cosines([7]), 5, (3, 4)),
        (fusion.cosines([4, 3]), 12, (1, 5)),
        (fusion.bits(3), 9, (0, 8)),
        (fusion.circle(5), 5, None),
        (fusion.circle(5), 6, (0, 5)),
    ],
)
def test_the_first_collision_is_found_where_there_is_one(code, length, collision):
    assert fusion.first_collision(code, length) == collision


@pytest.mark.parametrize("periods", [[4, 2], [7], [4, 3], [5, 6]])
def test_parts_of_a_turn_collide_as_their_cosines_do(periods):
    def exact(position):
        return tuple(sympy.cos(2 * sympy.pi * sympy.Rational(position, period)) for period in periods)

    code = fusion.cosines(periods)
    for p in range(12):
        for r in range(p):
            apart = [abs(sympy.N(a - b, 30)) > 1e-9 for a, b in zip(exact(p), exact(r), strict=True)]
            assert (code(p) != code(r)) == any(apart)
