"""What the faults of assignments share, all of it right: text on the diagonal, and images put between texts."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from impls.expect import expect_segments
from spec.definitions.placing import Segment

Patch = Callable[[int, int, int, int], Sequence[Any]]
Room = Callable[[int, int], int]
Order = Callable[[int, int], Sequence[int]]


def framed(segments: Sequence[Segment], patch: Patch, room: Room, *, first: int = 0) -> Tensor:
    """Text (n, n) from `first` on, patches at L + patch(h, w, i, j), i and j from 1, and text on at L + room(h, w)."""
    expect_segments(segments, "text", "image")
    places: list[list[Any]] = []
    last = first - 1
    for kind, *sizes in segments:
        if kind == "text":
            places += [[last + i] * 2 for i in range(1, sizes[0] + 1)]
            last += sizes[0]
            continue
        h, w = sizes
        places += [[last + x for x in patch(h, w, i, j)] for i in range(1, h + 1) for j in range(1, w + 1)]
        last += room(h, w) - 1
    exact = torch.tensor(places, dtype=torch.float64)
    return exact if exact.frac().any() else exact.long()


def tied(h: int, w: int, i: int, j: int) -> tuple[int, int]:
    """The patch of RoPE-Tie."""
    return i * (w + 1), j * (h + 1)


def cut(h: int, w: int) -> int:
    """From the text before to the text behind, in RoPE-Tie."""
    return (h + 1) * (w + 1)


def stepped(h: int, w: int, i: int, j: int) -> tuple[int, int]:
    """The patch in steps of 1."""
    return i, j


def longer(h: int, w: int) -> int:
    """From the text before to the text behind the longer side."""
    return max(h, w) + 1


def in_line(segments: Sequence[Segment], order: Order, room: Room, *, first: int = 0) -> Tensor:
    """Text n from `first` on, an image (each frame of a video) in this order, taking so much room."""
    expect_segments(segments, "text", "image", "video")
    places: list[int] = []
    for kind, *sizes in segments:
        if kind == "text":
            places += range(first, first + sizes[0])
            first += sizes[0]
            continue
        *frames, h, w = sizes
        for _ in range(frames[0] if frames else 1):
            places += [first + n for n in order(h, w)]
            first += room(h, w)
    return torch.tensor(places)[:, None]


def by_rows(h: int, w: int) -> range:
    """Row by row."""
    return range(h * w)


def behind_separators(h: int, w: int) -> list[int]:
    """Row by row, with a place left free behind each."""
    return [i * (w + 1) + j for i in range(h) for j in range(w)]


def patches(h: int, w: int) -> int:
    """As much room as there are patches."""
    return h * w


def cubed(
    segments: Sequence[Segment], patch: Callable[[int, int, int], Sequence[int]] = lambda t, i, j: (t, i, j)
) -> Tensor:
    """Text (p, p, p), patches at p + patch(t, row, column), and whatever follows behind the largest coordinate."""
    expect_segments(segments, "text", "image", "video")
    places: list[list[int]] = []
    for kind, *sizes in segments:
        p = max(map(max, places), default=-1) + 1
        if kind == "text":
            places += [[p + i] * 3 for i in range(sizes[0])]
            continue
        frames, h, w = [1, *sizes][-3:]
        places += [[p + x for x in patch(t, i, j)] for t in range(frames) for i in range(h) for j in range(w)]
    return torch.tensor(places)
