"""Centres of patches, in two forms: counted patch by patch in fractions, and as grids of half steps."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from spec.definitions.placing import Segment

DTYPES: Final = ("float64",)


def _one_by_one(segments: Sequence[Segment], over: Callable[[int, int], tuple[int, int]]) -> Tensor:
    expect_segments(segments, "image")
    places = []
    for _, h, w in segments:
        rows, columns = over(h, w)
        for patch in range(h * w):
            i, j = divmod(patch, w)
            places.append([float(Fraction(2 * i + 1 - rows, rows)), float(Fraction(2 * j + 1 - columns, columns))])
    return torch.tensor(places, dtype=torch.float64)


def _in_grids(segments: Sequence[Segment], side: Callable[[Sequence[int]], int] | None = None) -> Tensor:
    expect_segments(segments, "image")
    grids = []
    for _, *sizes in segments:
        lines = [2 * (torch.arange(0.5, n, dtype=torch.float64) / (side(sizes) if side else n)) - 1 for n in sizes]
        grids.append(torch.cartesian_prod(*lines).reshape(-1, 2))
    return torch.cat(grids)


@implements("patch-centres", form="sequential", name="patch-centres-sequential", dtypes=DTYPES, strict=True)
def sequential(segments: Sequence[Segment]) -> Tensor:
    """Patch by patch, row by row."""
    return _one_by_one(segments, lambda h, w: (h, w))


@implements("patch-centres", form="meshgrid", name="patch-centres-meshgrid", dtypes=DTYPES, strict=True)
def meshgrid(segments: Sequence[Segment]) -> Tensor:
    """Half steps over the number of patches, stretched from 0..1 to -1..1."""
    return _in_grids(segments)


@implements(
    "patch-centres",
    form="sequential",
    name="patch-centres-longer-side-sequential",
    convention="longer-side",
    dtypes=DTYPES,
    strict=True,
)
def longer_sequential(segments: Sequence[Segment]) -> Tensor:
    """Patch by patch, over the larger number of patches."""
    return _one_by_one(segments, lambda h, w: (max(h, w),) * 2)


@implements(
    "patch-centres",
    form="meshgrid",
    name="patch-centres-longer-side-meshgrid",
    convention="longer-side",
    dtypes=DTYPES,
    strict=True,
)
def longer_meshgrid(segments: Sequence[Segment]) -> Tensor:
    """Half steps over the larger number of patches."""
    return _in_grids(segments, max)


@implements(
    "patch-centres",
    form="sequential",
    name="patch-centres-shorter-side-sequential",
    convention="shorter-side",
    dtypes=DTYPES,
    strict=True,
)
def shorter_sequential(segments: Sequence[Segment]) -> Tensor:
    """Patch by patch, over the smaller number of patches."""
    return _one_by_one(segments, lambda h, w: (min(h, w),) * 2)


@implements(
    "patch-centres",
    form="meshgrid",
    name="patch-centres-shorter-side-meshgrid",
    convention="shorter-side",
    dtypes=DTYPES,
    strict=True,
)
def shorter_meshgrid(segments: Sequence[Segment]) -> Tensor:
    """Half steps over the smaller number of patches."""
    return _in_grids(segments, min)
