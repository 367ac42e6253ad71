"""Digits of the position with one mistake: in their order, their place values, or where they end."""

import torch
from torch import Tensor

from impls.faults import fault

LARGEST = 2**62


def _expect_in_range(positions: Tensor, dim: int, radix: int) -> None:
    if (positions < 0).any() or (positions % 1 != 0).any() or (positions >= min(radix**dim, 2**53)).any():
        raise ValueError(f"{dim} digits hold the integers from 0 to {min(radix**dim, 2**53) - 1}")


def _digits(positions: Tensor, dim: int, radix: int, first: int = 0) -> Tensor:
    """Digit j at the place value radix^(j + first), least significant first, (n, dim)."""
    values = torch.tensor([min(radix ** (j + first), LARGEST) for j in range(dim)])
    return positions.long()[:, None] // values % radix


@fault("binary", name="binary-most-significant-first")
def most_significant_first(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The most significant bit stands first."""
    _expect_in_range(positions, dim, 2)
    return _digits(positions, dim, 2).flip(-1).to(dtype)


@fault("binary", name="binary-lowest-bit-lost")
def lowest_bit_lost(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The bits are shifted by one too many: even positions and the odd ones behind them are the same."""
    _expect_in_range(positions, dim, 2)
    return _digits(positions, dim, 2, first=1).to(dtype)


@fault("binary", name="binary-signs")
def signs(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """A bit that is not set counts -1, where it should count 0."""
    _expect_in_range(positions, dim, 2)
    return (2 * _digits(positions, dim, 2) - 1).to(dtype)


@fault("binary", name="binary-gray-code")
def gray_code(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The bits are those of the Gray code, of which one changes at every step."""
    _expect_in_range(positions, dim, 2)
    return _digits(positions.long() ^ positions.long() >> 1, dim, 2).to(dtype)


@fault("binary", name="binary-eight-bits")
def eight_bits(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Positions are held in eight bits: 256 is 0 again."""
    _expect_in_range(positions, dim, 2)
    return _digits(positions.to(torch.uint8), dim, 2).to(dtype)


@fault("binary", name="binary-starts-over")
def starts_over(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Behind the last code the table starts over: 2^dim is 0 again, without an error."""
    return _digits(positions, dim, 2).to(dtype)


@fault("radix", name="radix-most-significant-first")
def first_digit_last(positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32) -> Tensor:
    """The most significant digit stands first."""
    _expect_in_range(positions, dim, radix)
    return _digits(positions, dim, radix).flip(-1).to(dtype)


@fault("radix", name="radix-always-ten")
def always_ten(positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32) -> Tensor:
    """The radix that is asked for is ignored: the digits are decimal."""
    _expect_in_range(positions, dim, radix)
    return _digits(positions, dim, 10).to(dtype)


@fault("radix", name="radix-counted-by-logarithm")
def counted_by_logarithm(positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32) -> Tensor:
    """Leading zeros are found by a rounded logarithm: at 1000 it falls short of 3, and the first digit is lost."""
    _expect_in_range(positions, dim, radix)
    logarithms = positions.double().clamp(min=1).log() / torch.tensor(float(radix), dtype=torch.float64).log()
    places = torch.arange(dim) <= logarithms.floor()[:, None]
    return (_digits(positions, dim, int(radix)) * places).to(dtype)


@fault("radix", name="radix-starts-over")
def digits_start_over(positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32) -> Tensor:
    """Behind the last code the digits start over, without an error."""
    return _digits(positions, dim, int(radix)).to(dtype)


@fault("radix", name="radix-over-radix", convention="normalised-digits")
def over_radix(positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32) -> Tensor:
    """Digits are divided by the radix, where they should be divided by the largest digit."""
    _expect_in_range(positions, dim, radix)
    return (_digits(positions, dim, radix).double() / radix).to(dtype)


@fault("radix", name="radix-not-normalised", convention="normalised-digits")
def not_normalised(positions: Tensor, dim: int, *, radix: int = 10, dtype: torch.dtype = torch.float32) -> Tensor:
    """Digits are added as they are, where they are declared to be normalised."""
    _expect_in_range(positions, dim, radix)
    return _digits(positions, dim, radix).to(dtype)
