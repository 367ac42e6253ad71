"""Only the values of odd positions are read."""

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_whole


@implements("odd-values", form="elementwise")
def odd_values_elementwise(v: Tensor, positions: Tensor) -> Tensor:
    """Multiplied by the remainder."""
    expect_whole(positions)
    return v * (positions.long() % 2).to(v.dtype)[:, None]


@implements("odd-values", form="gather")
def odd_values_gather(v: Tensor, positions: Tensor) -> Tensor:
    """Even rows are replaced by zeros."""
    expect_whole(positions)
    return torch.where((positions.long() & 1).bool()[:, None], v, torch.zeros_like(v))
