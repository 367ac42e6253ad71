"""Statements on positions: places by hand, and for each statement a false twin that the same check rejects."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import pytest

from spec import ENCODINGS, STATEMENTS, Fails, Holds, verdict
from spec.definitions import Assignment
from spec.definitions import placing as assignments
from spec.definitions.placing import VARIANTS, Frame, Place, Places
from spec.definitions.runs import assignment_of, kinds, laid, laid_out, nothing_but_segments, placeable, placed, runs
from spec.definitions.verdict import witness
from spec.encodings.qwen2_5_vl import meant
from spec.encodings.qwen2_vl import merged, qwen2_vl
from spec.numbers.frames import measured
from spec.proving.exhaustive import IMAGES, Tried, framed
from spec.proving.proofs import prove
from spec.proving.structure import definition_is_closed

ASSIGNMENTS = [encoding for encoding in ENCODINGS.values() if encoding.acts_on == "positions"]
SECTION = [statement for statement in STATEMENTS.values() if statement.section == "assignment"]
FRAMED = [s for s in SECTION if isinstance(s.decides, Tried) and s.decides.frames is not None]
MIXED = [("text", 2), ("image", 2, 3), ("text", 1)]
MERGED = {"spatial_merge_size": 2, "temporal_merge_size": 2}
Change = Callable[[list[Place]], list[Place]]


def placing(name: str, change: Change) -> Places:
    """An assignment, with its places changed behind its back."""
    place = assignment_of(ENCODINGS[name]).places
    return lambda segments, *, start=0: change(place(segments, start=start))


def in_frames(frame: Callable[[int, int], Frame]) -> Places:
    return lambda segments, *, start=0: assignments._framed(segments, start, frame)


def scaled(*by: int) -> Change:
    return lambda places: [tuple(x * d for x, d in zip(place, by, strict=True)) for place in places]


def halved(places):
    return [tuple(x // 2 for x in place) for place in places]


def centred(places):
    """Everything moves by the length of the sequence."""
    return [tuple(x - len(places) for x in place) for place in places]


STEPS_EXCHANGED = in_frames(lambda h, w: Frame((h + 1, w + 1), ((w + 1) * (h + 1),) * 2))
BACK_TOO_LATE = in_frames(lambda h, w: Frame((w + 1, h + 1), ((w + 1) * (h + 1) + 1,) * 2))
TWINS: dict[str, tuple[str, Any]] = {
    "text-on-the-diagonal": ("rope-tie", placing("rope-tie", lambda places: [(x + 1, y + 1) for x, y in places])),
    "unit-text-steps": ("parallel-2d", placing("parallel-2d", scaled(3, 3))),
    "text-back-on-the-diagonal": ("rope-tie", VARIANTS["parallel"]),
    "distinct-positions": ("flatten", placing("flatten", halved)),
    "integral-positions": ("rope-tie", VARIANTS["rope-tie-fractional"]),
    "ordered-around-text": ("flatten", placing("flatten", scaled(-1))),
    "equal-gaps": ("rope-tie", BACK_TOO_LATE),
    "adjacent-images-keep-gaps": ("rope-tie-marked", BACK_TOO_LATE),
    "balanced-image": ("rope-tie", STEPS_EXCHANGED),
    "centred-image": ("rope-tie", STEPS_EXCHANGED),
    "point-reflection": ("rope-tie", BACK_TOO_LATE),
    "transposition": ("rope-tie", placing("rope-tie", scaled(2, 1))),
    "equivalent-text-length": ("rope-tie-fractional", BACK_TOO_LATE),
    "single-patch-like-a-token": ("rope-tie-fractional", BACK_TOO_LATE),
    "prefix-independence": ("rope-tie", placing("rope-tie", centred)),
    "local-steps": ("simple-2d", placing("simple-2d", scaled(1, 2))),
    "isotropic-steps": ("simple-2d", placing("simple-2d", scaled(1, 2))),
    "uniform-offsets": ("flatten", placing("flatten", lambda places: [(x * x,) for (x,) in places])),
    "distinct-offsets": ("simple-2d", placing("simple-2d", lambda places: [(x + y, x + y) for x, y in places])),
    "unbroken-scan": ("boustrophedon", VARIANTS["flatten"]),
    "size-independence": ("simple-2d", None),
}
"""For each statement an encoding of which it is true, and an assignment in its stead of which it is not."""


def one_place_an_image(segments, *, start=0):
    """As text, an image taking one step whatever its size: what would make positions independent of sizes."""
    places: list[Place] = []
    for kind, *sizes in segments:
        places += [(start, start)] * prod(sizes) if kind == "image" else [(start + i,) * 2 for i in range(*sizes)]
        start += 1 if kind == "image" else sizes[0]
    return places


def test_each_statement_has_a_false_twin():
    assert set(TWINS) == {statement.id for statement in SECTION}


@pytest.mark.parametrize("name", TWINS)
def test_what_is_true_is_told_from_its_false_twin(name):
    """The very check that settles the table, on the encoding and on what stands in its stead."""
    title, wrong = TWINS[name]
    statement, right = STATEMENTS[name], ENCODINGS[title]
    if wrong is None:
        right, wrong = replace(right, definition=Assignment(one_place_an_image)), VARIANTS["simple"]
    assert statement.decides is not None
    assert statement.decides(right, None)
    assert not statement.decides(replace(right, definition=Assignment(wrong)), None)


@pytest.mark.parametrize("statement", FRAMED, ids=lambda statement: statement.id)
@pytest.mark.parametrize("name", ["rope-tie", "rope-tie-minimal", "rope-tie-fractional", "simple-2d", "parallel-2d"])
def test_what_follows_from_a_frame_is_what_is_seen_of_the_places(name, statement):
    """Image by image: the vectorised numbers of all frames against the rule on a sequence that is placed."""
    encoding, tried = ENCODINGS[name], statement.decides
    if statement.reason_not_applicable(encoding) is None:
        frames = tried.frames(measured(framed(encoding)))
        sequences = {(h, w): [("text", 2), ("image", h, w), ("text", 3)] for h, w in IMAGES if h * w <= 24}
        placed_so = {size: tried.rule(laid(encoding), each) for size, each in sequences.items()}
        assert placed_so == {(h, w): bool(frames[h - 1, w - 1]) for h, w in placed_so}
        assert frames.shape == (64, 64)


def test_a_frame_may_fail_beyond_what_is_placed():
    """The frames reach further than the images that are placed patch by patch."""
    far = Tried((), lambda m: m["h"] * m["w"] < 4096, lambda lay, segments: True)
    assert not far(ENCODINGS["rope-tie"], None)
    assert far(ENCODINGS["flatten"], None)


@pytest.mark.parametrize("encoding", ASSIGNMENTS, ids=lambda encoding: encoding.name)
def test_every_failure_is_shown_on_a_sequence_and_on_no_smaller_one_by_chance(encoding):
    """The witness of the table fails, and taken for one token alone the statement says something else or nothing."""
    for statement in SECTION:
        told = verdict(encoding, statement)
        if isinstance(told, Fails):
            assert statement.rule is not None
            assert not statement.rule(laid(encoding), told.witness["segments"])
            assert not prove(encoding, statement, Holds()).settled
            single = witness(segments=placeable([("text", 1)], encoding))
            assert not prove(encoding, statement, Fails("nothing is seen here", single)).settled


def test_positions_of_qwen2_vl_by_hand():
    places = qwen2_vl([("text", 2), ("video", 2, 1, 3), ("text", 1), ("image", 2, 2), ("text", 1)])
    video = [(2, 2, 2), (2, 2, 3), (2, 2, 4), (3, 2, 2), (3, 2, 3), (3, 2, 4)]
    image = [(6, 6, 6), (6, 6, 7), (6, 7, 6), (6, 7, 7)]
    assert places == [(0, 0, 0), (1, 1, 1), *video, (5, 5, 5), *image, (8, 8, 8)]


def test_patches_are_merged_into_tokens():
    assert merged([("text", 3), ("image", 4, 6), ("video", 3, 2, 2)], spatial_merge_size=2) == [
        ("text", 3),
        ("image", 2, 3),
        ("video", 3, 1, 1),
    ]
    with pytest.raises(ValueError, match="multiples of spatial_merge_size 2"):
        merged([("image", 4, 3)], spatial_merge_size=2)
    qwen = ENCODINGS["qwen2-vl"]
    assert placed(qwen, [("image", 4, 6)], spatial_merge_size=2) == placed(qwen, [("image", 2, 3)])


def test_frames_are_merged_in_videos_alone():
    qwen = ENCODINGS["qwen2-vl"]
    assert merged([("image", 2, 2), ("video", 6, 1, 2)], temporal_merge_size=2) == [("image", 2, 2), ("video", 3, 1, 2)]
    assert [segment for segment, _ in laid_out(qwen, [("video", 6, 2, 4)], [(0, 0, 0)] * 6, **MERGED)] == [
        ("video", 3, 1, 2)
    ]
    with pytest.raises(ValueError, match="frames of temporal_merge_size 2"):
        merged([("video", 3, 2, 2)], temporal_merge_size=2)


def test_frames_stand_at_their_seconds_and_rounding_comes_last():
    timed = ENCODINGS["qwen2-5-vl"]
    video = [("text", 1), ("video", 4, 1, 1), ("text", 1)]
    times = {each: [place[0] for place in placed(timed, video, second_per_grid_ts=(each,))] for each in (0.75, 0.25, 2)}
    assert times == {0.75: [0, 1, 2, 4, 5, 6], 0.25: [0, 1, 1, 2, 2, 3], 2: [0, 1, 5, 9, 13, 14]}
    assert [place[0] for place in placed(timed, video)] == [0, 1, 3, 5, 7, 8]
    assert placed(timed, video, second_per_grid_ts=(0.75,), tokens_per_second=4)[-1] == (11, 11, 11)


def test_every_video_has_seconds_of_its_own_and_no_image_has():
    timed = ENCODINGS["qwen2-5-vl"]
    two = [("video", 2, 1, 1), ("image", 1, 1), ("video", 2, 1, 1)]
    assert [place[0] for place in placed(timed, two, second_per_grid_ts=(3, 1))] == [0, 6, 7, 8, 10]
    with pytest.raises(ValueError, match="more videos than the 1 numbers in second_per_grid_ts"):
        placed(timed, two, second_per_grid_ts=(3,))


@pytest.mark.parametrize(
    ("seconds", "fraction"),
    [
        (2 / 3, Fraction(2, 3)),
        (0.6666666865348816, Fraction(2, 3)),
        (2 / 29.97, Fraction(200, 2997)),
        (0.5, Fraction(1, 2)),
        (0.5000001, Fraction(0.5000001)),
    ],
)
def test_seconds_are_the_fractions_that_floats_stand_for(seconds, fraction):
    assert meant(seconds) == fraction


def test_at_one_place_a_frame_it_is_qwen2_vl():
    for segments in (MIXED, [("text", 2), ("video", 3, 1, 2), ("image", 1, 2), ("text", 1)]):
        for convention in (None, "spatial-advance"):
            qwen, timed = (ENCODINGS[name].under(convention) for name in ("qwen2-vl", "qwen2-5-vl"))
            assert placed(timed, segments, tokens_per_second=1) == placed(qwen, segments)


def test_by_its_sides_text_does_not_wait_for_the_last_frame():
    video, qwen = [("video", 3, 1, 2), ("text", 1)], ENCODINGS["qwen2-vl"]
    assert placed(qwen, video)[-1] == (3, 3, 3)
    assert placed(qwen.under("spatial-advance"), video)[-1] == (2, 2, 2)


def test_squares_follow_one_another_and_frames_repeat():
    blocks = ENCODINGS["merge-blocks"]
    frame = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (0, 3), (1, 2), (1, 3)]
    assert placed(blocks, [("video", 2, 2, 4)]) == frame * 2
    timed = [(t, *cell) for t in (0, 1) for cell in frame]
    assert placed(blocks.under("with-time"), [("video", 2, 2, 4)]) == timed
    assert placed(blocks, [("image", 2, 4)], spatial_merge_size=1) == sorted(frame)
    with pytest.raises(ValueError, match="multiples of spatial_merge_size 2"):
        placed(blocks, [("image", 2, 3)])


def test_rules_see_the_patches_of_squares_row_by_row():
    ((segment, places),) = laid(ENCODINGS["merge-blocks"])([("image", 1, 2)])
    assert segment == ("image", 2, 4)
    assert list(places) == [(i, j) for i in range(2) for j in range(4)]


def test_the_ox_turns_at_every_row():
    assert placed(ENCODINGS["boustrophedon"], [("text", 1), ("image", 3, 2), ("text", 1)]) == [
        (0,), (1,), (2,), (4,), (3,), (5,), (6,), (7,),
    ]  # fmt: skip


def test_markers_are_tokens_of_the_sequence():
    found = laid(ENCODINGS["rope-tie-marked"])(MIXED)
    assert [segment for segment, _ in found] == [("text", 2), ("text", 1), ("image", 2, 3), ("text", 1), ("text", 1)]
    assert [places[0] for _, places in found] == [(0, 0), (2, 2), (6, 5), (14, 14), (15, 15)]


def test_as_many_places_as_tokens():
    with pytest.raises(ValueError, match="8 places for 9 tokens"):
        runs(MIXED, [(0,)] * 8)


def test_which_segments_are_placed():
    assert kinds(ENCODINGS["qwen2-vl"]) == kinds(ENCODINGS["hilbert"]) == {"text", "image", "video"}
    assert kinds(ENCODINGS["rope-tie"]) == {"text", "image"}


def test_an_assignment_that_remembers_or_knows_more_is_not_closed():
    seen: list[int] = []

    def remembering(segments, *, start=0):
        seen.append(len(seen))
        return [(x + len(seen),) for (x,) in VARIANTS["flatten"](segments, start=start)]

    def resolution(segments, *, width=3):
        return VARIANTS["flatten"](segments)

    flatten = ENCODINGS["flatten"]
    assert nothing_but_segments(flatten)
    strange: tuple[Any, ...] = (remembering, resolution)
    for wrong in strange:
        assert not nothing_but_segments(replace(flatten, definition=Assignment(wrong)))
        assert not definition_is_closed(replace(flatten, definition=Assignment(wrong)), None)
