"""All that an adapter may do to its arguments: arrange axes, choose rows, refuse. Nothing here touches a value."""

import math
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

LARGEST = 131_073
"""The largest position of an adapter over a table of any length."""
FEWEST = 4096
"""The rows of a table that has not grown."""
Made = TypeVar("Made")


def three_axes(x: Tensor) -> Tensor:
    """Arrange `(..., n, d)` as (rows, n, d). Raises ValueError with fewer than two axes."""
    if x.ndim < 2:
        raise ValueError(f"x must be (..., n, d), got {tuple(x.shape)}: give it a position axis")
    return x.reshape(math.prod(x.shape[:-2]), *x.shape[-2:])


def four_axes(x: Tensor) -> Tensor:
    """Arrange `(..., n, d)` as (batch, heads, n, d). Raises ValueError with fewer than two axes."""
    return x if x.ndim == 4 else three_axes(x)[None]


def integers(positions: Tensor) -> Tensor:
    """The same positions as int64. Raises ValueError if they are floating."""
    if positions.is_floating_point():
        raise ValueError(f"positions must be of an integer dtype, got {positions.dtype}: round them first")
    return positions.long()


def rows(positions: Tensor, largest: int = LARGEST, smallest: int = 0) -> Tensor:
    """The same positions as int64. Raises ValueError unless they are integers in `smallest..largest`."""
    indices = integers(positions)
    low, high = (int(end) for end in indices.aminmax()) if indices.numel() else (smallest, smallest)
    if low < smallest or high > largest:
        raise ValueError(f"positions must lie in {smallest}..{largest}, got {low}..{high}: shift them there")
    return indices


def enough(indices: Tensor) -> int:
    """The rows of a table that holds every index up to LARGEST: a power of two from 4096 on, or LARGEST + 1."""
    largest = int(indices.max()) if indices.numel() else 0
    return min(max(FEWEST, 1 << largest.bit_length()), LARGEST + 1)


def growing(build: Callable[[int], Made]) -> Callable[[Tensor], Made]:
    """What `build(length)` makes for so many rows, by the indices that are looked up in it.

    It is built for 4096 rows, and anew, for the next power of two, when an index is beyond it; as a model is, neither
    under inference nor under autocast, whatever the call that needs more rows is under.
    """

    def built(length: int) -> Made:
        with torch.inference_mode(mode=False), torch.autocast("cpu", enabled=False):
            return build(length)

    reach, made = FEWEST, built(FEWEST)

    def reaching(indices: Tensor) -> Made:
        nonlocal reach, made
        if (needed := enough(indices)) > reach:
            reach, made = needed, built(needed)
        return made

    return reaching


def offset(positions: Tensor) -> int:
    """The first of consecutive positions. Raises ValueError unless they are s, s + 1, s + 2... from s >= 0."""
    indices = rows(positions, largest=2**63 - 1)
    first = int(indices[0]) if indices.numel() else 0
    if not torch.equal(indices, torch.arange(first, first + indices.numel())):
        shown = ", ".join(map(str, indices.flatten()[:8].tolist()))
        raise ValueError(f"positions must be consecutive, such as 7, 8, 9, got {shown}: split them into runs")
    return first


def same_length(x: Tensor, positions: Tensor) -> None:
    """Raise ValueError unless there is one position a row of x: for code that would not look, or read too far."""
    if x.ndim < 2 or positions.shape != x.shape[-2:-1]:
        shapes = f"x {tuple(x.shape)} and positions {tuple(positions.shape)}"
        raise ValueError(f"expected x (..., n, d) and n positions, got {shapes}: give one position a row")


def bits(tensor: Tensor) -> Tensor:
    """The bits of a bfloat16 tensor as int16. Raises ValueError if it requires a gradient, which bits cannot carry."""
    if tensor.requires_grad:
        raise ValueError("the library computes outside of torch, where no gradient follows: detach x")
    return tensor.view(torch.int16)


def behind_zeros(x: Tensor, positions: Tensor, largest: int) -> Tensor:
    """Vectors `(..., n, d)` behind a row of zeros for each position before theirs, for code that counts from 0.

    Raises ValueError unless the positions are consecutive, one a row, and end at `largest` at most.
    """
    same_length(x, positions)
    rows(positions, largest)
    return torch.nn.functional.pad(x, (0, 0, offset(positions), 0))
