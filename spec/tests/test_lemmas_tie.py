"""RoPE-Tie, scaled positions and blocks: every lemma, and for each a false twin that the same code rejects."""

from fractions import Fraction
from math import gcd

import numpy as np
import pytest
import sympy

from spec.definitions.placing import FRAMES, VARIANTS, flatten, marked, parallel, rope_tie, rope_tie_fractional
from spec.lemmas import blocks, tie, tie_room
from spec.lemmas.blocks import LAMBDA, A, B
from spec.lemmas.lemma import Lemma
from spec.lemmas.tie import BALANCE, SYMMETRIES, TIES, H, K, L, S, T, W
from spec.lemmas.tie_room import Sizes
from spec.numbers import frames

LEMMAS = [item for module in (tie, tie_room, blocks) for item in vars(module).values() if isinstance(item, Lemma)]
NOT_THE_BALANCE = {
    "steps without the gap": [H * S - W * T],
    "the axes exchanged": [(H + 1) * T - (W + 1) * S],
    "equal steps": [S - T],
    "the gap of another text": [K - 1 - L - (H + 1) * S, K - 1 - L - (W + 1) * T],
    "rows alone": [K - L - (H + 1) * S],
    "the centroid of the corners counted from 0": [(H - 1) * S - (W - 1) * T],
    "nothing": [sympy.Integer(0)],
}


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_holds(lemma):
    assert lemma()


@pytest.mark.parametrize("condition", NOT_THE_BALANCE)
def test_another_condition_is_not_the_balance(condition):
    assert not tie.is_the_balance(NOT_THE_BALANCE[condition])


def test_the_four_conditions_are_written_down_differently():
    assert len(SYMMETRIES) == 4
    assert tie.is_the_balance([-2 * BALANCE])


@pytest.mark.parametrize(("s", "t"), [(W, H), (H + 1, W + 1), (2 * (W + 1), 2 * (H + 1)), (H * (W + 1), H * (H + 1))])
def test_other_polynomials_do_not_balance_or_are_multiples(s, t):
    assert not tie.balanced_and_coprime(s, t)


@pytest.mark.parametrize("variant", TIES)
def test_symmetry_is_not_a_matter_of_squares_alone(variant):
    assert not tie.symmetric_exactly_where(variant, lambda h, w: h == w)


@pytest.mark.parametrize("variant", ["simple", "parallel"])
def test_unscaled_images_are_not_symmetric(variant):
    assert not tie.symmetric_exactly_where(variant, lambda h, w: h == h)


@pytest.mark.parametrize("variant", FRAMES)
def test_the_measured_images_are_those_that_are_placed(variant):
    """The vectorised numbers, divided by their common denominator, against the places themselves."""
    m = frames.measured(variant)
    for h, w in ((1, 1), (1, 4), (5, 2), (3, 7), (6, 6)):
        unit, at = (h + 1) * (w + 1), (h - 1, w - 1)
        rows, columns = (
            [Fraction(int(n), unit) for n in m[name][at][:size]] for name, size in (("rows", h), ("columns", w))
        )
        patches = [(x, y) for x in rows for y in columns]
        behind = (Fraction(int(m["a"][at]), unit), Fraction(int(m["b"][at]), unit))
        assert [(0, 0), *patches, behind] == VARIANTS[variant]([("text", 1), ("image", h, w), ("text", 1)])


def test_a_patch_out_of_place_is_no_reflection():
    places = np.array([[[3, 6, 9]]] * 1)
    count, end = np.array([[3]]), np.array([[12]])
    index = np.zeros((1, 1, frames.SIDE), dtype=np.int64)
    index[..., :3] = places
    assert tie._mirrored(index, count, end).all()
    index[..., 1] = 7
    assert not tie._mirrored(index, count, end).any()


@pytest.mark.parametrize(("rows", "end"), [([3, 3, 9], 12), ([3, 6, 12], 12), ([0, 6, 9], 12)])
def test_patches_that_meet_each_other_or_the_text_are_noticed(rows, end):
    given = np.zeros((1, 1, frames.SIDE), dtype=np.int64)
    given[..., :3] = rows
    m = (
        dict.fromkeys(("rows", "columns"), given)
        | dict.fromkeys("hw", np.array([[3]]))
        | dict.fromkeys("ab", np.array([[end]]))
    )
    assert not tie._ordered(m)


