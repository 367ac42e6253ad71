"""Statements on positions: places by hand, and for each statement a false twin that the same check rejects."""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import pytest

from spec import ENCODINGS, STATEMENTS, Fails, Holds, verdict
from spec.definitions import Assignment
from spec.definitions import placing as assignments
from spec.definitions.placing import VARIANTS, Frame, Place, Places
from spec.definitions.runs import assignment_of, kinds, laid, nothing_but_segments, placed, runs
from spec.definitions.verdict import witness
from spec.encodings.qwen2_vl import merged, qwen2_vl
from spec.numbers.frames import measured
from spec.proving.exhaustive import IMAGES, Tried, framed
from spec.proving.proofs import prove
from spec.proving.structure import definition_is_closed

ASSIGNMENTS = [encoding for encoding in ENCODINGS.values() if encoding.acts_on == "positions"]
SECTION = [statement for statement in STATEMENTS.values() if statement.section == "assignment"]
FRAMED = [s for s in SECTION if isinstance(s.decides, Tried) and s.decides.frames is not None]
MIXED = [("text", 2), ("image", 2, 3), ("text", 1)]
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
    """The witness of the table fails, and taken for text alone the statement says something else or nothing."""
    for statement in SECTION:
        told = verdict(encoding, statement)
        if isinstance(told, Fails):
            assert statement.rule is not None
            assert not statement.rule(laid(encoding), told.witness["segments"])
            assert not prove(encoding, statement, Holds()).settled
            assert not prove(
                encoding, statement, Fails("nothing is seen here", witness(segments=(("text", 1),)))
            ).settled


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
