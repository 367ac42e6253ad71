"""Flattened sequences in three forms: counted one by one, counted all at once, and added up."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment


@implements("flatten", form="sequential", name="flatten-sequential", strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """Row by row, patch by patch: the next token takes the next number."""
    expect_segments(segments, "text", "image", "video")
    positions: list[list[int]] = []
    for _, *sizes in segments:
        for _ in range(prod(sizes)):
            positions.append([len(positions)])
    return torch.tensor(positions)


@implements("flatten", form="vectorised", name="flatten-vectorised", strict=True)
def vectorised(segments: Sequence[Segment]) -> Tensor:
    """All of them are 0, 1, ..., total - 1."""
    expect_segments(segments, "text", "image", "video")
    return torch.arange(sum(prod(sizes) for _, *sizes in segments)).unsqueeze(-1)


@implements("flatten", form="cumulative", name="flatten-cumulative", strict=True)
def cumulative(segments: Sequence[Segment]) -> Tensor:
    """How many tokens there are up to each, less one: an image as its (rows, columns), flattened."""
    expect_segments(segments, "text", "image", "video")
    ones = torch.cat([torch.ones(sizes, dtype=torch.int64).flatten() for _, *sizes in segments])
    return (ones.cumsum(0) - 1)[:, None]
