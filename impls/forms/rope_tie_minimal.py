"""RoPE-Tie in least integers, in two forms: steps without a common divisor, and the least common multiple cut."""

from collections.abc import Sequence
from math import gcd

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("rope-tie-minimal", form="sequential", name="rope-tie-minimal-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """Steps (w + 1) / g and (h + 1) / g, g the greatest common divisor of h + 1 and w + 1."""
    expect_segments(segments, "text", "image")
    positions: list[tuple[int, int]] = []
    last = -1
    for kind, *sizes in segments:
        if kind == "text":
            positions += [(last + i, last + i) for i in range(1, sizes[0] + 1)]
            last += sizes[0]
            continue
        h, w = sizes
        common = gcd(h + 1, w + 1)
        s, t = (w + 1) // common, (h + 1) // common
        positions += [(last + i * s, last + j * t) for i in range(1, h + 1) for j in range(1, w + 1)]
        last += (h + 1) * s - 1
    return torch.tensor(positions)


@implements("rope-tie-minimal", form="vectorised", name="rope-tie-minimal-vectorised", strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """An image takes the least common multiple of h + 1 and w + 1, which its lines cut in equal parts."""
    expect_segments(segments, "text", "image")
    parts = torch.tensor([sizes if kind == "image" else [sizes[0] - 1] * 2 for kind, *sizes in segments]) + 1
    room = torch.lcm(parts[:, 0], parts[:, 1]) - torch.tensor([kind == "image" for kind, *_ in segments]).long()
    starts = room.cumsum(0) - room
    pieces = []
    for start, size, (kind, *sizes) in zip(starts, room, segments, strict=True):
        if kind == "text":
            pieces.append(torch.arange(sizes[0])[:, None] + start.expand(2))
            continue
        cell = torch.ones(sizes).nonzero() + 1
        pieces.append(start - 1 + cell * ((size + 1) // (torch.tensor(sizes) + 1)))
    return torch.cat(pieces)
