"""RoPE-Tie in three forms: counted from token to token, in grids, and for all tokens at once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("rope-tie", form="sequential", name="rope-tie-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """Patch (i, j) of an image lies at L + (i (w + 1), j (h + 1)), where the text before it ends at L."""
    expect_segments(segments, "text", "image")
    positions: list[tuple[int, int]] = []
    last = -1
    for kind, *sizes in segments:
        if kind == "text":
            for _ in range(sizes[0]):
                last += 1
                positions.append((last, last))
            continue
        h, w = sizes
        for i in range(1, h + 1):
            for j in range(1, w + 1):
                positions.append((last + i * (w + 1), last + j * (h + 1)))
        last += (w + 1) * (h + 1) - 1
    return torch.tensor(positions)


@implements("rope-tie", form="meshgrid", name="rope-tie-meshgrid", strict=True)
def meshgrid(segments: Sequence[Segment]) -> Tensor:
    """The h rows and w columns of an image cut the way from the text before to the text behind in equal parts."""
    expect_segments(segments, "text", "image")
    pieces, start = [], 0
    for kind, *sizes in segments:
        if kind == "text":
            pieces.append(torch.arange(start, start + sizes[0])[:, None].expand(-1, 2))
            start += sizes[0]
            continue
        behind = start - 1 + (sizes[0] + 1) * (sizes[1] + 1)
        lines = [torch.arange(start - 1, behind, (behind - start + 1) // (size + 1))[1:] for size in sizes]
        pieces.append(torch.stack(torch.meshgrid(*lines, indexing="ij"), dim=-1).flatten(0, 1))
        start = behind
    return torch.cat(pieces)


@implements("rope-tie", form="vectorised", name="rope-tie-vectorised", strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """All tokens at once: text is a column of n patches and no width, with steps of 1 on both axes."""
    expect_segments(segments, "text", "image")
    text = torch.tensor([kind == "text" for kind, *_ in segments])
    h, w = torch.tensor([sizes if kind == "image" else [sizes[0], 1] for kind, *sizes in segments]).unbind(1)
    room, tokens = torch.where(text, h, h * w + h + w), h * w
    before = (room.cumsum(0) - room - 1).repeat_interleave(tokens)
    index = torch.arange(int(tokens.sum())) - (tokens.cumsum(0) - tokens).repeat_interleave(tokens)
    text, h, w = (each.repeat_interleave(tokens) for each in (text, h, w))
    rows = torch.where(text, index + 1, (index // w + 1) * (w + 1))
    columns = torch.where(text, index + 1, (index % w + 1) * (h + 1))
    return before[:, None] + torch.stack([rows, columns], dim=-1)