WRONG_ROOM: dict[str, Sizes] = {
    "flatten-with-separators": lambda h, w: h * w,
    "rope-tie": lambda h, w: h * w,
    "rope-tie-minimal": lambda h, w: (w + 1) * (h + 1) - 1,
    "rope-tie-fractional": lambda h, w: (w + 1) * (h + 1) - 1,
    "simple": min,
}


@pytest.mark.parametrize("variant", WRONG_ROOM)
def test_another_number_of_tokens_is_rejected(variant):
    assert not tie_room.stands_for(variant, WRONG_ROOM[variant])


def test_the_simplest_formula_is_not_the_least_solution():
    assert not tie_room.least_integers("rope-tie")
    assert (FRAMES["rope-tie"](24, 24).reach, FRAMES["rope-tie-minimal"](24, 24).reach) == ((625, 625), (25, 25))
    assert all(FRAMES["rope-tie-minimal"](h, w).steps[0] * gcd(h + 1, w + 1) == w + 1 for h in (3, 5) for w in (7, 8))


def test_oddness_alone_makes_no_integers():
    assert not tie_room.integers_when(lambda h, w: np.minimum(h, w) == 1)
    assert not tie_room.integers_when(lambda h, w: np.maximum(h, w) % 2 == 1)


def test_which_variants_take_one_patch_for_a_token():
    assert tie_room.like_one_token("rope-tie-fractional")
    assert not tie_room.like_one_token("rope-tie")


def test_markers_are_placed_as_text():
    assert marked([("text", 2), ("image", 1, 3)]) == [("text", 2), ("text", 1), ("image", 1, 3), ("text", 1)]
    places = rope_tie(marked([("text", 2), ("image", 1, 3)]))
    assert places == [(0, 0), (1, 1), (2, 2), (6, 4), (6, 6), (6, 8), (10, 10)]


def test_markers_alone_do_not_make_an_unscaled_image_symmetric():
    segments = marked([("image", 2, 3)])
    assert tie_room.symmetric(1, segments)
    assert not tie_room.symmetric(1, segments, VARIANTS["simple"])
    assert tie_room.symmetric(1, segments, parallel)


def test_places_that_meet_are_noticed():
    def in_pairs(segments, *, start=0):
        return [(x // 2,) for (x,) in flatten(segments, start=start)]

    assert not tie_room.distinct(in_pairs)


def test_an_assignment_that_ignores_or_scales_its_start_is_noticed():
    def unmoved(segments, *, start=0):
        return rope_tie(segments)

    def doubled(segments, *, start=0):
        return [(2 * x, 2 * y) for x, y in rope_tie(segments, start=start)]

    assert not tie_room.moves_with_start(unmoved)
    assert not tie_room.moves_with_start(doubled)


def test_fractions_are_exact():
    assert rope_tie_fractional([("image", 2, 3)], start=1)[:2] == [
        (Fraction(7, 3), Fraction(7, 4)),
        (Fraction(7, 3), Fraction(7, 2)),
    ]


def test_scaling_positions_does_not_divide_frequencies():
    assert not blocks.scales_by(LAMBDA, LAMBDA**2)
    assert not blocks.scales_by(LAMBDA, 1 - LAMBDA)


def test_neighbours_are_told_apart_to_the_third_digit():
    assert not blocks.rounds_to(blocks.neighbour_similarity((1, 1)), 988, 979)
    assert not blocks.rounds_to(blocks.neighbour_similarity((25, 25)), 979, 988)
    assert not blocks.rounds_to(blocks.neighbour_similarity((24, 25)), 802, 827)


def test_without_offset_or_with_the_wrong_product_nothing_contradicts():
    assert not blocks.contradict(lambda one, other: one * other.T, apart=0)
    assert not blocks.contradict(lambda one, other: one * other, apart=1)


def test_inside_a_block_query_and_key_cannot_move_apart():
    assert not blocks.unmoved(together=True, first=A, second=B)
