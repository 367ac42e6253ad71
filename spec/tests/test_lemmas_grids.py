"""Grids in one line and RoPE on two axes: every lemma, and for each a false twin that the same code rejects."""

from collections.abc import Callable
from itertools import permutations

import pytest
import sympy

from spec.definitions import placing as assignments
from spec.definitions.placing import SIZES, VARIANTS, flatten, flatten_with_separators, hilbert
from spec.lemmas import degeneration, grids
from spec.lemmas.degeneration import PAIRS, THETAS, N, split, text
from spec.lemmas.lemma import Lemma

LEMMAS = [item for module in (grids, degeneration) for item in vars(module).values() if isinstance(item, Lemma)]
MIXED = [("text", 2), ("image", 2, 3), ("text", 1)]
EXPECTED = {
    "flatten": [(0,), (1,), (2,), (3,), (4,), (5,), (6,), (7,), (8,)],
    "flatten-with-separators": [(0,), (1,), (2,), (3,), (4,), (6,), (7,), (8,), (10,)],
    "unified-2d": [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (3, 0)],
    "simple": [(0, 0), (1, 1), (2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (3, 4), (5, 5)],
    "parallel": [(0, 0), (1, 1), (2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (3, 4), (4, 5)],
    "rope-tie": [(0, 0), (1, 1), (5, 4), (5, 7), (5, 10), (9, 4), (9, 7), (9, 10), (13, 13)],
}


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_holds(lemma):
    assert lemma()


@pytest.mark.parametrize("variant", EXPECTED)
def test_places_are_those_of_the_definition(variant):
    assert VARIANTS[variant](MIXED) == EXPECTED[variant]


def test_the_hilbert_curve_of_a_square_of_four():
    line = [place for (place,) in hilbert([("image", 4, 4)])]
    assert line == [0, 1, 14, 15, 3, 2, 13, 12, 4, 7, 8, 11, 5, 6, 9, 10]


@pytest.mark.parametrize("variant", ["flatten", "flatten-with-separators", "hilbert"])
def test_a_video_is_its_frames_one_after_the_other(variant):
    place = VARIANTS[variant]
    assert place([("text", 2), ("video", 3, 2, 3), ("text", 1)]) == place(
        [("text", 2), *[("image", 2, 3)] * 3, ("text", 1)]
    )


def test_runs_of_text_are_one_row():
    place = assignments.unified_2d
    assert place([("text", 2), ("text", 3), ("image", 1, 2)]) == place([("text", 5), ("image", 1, 2)])
    assert place([("image", 2, 1), ("text", 2)], start=1) == [(1, 1), (2, 1), (3, 1), (3, 2)]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("segment", [("text", 0), ("image", 3), ("image", 2, -1), ("sound", 5), ("text", 2, 2)])
def test_nonsense_is_refused_with_its_segment_named(variant, segment):
    with pytest.raises(ValueError, match="segment"):
        VARIANTS[variant]([("text", 1), segment])


def test_a_video_has_no_place_on_two_axes():
    assert set(SIZES) == {"text", "image", "video"}
    with pytest.raises(ValueError, match="places text, image"):
        assignments.rope_tie([("video", 2, 3, 4)])


WRONG_BANDWIDTHS: dict[str, Callable[[int, int], int]] = {
    "one less": lambda h, w: max(min(h, w) - 1, 1),
    "one more": lambda h, w: min(h, w) + 1,
    "the longer side": max,
}


@pytest.mark.parametrize("claimed", WRONG_BANDWIDTHS)
def test_another_bandwidth_is_rejected(claimed):
    assert not grids.least_bandwidth_is(WRONG_BANDWIDTHS[claimed])


def test_the_search_finds_the_best_order_that_all_orders_find():
    """Every order of a 2 x 3 grid, tried one by one."""
    cells = grids.cells(2, 3)
    best = min(grids.bandwidth(dict(zip(cells, order, strict=True)), 2, 3) for order in permutations(range(6)))
    assert [grids.orders_within(2, 3, bound) for bound in range(6)] == [bound >= best for bound in range(6)]


def test_the_curve_walks_and_the_raster_does_not():
    assert grids._walks(hilbert, 8)
    assert not grids._walks(flatten, 8)
    assert grids._parts(flatten, 8) == 8


def test_another_step_down_is_rejected():
    assert not grids.flattened_steps(flatten, lambda w: w + 1)
    assert not grids.flattened_steps(flatten_with_separators, lambda w: w)
    assert not grids.flattened_steps(hilbert, lambda w: w)


def test_another_number_of_lost_offsets_is_rejected():
    assert not grids.offsets_lost(flatten, lambda h, w: (h - 1) * (w - 1))
    assert not grids.offsets_lost(flatten_with_separators, lambda h, w: 2 * (h - 1) * (w - 1))


def test_divisibility_by_the_axes_alone_is_not_enough():
    assert not grids.splits_when(lambda dim, axes: dim % axes == 0)
    assert [dim for dim in (64, 96, 128, 192) if grids.splits(dim, 3)] == [96, 192]


def test_a_turn_that_is_no_rotation_is_not_relative():
    def unsigned(angle):
        return sympy.Matrix([[sympy.cos(angle), sympy.sin(angle)], [sympy.sin(angle), sympy.cos(angle)]])

    assert not grids.relative_in_every_axis(2, unsigned)


@pytest.mark.parametrize("layout", PAIRS)
def test_frequencies_that_start_anew_on_each_axis_do_not_degenerate(layout):
    restarted = (THETAS[0], THETAS[0], THETAS[1], THETAS[1])
    assert not degeneration.degenerates(restarted, (0, 1, 0, 1), layout)
    assert not degeneration.degenerates(THETAS[::-1], (0, 1, 0, 1), layout)


def test_other_splits_are_not_literal():
    for given in ((THETAS[::2], THETAS[1::2]), (THETAS[2:], THETAS[:2])):
        assert not degeneration.same(split(*given, "interleaved", (N, N)), text("interleaved"))
    assert not degeneration.same(split(THETAS[:2], THETAS[2:], "interleaved", (N, -N)), text("interleaved"))


def test_same_frequencies_are_carried_by_no_permutation():
    twice = split(THETAS[:2], THETAS[:2], "interleaved", (N, N))
    assert degeneration.carried_by(twice, text("interleaved")) == []
    assert degeneration.carried_by(text("interleaved"), text("interleaved")) == [(0, 1, 2, 3)]


def test_a_split_in_half_layout_is_carried_by_its_own_order_only():
    halves = split((THETAS[0], THETAS[2]), (THETAS[1], THETAS[3]), "half", (N, N))
    carried = {
        order
        for order in permutations(range(4))
        if degeneration.same(degeneration.permuted(halves, degeneration._carrying(order)), text("half"))
    }
    assert carried == {(0, 2, 1, 3)}


def test_text_beside_the_diagonal_is_noticed():
    assert degeneration.text_on_the_diagonal(VARIANTS["simple"])
    assert not degeneration.text_on_the_diagonal(VARIANTS["parallel"])
    assert not degeneration.text_on_the_diagonal(VARIANTS["unified-2d"])


def test_the_trace_tells_equal_spectra_from_different_ones():
    reordered = split(THETAS[::2], THETAS[1::2], "half", (N, N))
    assert degeneration.same_spectrum(reordered, text("interleaved"))
    assert not degeneration.same_spectrum(reordered, text("interleaved", 2 * N))


def test_on_the_diagonal_every_map_degenerates_and_along_a_row_it_does_not():
    assert degeneration.only_without(axis=0, step=(0, N))
    assert not degeneration.only_without(axis=0, step=(N, N))
    assert not degeneration.only_without(axis=1, step=(0, N))


def test_sharing_one_frequency_is_not_isotropic():
    assert not degeneration.isotropic_when(lambda one, other: bool(set(one) & set(other)))
    assert not degeneration.isotropic_when(lambda one, other: len(one) == len(other))


def test_repeated_frequencies_have_an_isotropic_map():
    assert degeneration.some_map_is_isotropic((THETAS[0], THETAS[0]))
    assert not degeneration.some_map_is_isotropic((THETAS[0], THETAS[0], THETAS[0]))
