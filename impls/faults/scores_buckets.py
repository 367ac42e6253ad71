"""T5's bias with one mistake: a wrong bucket, a wrong direction, or a table that is read the wrong way."""

import math
from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault, fault_in


def _begins(side: int, farthest: int) -> Tensor:
    """The distances at which the buckets behind the first begin."""
    exact = side // 2
    wide = side - exact
    begins = list(range(1, exact + 1))
    for j in range(1, wide):
        begins.append(next(d for d in range(begins[-1], 10**9) if d**wide * exact**j >= farthest**j * exact**wide))
    return torch.tensor(begins)


def buckets_of(ahead: Tensor, bidirectional: bool, buckets: int, farthest: int) -> Tensor:
    """Buckets of offsets, key minus query."""
    side = buckets // 2 if bidirectional else buckets
    distance = ahead.abs() if bidirectional else (-ahead).clamp(min=0)
    near = torch.bucketize(distance, _begins(side, farthest), right=True)
    return near + side * ((ahead > 0) & bidirectional)


def ahead_of(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Key minus query, (nq, nk), of whole positions."""
    if any(bool((positions.long() != positions).any()) for positions in (query_positions, key_positions)):
        raise ValueError("positions between the integers have no bucket")
    return (key_positions[None, :] - query_positions[:, None]).long()


def picked(table: Tensor, buckets: Tensor) -> Tensor:
    """The number of every bucket (nq, nk) for every head, (heads, nq, nk)."""
    return table[buckets].permute(2, 0, 1)


RIGHT: Steps = {"ahead": ahead_of, "buckets": buckets_of, "picked": picked}


def _bias(
    wrong: Steps,
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    steps = RIGHT | wrong
    ahead = steps["ahead"](query_positions, key_positions)
    found: Tensor = steps["picked"](table, steps["buckets"](ahead, bidirectional, num_buckets, max_distance))
    return found


t5_with = partial(fault_in, _bias, encoding="t5-bias")


@t5_with("ahead", name="t5-query-minus-key")
def _query_minus_key(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """The offset is query minus key: keys behind have the buckets of keys ahead."""
    return ahead_of(key_positions, query_positions).T


@t5_with("buckets", name="t5-boundary-one-late")
def _one_late(ahead: Tensor, bidirectional: bool, buckets: int, farthest: int) -> Tensor:
    """Wide buckets begin one distance late: a boundary belongs to the bucket before it."""
    side = buckets // 2 if bidirectional else buckets
    nearer = torch.where(ahead.abs() > side // 2, ahead - ahead.sign(), ahead)
    return buckets_of(nearer, bidirectional, buckets, farthest)


@t5_with("buckets", name="t5-always-bidirectional")
def _always_bidirectional(ahead: Tensor, bidirectional: bool, buckets: int, farthest: int) -> Tensor:
    """The flag of the decoder is ignored: its buckets are split between keys behind and keys ahead as well."""
    return buckets_of(ahead, True, buckets, farthest)


@fault("t5-bias", name="t5-never-bidirectional")
def never_bidirectional(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """The encoder buckets like the decoder: all keys ahead share the bucket of the distance 0."""
    return picked(table, buckets_of(ahead_of(query_positions, key_positions), False, num_buckets, max_distance))


@t5_with("buckets", name="t5-logarithm-in-bfloat16")
def _logarithm_in_bfloat16(ahead: Tensor, bidirectional: bool, buckets: int, farthest: int) -> Tensor:
    """Buckets are found by a logarithm in bfloat16, which rounds distances across their boundaries."""
    side = buckets // 2 if bidirectional else buckets
    distance, exact = ahead.abs() if bidirectional else (-ahead).clamp(min=0), side // 2
    grown = torch.log(distance.clamp(min=1).bfloat16() / exact) / math.log(farthest / exact) * (side - exact)
    far = (exact + grown.long()).clamp(max=side - 1)
    return torch.where(distance < exact, distance, far) + side * ((ahead > 0) & bidirectional)


@fault("t5-bias", name="t5-linear-buckets", source="https://github.com/huggingface/candle/pull/727")
def linear_buckets(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
) -> Tensor:
    """Every distance has a bucket of its own until they run out."""
    ahead = ahead_of(query_positions, key_positions)
    side = num_buckets // 2 if bidirectional else num_buckets
    distance = ahead.abs() if bidirectional else (-ahead).clamp(min=0)
    return picked(table, distance.clamp(max=side - 1) + side * ((ahead > 0) & bidirectional))


@t5_with("ahead", name="t5-query-from-zero", source="https://github.com/huggingface/candle/pull/899")
def _from_zero(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Queries are counted from 0 in every call, so that a decoded token stands at the beginning."""
    return ahead_of(torch.arange(len(query_positions)), key_positions)


@t5_with("picked", name="t5-table-at-most-eight")
def _at_most_eight(table: Tensor, buckets: Tensor) -> Tensor:
    """Numbers of the table that are larger than 8 are cut off."""
    return picked(table.clamp(-8, 8), buckets)
