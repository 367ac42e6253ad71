"""Patches in merge blocks in three forms: counted in loops, folded out of a raster, and sorted."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_multiples, expect_segments
from spec.definitions.placing import Segment


@implements("merge-blocks", form="sequential", name="merge-blocks-sequential", strict=True)
def sequential(segments: Sequence[Segment], *, spatial_merge_size: int = 2) -> Tensor:
    """Square by square, and the patches of each square row by row."""
    return _counted(segments, spatial_merge_size)[:, 1:]


@implements(
    "merge-blocks", form="sequential", name="merge-blocks-sequential-in-time", convention="with-time", strict=True
)
def sequential_in_time(segments: Sequence[Segment], *, spatial_merge_size: int = 2) -> Tensor:
    """Frame by frame, square by square, and the patches of each square row by row."""
    return _counted(segments, spatial_merge_size)


def _counted(segments: Sequence[Segment], side: int) -> Tensor:
    expect_segments(segments, "image", "video")
    expect_multiples(segments, side)
    positions = []
    for kind, *sizes in segments:
        for time in range(sizes[0] if kind == "video" else 1):
            for top in range(0, sizes[-2], side):
                for left in range(0, sizes[-1], side):
                    square = [(time, top + i, left + j) for i in range(side) for j in range(side)]
                    positions.extend(square)
    return torch.tensor(positions)


@implements(
    "merge-blocks",
    form="reshaped",
    name="merge-blocks-reshaped",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/vision_utils.py",
    strict=True,
)
def reshaped(segments: Sequence[Segment], *, spatial_merge_size: int = 2) -> Tensor:
    """The raster of places as (rows of squares, rows, columns of squares, columns), of which the middle two change."""
    expect_segments(segments, "image", "video")
    expect_multiples(segments, spatial_merge_size)
    pieces = []
    for _, *sizes in segments:
        frames, h, w = [1, *sizes][-3:]
        rows, columns = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        cut = (h // spatial_merge_size, spatial_merge_size, w // spatial_merge_size, spatial_merge_size)
        folded = torch.stack([rows, columns], dim=-1).view(*cut, 2).transpose(1, 2)
        pieces.append(folded.reshape(1, -1, 2).expand(frames, -1, -1).flatten(0, 1))
    return torch.cat(pieces)


@implements("merge-blocks", form="sorted", name="merge-blocks-sorted", convention="with-time", strict=True)
def by_squares(segments: Sequence[Segment], *, spatial_merge_size: int = 2) -> Tensor:
    """All places in a raster, sorted by frame and square, and then by their places within the square."""
    expect_segments(segments, "image", "video")
    expect_multiples(segments, spatial_merge_size)

    def order(place: list[int]) -> list[int]:
        frame, *cell = place
        return [frame, *(n // spatial_merge_size for n in cell), *(n % spatial_merge_size for n in cell)]

    rasters = [torch.ones([1, *sizes][-3:]).nonzero().tolist() for _, *sizes in segments]
    return torch.tensor([place for raster in rasters for place in sorted(raster, key=order)])
