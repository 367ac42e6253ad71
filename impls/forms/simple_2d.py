"""Simple 2D positions in two forms: counted from where the text ends, and grids moved as a whole."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("simple-2d", form="sequential", name="simple-2d-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """Every segment begins one behind the largest coordinate so far."""
    expect_segments(segments, "text", "image")
    positions: list[tuple[int, int]] = []
    largest = -1
    for kind, *sizes in segments:
        first = largest + 1
        if kind == "text":
            positions += [(first + i, first + i) for i in range(sizes[0])]
        else:
            positions += [(first + i, first + j) for i in range(sizes[0]) for j in range(sizes[1])]
        largest = max(max(place) for place in positions)
    return torch.tensor(positions)


@implements("simple-2d", form="vectorised", name="simple-2d-vectorised", strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """The diagonal for text and the indices of a grid for an image, moved by the longer sides before."""
    expect_segments(segments, "text", "image")
    longer = torch.tensor([max(sizes) for _, *sizes in segments])
    starts = longer.cumsum(0) - longer
    own = [torch.eye(*sizes).nonzero() if kind == "text" else torch.ones(sizes).nonzero() for kind, *sizes in segments]
    return torch.cat(own) + starts.repeat_interleave(torch.tensor([len(each) for each in own]))[:, None]
