"""RoPE-Tie with markers in two forms: markers as text of one token, and as places of their own around each grid."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("rope-tie-marked", form="sequential", name="rope-tie-marked-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """An image is a token, its patches, and a token again."""
    expect_segments(segments, "text", "image")
    positions: list[tuple[int, int]] = []
    last = -1
    for kind, *sizes in segments:
        for _ in range(sizes[0] if kind == "text" else 1):
            last += 1
            positions.append((last, last))
        if kind == "image":
            h, w = sizes
            positions += [(last + i * (w + 1), last + j * (h + 1)) for i in range(1, h + 1) for j in range(1, w + 1)]
            last += (w + 1) * (h + 1)
            positions.append((last, last))
    return torch.tensor(positions)


@implements("rope-tie-marked", form="meshgrid", name="rope-tie-marked-meshgrid", strict=True)
def meshgrid(segments: Sequence[Segment]) -> Tensor:
    """Between markers at a and a + (h + 1)(w + 1), every crossing of the lines that cut this way in equal parts."""
    expect_segments(segments, "text", "image")
    room = [sizes[0] if kind == "text" else (sizes[0] + 1) * (sizes[1] + 1) + 1 for kind, *sizes in segments]
    ends = torch.tensor(room).cumsum(0).tolist()
    pieces = []
    for end, size, (kind, *sizes) in zip(ends, room, segments, strict=True):
        a, b = end - size, end - 1
        if kind == "text":
            pieces.append(torch.arange(a, end).unsqueeze(-1).repeat(1, 2))
            continue
        rows, columns = (torch.arange(a, b, (b - a) // (side + 1))[1:] for side in sizes)
        markers = torch.tensor([[a, a], [b, b]])
        pieces += [markers[:1], torch.cartesian_prod(rows, columns).view(-1, 2), markers[1:]]
    return torch.cat(pieces)
