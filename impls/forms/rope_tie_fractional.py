"""RoPE-Tie in fractions, in three forms: exact fractions rounded once, one division a place, and steps in floats."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment

DTYPES: Final = ("float64",)


@implements("rope-tie-fractional", form="sequential", name="rope-tie-fractional-sequential", dtypes=DTYPES, strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """Exact fractions, from token to token; each is rounded once, in the end."""
    expect_segments(segments, "text", "image")
    positions: list[tuple[Fraction, Fraction]] = []
    last = Fraction(-1)
    for kind, *sizes in segments:
        if kind == "text":
            positions += [(last + i, last + i) for i in range(1, sizes[0] + 1)]
            last += sizes[0]
            continue
        h, w = sizes
        s, t = Fraction(w * h + 1, h + 1), Fraction(w * h + 1, w + 1)
        positions += [(last + i * s, last + j * t) for i in range(1, h + 1) for j in range(1, w + 1)]
        last += h * w
    return torch.tensor([[float(x), float(y)] for x, y in positions], dtype=torch.float64)


@implements("rope-tie-fractional", form="meshgrid", name="rope-tie-fractional-meshgrid", dtypes=DTYPES, strict=True)
def meshgrid(segments: Sequence[Segment]) -> Tensor:
    """Numerators are integers over h + 1 and w + 1: one division for each coordinate."""
    expect_segments(segments, "text", "image")
    pieces, start = [], 0
    for kind, *sizes in segments:
        if kind == "text":
            pieces.append(torch.arange(start, start + sizes[0], dtype=torch.float64).unsqueeze(1).expand(-1, 2))
            start += sizes[0]
            continue
        room = sizes[0] * sizes[1]
        lines = [
            ((start - 1) * (size + 1) + torch.arange(1, size + 1) * (room + 1)).double() / (size + 1) for size in sizes
        ]
        pieces.append(torch.stack(torch.meshgrid(*lines, indexing="ij"), dim=-1).flatten(0, 1))
        start += room
    return torch.cat(pieces)


@implements("rope-tie-fractional", form="vectorised", name="rope-tie-fractional-vectorised", dtypes=DTYPES, strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """All tokens at once, with steps in float64; text is a column of patches with steps of 1 on both axes."""
    expect_segments(segments, "text", "image")
    sizes = torch.tensor([[*each, 1] if kind == "text" else each for kind, *each in segments])
    tokens = sizes.prod(-1)
    last = (tokens.cumsum(0) - tokens - 1).repeat_interleave(tokens)
    index = torch.arange(int(tokens.sum())) - last - 1
    text = torch.tensor([kind == "text" for kind, *_ in segments]).repeat_interleave(tokens)
    side = sizes.repeat_interleave(tokens, dim=0)
    steps = (side.prod(-1, keepdim=True) + 1).double() / (side + 1)
    cell = torch.stack([index // side[:, 1], index % side[:, 1]], dim=-1) + 1
    return last[:, None] + torch.where(text[:, None], index[:, None] + 1, cell * steps)
