"""The positions that published code gives mixed sequences are those of our definitions, value by value."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from spec import ENCODINGS
from spec.definitions.placing import SIZES, Segment
from spec.definitions.runs import placed, tokens_of

Segments = list[Segment]
TYPES = {"text": 0, "image": 1, "video": 2}
TOKENS = {"text": 5, "image": 6, "video": 7, "image bos": 8, "video bos": 8, "audio": 9, "audio bos": 10, "eos": 11}
SECONDS = (0.5, 1.0, 2 / 3, 1.25, 1 / 12, 2 / 2.997, 2 / 29.97, 3.7)
"""What lies between the frames of videos, two frames a patch: at 4, 2, 3, ... frames a second."""
PLAIN: list[Segments] = [
    [("text", 3)],
    [("image", 2, 3)],
    [("image", 1, 4), ("text", 1)],
    [("image", 5, 1), ("video", 2, 1, 1), ("image", 3, 3)],
    [("text", 2), ("image", 2, 3)],
    [("text", 1), ("video", 9, 2, 1), ("text", 2), ("video", 2, 3, 4), ("text", 1), ("image", 1, 1), ("text", 3)],
    [("video", 7, 1, 2), ("text", 1)],
    [("text", 1), *[("image", 2, 2), ("text", 2)] * 4],
]


def sequences(seed: int, count: int = 60) -> list[Segments]:
    """Those above, and random ones; no two of a kind follow each other, for published code tells them apart by text."""
    draw = random.Random(seed)
    kinds = (draw.choices([*TYPES], k=draw.randint(1, 7)) for _ in range(count))
    apart = ([kind for kind, _ in groupby(several)] for several in kinds)
    return [*PLAIN, *([(kind, *draw.choices(range(1, 7), k=SIZES[kind])) for kind in each] for each in apart)]


def model(folder: str, name: str, **vision: Any) -> Any:
    """The class of a model, as far as its positions ask for it."""
    theirs = getattr(import_module(f"transformers.models.{folder}.modeling_{folder}"), name)
    config = SimpleNamespace(vision_config=SimpleNamespace(**vision))
    stand_in = SimpleNamespace(config=config, get_vision_position_ids=partial(theirs.get_vision_position_ids, None))
    return partial(theirs.get_rope_index, stand_in)


def grids(segments: Segments, kind: str) -> torch.Tensor:
    """(time, rows, columns) of every image, or of every video."""
    found = [[1, *sizes][-3:] for each, *sizes in segments if each == kind]
    return torch.tensor(found, dtype=torch.int64).reshape(-1, 3)


def theirs(index: Callable[..., Any], segments: Segments, merged: Segments, **more: Any) -> list[tuple[int, ...]]:
    """What `get_rope_index` says of a sequence of one row: `merged` counts its tokens, `segments` its patches."""
    types = [TYPES[kind] for kind, *sizes in merged for _ in range(torch.Size(sizes).numel())]
    given = {f"{kind}_grid_thw": grids(segments, kind) for kind in ("image", "video")}
    found, _ = index(torch.tensor([types]), mm_token_type_ids=torch.tensor([types]), **given, **more)
    return [tuple(row) for row in found[:, 0].T.tolist()]


def ours(
    name: str, convention: str | None, segments: Segments, parameters: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    """The places of the definition, and the segments in tokens."""
    encoding = ENCODINGS[name].under(convention)
    return placed(encoding, segments, **parameters), tokens_of(encoding, segments, **parameters)


def in_patches(segments: Segments, side: int, frames: int = 1) -> Segments:
    by = {"text": (1,), "image": (side, side), "video": (frames, side, side)}
    return [(kind, *(a * b for a, b in zip(sizes, by[kind], strict=True))) for kind, *sizes in segments]


@pytest.mark.parametrize(
    ("folder", "name", "merges"),
    [
        ("qwen2_vl", "Qwen2VLModel", {"spatial_merge_size": 2}),
        ("ernie4_5_vl_moe", "Ernie4_5_VLMoeModel", {"spatial_merge_size": 2, "temporal_merge_size": 2}),
    ],
)
def test_transformers_places_frames_one_behind_the_other_and_text_behind_the_sides(folder, name, merges):
    index = model(folder, name, **merges)
    for segments in sequences(1):
        patches = in_patches(segments, 2, merges.get("temporal_merge_size", 1))
        expected, merged = ours("qwen2-vl", "spatial-advance", patches, merges)
        assert theirs(index, patches, merged) == expected, segments


def test_a_longer_video_is_where_it_departs_from_the_paper():
    index = model("qwen2_vl", "Qwen2VLModel", spatial_merge_size=1)
    differ = []
    for segments in sequences(2):
        expected, merged = ours("qwen2-vl", None, segments, {})
        differ.append((theirs(index, segments, merged) != expected, _outlasted(segments)))
    assert all(found == explained for found, explained in differ)
    assert {found for found, _ in differ} == {True, False}


def _outlasted(segments: Segments) -> bool:
    """Whether something follows a video of more frames than it has rows and columns."""
    return any(kind == "video" and sizes[0] > max(sizes[1:]) for kind, *sizes in segments[:-1])


def test_transformers_times_the_frames_of_qwen2_5_vl():
    index = model("qwen2_5_vl", "Qwen2_5_VLModel", spatial_merge_size=2, tokens_per_second=2)
    for number, segments in enumerate(sequences(3)):
        patches, seconds = in_patches(segments, 2), _seconds(number)
        given = {"spatial_merge_size": 2, "tokens_per_second": 2, "second_per_grid_ts": seconds}
        expected, merged = ours("qwen2-5-vl", "spatial-advance", patches, given)
        assert theirs(index, patches, merged, second_per_grid_ts=torch.tensor(seconds)) == expected, segments
        untimed, _ = ours("qwen2-5-vl", "spatial-advance", patches, {**given, "second_per_grid_ts": ()})
        assert theirs(index, patches, merged) == untimed, "one second a video where none is told"


def _seconds(number: int) -> tuple[float, ...]:
    return tuple(SECONDS[(number + i) % len(SECONDS)] for i in range(8))


@pytest.mark.parametrize(("folder", "name"), [("qwen3_vl", "Qwen3VLModel"), ("glm4v", "Glm4vModel")])
def test_frames_behind_timestamps_are_images_of_qwen2_vl(folder, name):
    """A video of the model is as many images of ours, each behind text, and both conventions say the same."""
    index = model(folder, name, spatial_merge_size=2)
    for segments in sequences(4):
        patches, frames, types = in_patches(segments, 2), [], []
        for kind, *sizes in patches:
            each = [("text", 2), ("image", *sizes[1:])] * sizes[0] if kind == "video" else [(kind, *sizes)]
            frames += each
            types += ["video" if kind == "video" and one[0] == "image" else one[0] for one in each]
        expected, merged = ours("qwen2-vl", None, frames, {"spatial_merge_size": 2})
        asked = [(kind, *sizes) for kind, (_, *sizes) in zip(types, merged, strict=True)]
        assert theirs(index, patches, asked) == expected, segments
        assert ours("qwen2-vl", "spatial-advance", frames, {"spatial_merge_size": 2})[0] == expected


@pytest.mark.parametrize(("rate", "seconds"), [(2, SECONDS), (25, (0.5, 2.0, 1.25, 0.25) * 2), (1, (1.0,) * 8)])
def test_qwen2_5_omni_goes_on_behind_the_largest_coordinate(rate, seconds):
    """Audio is placed as text is, a token in 40 ms; at one place a frame it is the paper of Qwen2-VL."""
    for number, segments in enumerate(sequences(5)):
        patches = in_patches(segments, 2)
        told = [("audio" if number % 2 and kind == "text" else kind, *sizes) for kind, *sizes in segments]
        marked = [one for each, (kind, *_) in zip(patches, told, strict=True) for one in _marked(kind, each)]
        given = {"spatial_merge_size": 2, "tokens_per_second": rate, "second_per_grid_ts": seconds}
        expected, _ = ours("qwen2-5-vl", None, marked, given)
        assert _omni(told, patches, seconds, rate) == expected, told
        if rate == 1:
            assert ours("qwen2-vl", None, marked, {"spatial_merge_size": 2})[0] == expected


def _marked(kind: str, segment: Segment) -> Sequence[Segment]:
    return [segment] if kind == "text" else [("text", 1), segment, ("text", 1)]


def _omni(told: Sequence[Any], patches: Segments, seconds: Sequence[float], rate: int) -> list[tuple[int, ...]]:
    """Qwen2.5-Omni's own function, which reads a sequence off its tokens."""
    module = import_module("transformers.models.qwen2_5_omni.modeling_qwen2_5_omni")
    whole = module.Qwen2_5OmniPreTrainedModelForConditionalGeneration
    names = {"image_token_id": "image", "video_token_id": "video", "audio_token_id": "audio"}
    starts = {"vision_start_token_id": "image bos", "audio_start_token_id": "audio bos"}
    config = SimpleNamespace(**{key: TOKENS[name] for key, name in (names | starts).items()})
    config.position_id_per_seconds, config.seconds_per_chunk = rate, 2
    stand_in = SimpleNamespace(config=config, spatial_merge_size=2)
    stand_in.get_llm_pos_ids_for_vision = partial(whole.get_llm_pos_ids_for_vision, stand_in)
    ids: list[int] = []
    for kind, *sizes in told:
        body = [TOKENS[kind]] * torch.Size(sizes).numel()
        ids += body if kind == "text" else [TOKENS[f"{kind} bos"], *body, TOKENS["eos"]]
    heard = torch.tensor([4 * sizes[0] for kind, *sizes in told if kind == "audio"])
    images, videos = (grids(patches, kind) for kind in ("image", "video"))
    found, _ = whole.get_rope_index(
        stand_in, torch.tensor([ids]), images, videos, None, False, heard, torch.tensor(seconds)
    )
    return [tuple(row) for row in found[:, 0].T.long().tolist()]


@pytest.mark.parametrize("side", [1, 2, 3])
def test_vision_towers_take_their_patches_in_merge_blocks(side):
    from transformers.vision_utils import get_vision_position_ids

    for segments in sequences(6):
        shown = in_patches([each for each in segments if each[0] != "text"], side)
        if shown:
            grid = torch.tensor([[1, *sizes][-3:] for _, *sizes in shown])
            for convention, timed in ((None, False), ("with-time", True)):
                expected, _ = ours("merge-blocks", convention, shown, {"spatial_merge_size": side})
                assert [tuple(row) for row in get_vision_position_ids(grid, side, timed).tolist()] == expected, shown
