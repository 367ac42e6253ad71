"""ALiBi that is not: wrong slopes, wrong distances, or a bias that forgets where the query stands."""

import math

import torch
from torch import Tensor

from impls import implements

FLOAT = torch.float32


def _slopes(heads: int) -> Tensor:
    """The slopes of the published code, float64, shape (heads,)."""
    whole = 2 ** math.floor(math.log2(heads))
    steps = [*range(2, 2 * whole + 1, 2), *range(1, 2 * whole, 2)][:heads]
    return torch.tensor([2 ** (-4 * step / whole) for step in steps], dtype=torch.float64)


def _bias(slopes: Tensor, distance: Tensor, dtype: torch.dtype) -> Tensor:
    return (-slopes[:, None, None] * distance).to(dtype)


def _distance(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    return (query_positions.double()[:, None] - key_positions.double()).abs()


@implements("alibi", form="elementwise", name="alibi-slopes-one-head-on")
def slopes_one_head_on(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = FLOAT
) -> Tensor:
    """Slopes begin at 2^0 instead of 2^(-8/H): every head has that of the head before it."""
    slopes = torch.cat([torch.ones(1, dtype=torch.float64), _slopes(heads)[:-1]])
    return _bias(slopes, _distance(query_positions, key_positions), dtype)


@implements(
    "alibi",
    form="elementwise",
    name="alibi-geometric-for-any-heads",
    source="https://github.com/ml-explore/mlx/issues/343",
)
def geometric_for_any_heads(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = FLOAT
) -> Tensor:
    """One geometric sequence of slopes, also where the number of heads is no power of two."""
    slopes = 2.0 ** (-8 * torch.arange(1, heads + 1, dtype=torch.float64) / heads)
    return _bias(slopes, _distance(query_positions, key_positions), dtype)


@implements("alibi", form="elementwise", name="alibi-extra-slopes-not-skipped")
def extra_slopes_not_skipped(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = FLOAT
) -> Tensor:
    """Heads beyond a power of two take the first slopes of the double sequence, instead of every other one."""
    whole = 2 ** math.floor(math.log2(heads))
    extra = 2.0 ** (-4 * torch.arange(1, heads - whole + 1, dtype=torch.float64) / whole)
    return _bias(torch.cat([_slopes(heads)[:whole], extra]), _distance(query_positions, key_positions), dtype)


@implements(
    "alibi",
    form="elementwise",
    name="alibi-sign-flipped",
    source="https://github.com/meta-pytorch/attention-gym/pull/86",
)
def sign_flipped(query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = FLOAT) -> Tensor:
    """The bias is added with the wrong sign: distant keys are rewarded."""
    return _bias(-_slopes(heads), _distance(query_positions, key_positions), dtype)


@implements("alibi", form="elementwise", name="alibi-signed-distance")
def signed_distance(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = FLOAT
) -> Tensor:
    """Distances keep their sign: keys ahead of the query are rewarded."""
    signed = query_positions.double()[:, None] - key_positions.double()
    return _bias(_slopes(heads), signed, dtype)


@implements(
    "alibi",
    form="elementwise",
    name="alibi-query-from-zero",
    source="https://github.com/keras-team/keras-hub/issues/2861",
)
def query_from_zero(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = FLOAT
) -> Tensor:
    """Queries are counted from 0 in every call, so that a decoded token stands at the beginning."""
    counted = torch.arange(len(query_positions))
    return _bias(_slopes(heads), _distance(counted, key_positions), dtype)


@implements(
    "alibi",
    form="elementwise",
    name="alibi-distances-in-bfloat16",
    source="https://github.com/Dao-AILab/flash-attention/issues/845",
)
def distances_in_bfloat16(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = FLOAT
) -> Tensor:
    """Distances are held in bfloat16: keys further than 256 tokens share theirs."""
    return _bias(_slopes(heads), _distance(query_positions, key_positions).bfloat16().double(), dtype)


@implements("alibi", form="elementwise", name="alibi-slopes-reversed")
def slopes_reversed(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = FLOAT
) -> Tensor:
    """The slopes are handed to the heads in reverse: the last head has the steepest."""
    return _bias(_slopes(heads).flip(0), _distance(query_positions, key_positions), dtype)
