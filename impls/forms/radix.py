"""The digits of the position, least significant first, two forms under each convention."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
FARTHEST = 2**53
"""Positions from here on are not all held in float64; and a place value of 2^62 has the digit 0 below."""


def _expect_in_range(positions: Tensor, dim: int, radix: int) -> None:
    if radix != int(radix) or radix < 2:
        raise ValueError(f"the radix must be an integer of at least 2; got {radix}")
    if (positions < 0).any() or (positions % 1 != 0).any():
        raise ValueError(f"digits are those of the integers 0, 1, 2, ...; got {positions.tolist()}")
    if (positions.double() >= min(radix**dim, FARTHEST)).any():
        raise ValueError(f"{dim} digits end before {min(radix**dim, FARTHEST)}; got {positions.max().item()}")


@implements("radix", form="elementwise", name="radix-elementwise", dtypes=DTYPES, strict=True)
def elementwise(positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32) -> Tensor:
    """Digit j is floor(p / radix^j) mod radix."""
    _expect_in_range(positions, dim, radix)
    values = torch.tensor([min(int(radix) ** j, 2**62) for j in range(dim)], device=positions.device)
    return torch.remainder(positions.long()[:, None] // values, int(radix)).to(dtype)


@implements("radix", form="recurrence", name="radix-recurrence", dtypes=DTYPES, strict=True)
def recurrence(positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32) -> Tensor:
    """Digit 0 is the remainder of p by the radix; the other digits are those of the quotient."""
    _expect_in_range(positions, dim, radix)
    digits = torch.zeros(len(positions), dim, dtype=dtype, device=positions.device)
    left = positions.to(torch.int64)
    for j in range(dim):
        digits[:, j] = left.remainder(radix).to(dtype)
        left = left.div(radix, rounding_mode="floor").long()
    return digits


@implements(
    "radix",
    form="elementwise",
    name="radix-normalised-elementwise",
    convention="normalised-digits",
    dtypes=DTYPES,
    strict=True,
)
def normalised_elementwise(
    positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Digit j is floor(p / radix^j) - radix floor(p / radix^(j + 1)), over the largest digit."""
    _expect_in_range(positions, dim, radix)
    values = [min(int(radix) ** j, 2**62) for j in range(dim + 1)]
    quotients = torch.stack([positions.long().div(value, rounding_mode="floor") for value in values], dim=1)
    return ((quotients[:, :-1] - int(radix) * quotients[:, 1:]).double() / (radix - 1)).to(dtype)


@implements(
    "radix",
    form="recurrence",
    name="radix-normalised-recurrence",
    convention="normalised-digits",
    dtypes=DTYPES,
    strict=True,
)
def normalised_recurrence(
    positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The digits of every position by repeated division with remainder, over the largest digit."""
    _expect_in_range(positions, dim, radix)
    rows = []
    for left in positions.long().tolist():
        row = []
        for _ in range(dim):
            left, digit = divmod(left, int(radix))
            row.append(digit / (radix - 1))
        rows.append(row)
    return torch.tensor(rows, dtype=torch.float64, device=positions.device).to(dtype)
