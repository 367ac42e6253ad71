"""What the steps of the window bias on the page on basics do, each with its slip."""

import torch
from torch import Tensor, nn


def coordinates(h: int, w: int) -> Tensor:
    """Two names are given, and two others, without their s, are asked for."""
    coords_h, coords_w = torch.arange(h), torch.arange(w)  # noqa: F841
    return torch.stack(torch.meshgrid([coord_h, coord_w]))  # type: ignore[name-defined]  # noqa: F821


def flattened(h: int, w: int) -> Tensor:
    """Row and column of every patch, (2, h w), with the names put right."""
    return torch.stack(torch.meshgrid([torch.arange(h), torch.arange(w)], indexing="ij")).flatten(1)


def summed(offsets: Tensor) -> Tensor:
    """The sum is misspelt."""
    return offsets.sun(-1)  # type: ignore[attr-defined, no-any-return]


def table(h: int, w: int, heads: int) -> nn.Parameter:
    """A table with one axis for each side of the window."""
    return nn.Parameter(torch.zeros(2 * w - 1, 2 * h - 1, heads))


def looked_up(biases: nn.Parameter, offsets: Tensor) -> Tensor:
    """The table is called like a function, with the offsets in place of their index."""
    return biases(offsets)  # type: ignore[operator, no-any-return]
