"""ALiBi that is not: wrong slopes, wrong distances, or a bias that forgets where the query stands."""

import math
from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault_in


def slopes_of(heads: int) -> Tensor:
    """The slopes of the published code, float64, shape (heads,)."""
    whole = 2 ** math.floor(math.log2(heads))
    steps = [*range(2, 2 * whole + 1, 2), *range(1, 2 * whole, 2)][:heads]
    return torch.tensor([2 ** (-4 * step / whole) for step in steps], dtype=torch.float64)


def distance_of(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """|m - n|, float64, (nq, nk)."""
    return (query_positions.double()[:, None] - key_positions.double()).abs()


RIGHT: Steps = {"slopes": slopes_of, "distance": distance_of}


def _bias(
    wrong: Steps, query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    steps = RIGHT | wrong
    slopes: Tensor = steps["slopes"](heads)
    distance: Tensor = steps["distance"](query_positions, key_positions)
    return (-slopes[:, None, None] * distance).to(dtype)


alibi_with = partial(fault_in, _bias, encoding="alibi")


@alibi_with("slopes", name="alibi-slopes-one-head-on")
def _one_head_on(heads: int) -> Tensor:
    """Slopes begin at 2^0 instead of 2^(-8/H): every head has that of the head before it."""
    return torch.cat([torch.ones(1, dtype=torch.float64), slopes_of(heads)[:-1]])


@alibi_with("slopes", name="alibi-geometric-for-any-heads", source="https://github.com/ml-explore/mlx/issues/343")
def _geometric_for_any_heads(heads: int) -> Tensor:
    """One geometric sequence of slopes, also where the number of heads is no power of two."""
    return 2.0 ** (-8 * torch.arange(1, heads + 1, dtype=torch.float64) / heads)


@alibi_with("slopes", name="alibi-extra-slopes-not-skipped")
def _extra_slopes_not_skipped(heads: int) -> Tensor:
    """Heads beyond a power of two take the first slopes of the double sequence, instead of every other one."""
    whole = 2 ** math.floor(math.log2(heads))
    extra = 2.0 ** (-4 * torch.arange(1, heads - whole + 1, dtype=torch.float64) / whole)
    return torch.cat([slopes_of(heads)[:whole], extra])


@alibi_with("slopes", name="alibi-sign-flipped", source="https://github.com/meta-pytorch/attention-gym/pull/86")
def _sign_flipped(heads: int) -> Tensor:
    """The bias is added with the wrong sign: distant keys are rewarded."""
    return -slopes_of(heads)


@alibi_with("distance", name="alibi-signed-distance")
def _signed(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Distances keep their sign: keys ahead of the query are rewarded."""
    return query_positions.double()[:, None] - key_positions.double()


@alibi_with("distance", name="alibi-query-from-zero", source="https://github.com/keras-team/keras-hub/issues/2861")
def _query_from_zero(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Queries are counted from 0 in every call, so that a decoded token stands at the beginning."""
    return distance_of(torch.arange(len(query_positions)), key_positions)


@alibi_with(
    "distance",
    name="alibi-distances-in-bfloat16",
    source="https://github.com/Dao-AILab/flash-attention/issues/845",
)
def _in_bfloat16(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Distances are held in bfloat16: keys further than 256 tokens share theirs."""
    return distance_of(query_positions, key_positions).bfloat16().double()


@alibi_with("slopes", name="alibi-slopes-reversed")
def _reversed(heads: int) -> Tensor:
    """The slopes are handed to the heads in reverse: the last head has the steepest."""
    return slopes_of(heads).flip(0)
