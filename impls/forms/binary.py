"""The bits of the position in three forms. No form uses another, or anything that another uses."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
WORD = 62
"""Behind this bit there is nothing to see in a position below 2^53, and shifts end at 63."""


def _expect_in_range(positions: Tensor, dim: int) -> None:
    if (positions < 0).any() or (positions % 1 != 0).any():
        raise ValueError(f"bits are those of the integers 0, 1, 2, ...; got {positions.tolist()}")
    if (positions.double() >= 2 ** min(dim, 53)).any():
        raise ValueError(f"{dim} bits reach the position {2 ** min(dim, 53) - 1}; got {positions.max().item()}")


@implements("binary", form="elementwise", name="binary-elementwise", dtypes=DTYPES, strict=True)
def elementwise(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Bit j is (p >> j) & 1."""
    _expect_in_range(positions, dim)
    shifts = torch.arange(dim, device=positions.device).clamp(max=WORD)
    return (positions.long()[:, None] >> shifts & 1).to(dtype)


@implements("binary", form="recurrence", name="binary-recurrence", dtypes=DTYPES, strict=True)
def recurrence(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Bit 0 is whether p is odd; the other bits are those of p, halved."""
    _expect_in_range(positions, dim)
    left, bits = positions.long(), []
    for _ in range(dim):
        bits.append(left % 2)
        left = left // 2
    return torch.stack(bits, dim=1).to(dtype)


@implements("binary", form="square-wave", name="binary-square-wave", max_position=2**52 - 1, dtypes=DTYPES, strict=True)
def square_wave(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Bit j is (1 - sgn sin(pi (2p + 1) / 2^(j + 1))) / 2; whole turns are taken off first, without rounding."""
    _expect_in_range(positions, min(dim, 52))
    powers = torch.exp2(torch.arange(1, dim + 1, dtype=torch.float64, device=positions.device).clamp(max=WORD))
    halves = (2 * positions + 1).double()[:, None] / powers
    return ((1 - torch.sin(torch.pi * halves.remainder(2)).sign()) / 2).to(dtype)
