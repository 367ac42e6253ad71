"""The order of the Hilbert curve, in two forms: drawn quarter by quarter, and read off the bits of row and column."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("hilbert", form="recursive", name="hilbert-recursive", strict=True)
def recursive(segments: Sequence[Segment]) -> Tensor:
    """A curve of four smaller ones: the first and the last turned over, one diagonally and one against it."""
    expect_segments(segments, "text", "image", "video")

    def curve(side: int) -> list[tuple[int, int]]:
        if side == 1:
            return [(0, 0)]
        half = side // 2
        smaller = curve(half)
        down = [(column, row) for row, column in smaller]
        along = [(half + row, shift + column) for shift in (0, half) for row, column in smaller]
        return down + along + [(half - 1 - column, side - 1 - row) for row, column in smaller]

    positions: list[int] = []
    for kind, *sizes in segments:
        if kind == "text":
            positions += range(len(positions), len(positions) + sizes[0])
            continue
        *frames, h, w = sizes
        side = 1
        while side < max(h, w):
            side *= 2
        inside = [(row, column) for row, column in curve(side) if row < h and column < w]
        rank = {cell: i for i, cell in enumerate(inside)}
        for _ in range(frames[0] if frames else 1):
            start = len(positions)
            positions += [start + rank[row, column] for row in range(h) for column in range(w)]
    return torch.tensor(positions).unsqueeze(-1)


@implements("hilbert", form="bitwise", name="hilbert-bitwise", strict=True)
def bitwise(segments: Sequence[Segment]) -> Tensor:
    """From the highest bits of row and column to the lowest, each pair names a quarter; the rest is turned into it."""
    expect_segments(segments, "text", "image", "video")
    pieces, start = [], 0
    for kind, *sizes in segments:
        if kind == "text":
            pieces.append(torch.arange(start, start + sizes[0]))
            start += sizes[0]
            continue
        *frames, h, w = sizes
        row, column = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        along = torch.zeros_like(row)
        for bit in reversed(range((max(h, w) - 1).bit_length())):
            low, right, half = row >> bit & 1, column >> bit & 1, (1 << bit) - 1
            along = 4 * along + (3 * right ^ low)
            row, column = row & half, column & half
            turned = (half - column, half - row)
            row, column = (
                torch.where(low == 1, own, torch.where(right == 1, back, over))
                for own, back, over in zip((row, column), turned, (column, row), strict=True)
            )
        rank = along.flatten().argsort().argsort()
        for _ in range(frames[0] if frames else 1):
            pieces.append(start + rank)
            start += h * w
    return torch.cat(pieces)[:, None]
