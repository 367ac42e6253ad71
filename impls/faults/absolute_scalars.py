"""Scalar positions with one mistake: in where they start, in what they are divided by, or in how they meet a vector."""

import torch
from torch import Tensor

from impls.faults import fault


def _columns(values: Tensor, dim: int, dtype: torch.dtype) -> Tensor:
    """One value a row (n,), in every column."""
    return values.to(dtype)[:, None].repeat(1, dim)


@fault("integer", name="integer-starts-at-one")
def starts_at_one(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The first token stands at 1, where it should stand at 0."""
    return _columns(positions.double() + 1, dim, dtype)


@fault("integer", name="integer-positions-ignored")
def positions_ignored(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Rows are counted 0, 1, 2, ... in every call, whatever the positions are."""
    return _columns(torch.arange(len(positions)), dim, dtype)


@fault("integer", name="integer-even-columns-only")
def even_columns_only(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Only the even columns are filled: the odd ones stay zero."""
    table = torch.zeros(len(positions), dim, dtype=dtype)
    table[:, 0::2] = positions.to(dtype)[:, None]
    return table


@fault("integer", name="integer-in-bfloat16", dtypes=("float64", "float32", "bfloat16"))
def in_bfloat16(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Positions pass through bfloat16, which holds no odd integer behind 256."""
    return _columns(positions.bfloat16(), dim, dtype)


@fault("normalised", name="normalised-by-count")
def by_count(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Positions are divided by how many there are in the call, not by the length of the sequence."""
    return _columns(positions.double() / len(positions), dim, dtype)


@fault("normalised", name="normalised-by-last")
def by_last(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Positions are divided by the last of them, where they should be divided by one more."""
    return _columns(positions.double() / positions.max().clamp(min=1), dim, dtype)


@fault("normalised", name="normalised-by-512")
def by_512(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Positions are divided by the 512 of the training, however long the sequence is."""
    return _columns(positions.double() / 512, dim, dtype)


@fault("normalised", name="normalised-rounded-down")
def rounded_down(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The quotient of two integers is rounded down: all positions are 0."""
    return _columns(positions // (positions.max() + 1), dim, dtype)


@fault("normalised", name="normalised-single-token-nan", convention="reaches-one")
def single_token_nan(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """A single token is at 0 / 0, and its row is not a number."""
    return _columns(positions.double() / positions.max(), dim, dtype)


@fault("normalised", name="normalised-never-reaches-one", convention="reaches-one")
def never_reaches_one(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The last position falls short of 1: the length is not reduced by one."""
    return _columns(positions.double() / (positions.max() + 1), dim, dtype)


@fault("multiplicative", name="multiplicative-starts-at-one")
def multiplied_from_one(x: Tensor, positions: Tensor) -> Tensor:
    """The vector at position 0 is kept, where it should be multiplied by 0."""
    return x * (positions.double() + 1).to(x.dtype)[:, None]


@fault("multiplicative", name="multiplicative-added")
def added(x: Tensor, positions: Tensor) -> Tensor:
    """The position is added to every coordinate, not multiplied with it."""
    return x + positions.to(x.dtype)[:, None]


@fault("multiplicative", name="multiplicative-over-count")
def over_count(x: Tensor, positions: Tensor) -> Tensor:
    """Positions are divided by how many there are: a longer call scales everything down."""
    return x * (positions.double() / len(positions)).to(x.dtype)[:, None]


@fault("multiplicative", name="multiplicative-first-half-only")
def first_half_only(x: Tensor, positions: Tensor) -> Tensor:
    """Only the first half of the coordinates is multiplied."""
    kept = x.shape[-1] // 2
    return torch.cat([x[..., :kept] * positions.to(x.dtype)[:, None], x[..., kept:]], dim=-1)
