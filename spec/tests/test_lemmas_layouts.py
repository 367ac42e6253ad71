"""The lemmas on layouts, pairs and windows hold, and each of their computations rejects a wrong twin."""

import pytest
import sympy
from sympy import Matrix

from spec.lemmas import layouts, pairs, windows
from spec.lemmas.layouts import C, carried, evens_first, half, interleaved, relative
from spec.lemmas.lemma import Lemma
from spec.lemmas.methods import sinusoid
from spec.proving.vanishing import vanishes

LEMMAS = [item for module in (layouts, pairs, windows) for item in vars(module).values() if isinstance(item, Lemma)]
BACK = [evens_first(6).index(j) for j in range(6)]
FLIP = sympy.diag(1, 1, -1, 1)
SHEAR = Matrix([[1, 1], [0, 1]])


def clockwise(position):
    return interleaved(4)(-position)


CONTROLS = {
    "the coordinates have to be permuted": lambda: layouts._carries(4, range(4)),
    "and not back again": lambda: layouts._carries(6, BACK),
    "weights in the old order give other logits": lambda: layouts._logits_agree(4, range(4)),
    "so do weights permuted back": lambda: layouts._logits_agree(6, BACK),
    "at four dimensions the layouts differ": lambda: layouts.same_at(1, 4),
    "they differ before position 0 too": lambda: layouts.same_at(-3, 6),
    "mixed layouts are not relative": lambda: layouts._mixed(interleaved(4), half(4))[0],
    "nor the identity at equal positions": lambda: layouts._mixed(interleaved(4), half(4))[1],
    "keys turned the other way are not relative": lambda: relative(interleaved(4), clockwise),
    "keys that are not turned are not relative": lambda: relative(interleaved(4), lambda n: sympy.eye(4)),
    "two orders do not go together": lambda: relative(carried(4, (0, 1, 2, 3)), carried(4, (0, 2, 1, 3))),
    "the tables of the other layout": lambda: layouts._elementwise(half(4), [2, 3, 0, 1], [-1, -1, 1, 1], [0, 0, 1, 1]),
    "a sign missing": lambda: layouts._elementwise(interleaved(4), [1, 0, 3, 2], [1, 1, 1, 1], [0, 0, 1, 1]),
    "partners of the other layout": lambda: layouts._elementwise(
        interleaved(4), [2, 3, 0, 1], [-1, -1, 1, 1], [0, 0, 1, 1]
    ),
    "A A = 1 is not enough": lambda: pairs._power_step("itself"),
    "a flipped direction turns no plane": lambda: pairs._turns_planes(FLIP),
    "nor does a shear": lambda: pairs._turns_planes(SHEAR),
    "functions of the sum are no progression": lambda: pairs._proportional(lambda m, n: m + n),
    "nor are functions of the first alone": lambda: pairs._proportional(lambda m, n: m),
    "Lagrange's squares are of differences": lambda: vanishes(pairs._remainder(1)),
    "adding is not linear": lambda: pairs._linear(lambda x: x + sinusoid(C)),
    "factor 2h - 1": lambda: windows.numbers_all(windows.exchanged, (2, 3)),
    "out of range": lambda: windows.numbers_all(windows.exchanged, (3, 2)),
    "rows and columns unshifted": lambda: windows.numbers_all(lambda r, c, h, w: r * (2 * w - 1) + c, (2, 3)),
    "the right index never fails": lambda: windows._fails_exactly(
        windows.mixed_radix, [s for s in windows.SIZES if 2 <= s[0] < s[1]], [s for s in windows.SIZES if s[0] > s[1]]
    ),
}


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_holds(lemma):
    assert lemma() is True


@pytest.mark.parametrize("reason", CONTROLS)
def test_the_wrong_twin_is_rejected(reason):
    assert CONTROLS[reason]() is False


def test_exchanged_sides_fail_in_so_many_windows():
    """Of the 64 windows up to 8 by 8: collisions in 21, indices out of range in 28."""
    assert sum(windows._collides(windows.exchanged, size) for size in windows.SIZES) == 21
    assert sum(windows._leaves(windows.exchanged, size) for size in windows.SIZES) == 28


def test_the_maps_that_stand_in_for_the_theorem_are_generic():
    """As many different angles as there are planes, and no entry that is zero."""
    for dim, seed in ((4, 1), (4, 2), (4, 4), (6, 1), (6, 2), (6, 4)):
        matrix = pairs._cayley(dim, seed)
        assert all(entry != 0 for entry in matrix)
        assert sympy.Poly((matrix + matrix.T).charpoly().as_expr()).sqf_part().degree() == dim // 2
