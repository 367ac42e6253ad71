"""The order of an ox that ploughs, in two forms: walked, and with every other row of a grid turned round."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("boustrophedon", form="sequential", name="boustrophedon-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """The ox goes along a row and turns at its end; each patch gets the number of steps before."""
    expect_segments(segments, "text", "image", "video")
    positions: list[int] = []
    for kind, *sizes in segments:
        start = len(positions)
        if kind == "text":
            positions += range(start, start + sizes[0])
            continue
        *frames, h, w = sizes
        for _ in range(frames[0] if frames else 1):
            met, row, column, forwards = {}, 0, 0, True
            for step in range(h * w):
                met[row, column] = len(positions) + step
                at_the_end = column == (w - 1 if forwards else 0)
                row, forwards = (row + 1, not forwards) if at_the_end else (row, forwards)
                column += 0 if at_the_end else 1 if forwards else -1
            positions += [met[i, j] for i in range(h) for j in range(w)]
    return torch.tensor(positions).unsqueeze(-1)


@implements("boustrophedon", form="vectorised", name="boustrophedon-vectorised", strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """Numbers in the grid (frames, rows, columns), the odd rows turned round."""
    expect_segments(segments, "text", "image", "video")
    pieces, start = [], 0
    for kind, *sizes in segments:
        shape = [1] * (3 - len(sizes)) + sizes
        grid = torch.arange(sizes[0] if kind == "text" else shape[0] * shape[1] * shape[2]).view(shape)
        odd = torch.arange(shape[1])[:, None] % 2 == 1
        pieces.append((start + torch.where(odd, grid.flip(-1), grid)).flatten())
        start += grid.numel()
    return torch.cat(pieces)[:, None]
