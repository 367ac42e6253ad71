"""Forms in query and key with one mistake, in which row of a learned table meets what: Shaw and TUPE."""

from functools import partial

import torch
from torch import Tensor

from impls.expect import expect_contents, expect_whole, expect_within
from impls.faults import Steps, fault, fault_in


def behind_of(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """m - n, whole numbers, (nq, nk)."""
    expect_contents(q, k, query_positions, key_positions)
    expect_whole(query_positions, key_positions)
    return query_positions.long()[:, None] - key_positions.long()


def met(x: Tensor, table: Tensor, rows: Tensor) -> Tensor:
    """x (..., n, dim) with the rows (n, other), (..., n, other)."""
    products = x @ table.mT
    return products.gather(-1, rows.expand(*products.shape[:-2], *rows.shape))


def clipped(offset: Tensor, reach: int) -> Tensor:
    """The rows of offsets, from the most negative on, which are cut off at both ends."""
    return offset.clamp(-reach, reach) + reach


def rows_met(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """What queries make of the rows of the offsets, (..., nq, nk)."""
    return met(q, table, clipped(ahead, reach))


def _shaw(
    wrong: Steps,
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    ahead = -behind_of(q, k, query_positions, key_positions)
    return q @ k.mT + ({"rows": rows_met} | wrong)["rows"](q, k, table, ahead, max_relative_position)


shaw_with = partial(fault_in, _shaw, "rows", "shaw")


@shaw_with(name="shaw-query-minus-key")
def _query_minus_key(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """The offset is counted from the key to the query: what lies behind takes the rows of what lies ahead."""
    return met(q, table, clipped(-ahead, reach))


@shaw_with(name="shaw-clipped-one-short")
def _clipped_one_short(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """Offsets are cut off one too early: the row of the farthest offset ahead is never used."""
    return met(q, table, clipped(ahead.clamp(max=reach - 1), reach))


@shaw_with(name="shaw-wrapped-round")
def _wrapped_round(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """Offsets are not cut off: an index beyond the table comes in again at its other end."""
    return met(q, table, (ahead + reach) % len(table))


@shaw_with(
    name="shaw-offsets-without-sign",
    source="https://github.com/lucidrains/global-self-attention-network/issues/2",
)
def _without_sign(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """Offsets lose their sign: keys before and behind the query meet the same row."""
    return met(q, table, clipped(ahead.abs(), reach))


@shaw_with(name="shaw-counted-from-the-start", source="https://github.com/huggingface/transformers/issues/19045")
def _from_the_start(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """Offsets are those of the indices in the call: a query that is decoded alone stands at 0."""
    counted = torch.arange(ahead.shape[1]) - torch.arange(ahead.shape[0])[:, None]
    return met(q, table, clipped(counted, reach))


@shaw_with(name="shaw-met-by-the-key")
def _met_by_the_key(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """The vector of the offset meets the key, where it should meet the query."""
    return met(k, table, clipped(ahead.T, reach)).mT


def _tupe(
    wrong: Steps,
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
) -> Tensor:
    expect_contents(q, k, query_positions, key_positions)
    expect_within(len(position_keys), query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    logits: Tensor = wrong["logits"](q, k, position_queries, position_keys, m, n)
    return logits


_wrong_tupe = partial(fault_in, _tupe, "logits", "tupe")


@_wrong_tupe(name="tupe-cross-terms-kept")
def _cross_terms_kept(q: Tensor, k: Tensor, queries: Tensor, keys: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Rows are added to the contents: the cross terms of content and position come back."""
    return (q + queries[m]) @ (k + keys[n]).mT


@_wrong_tupe(name="tupe-counted-from-the-start")
def _rows_from_the_start(q: Tensor, k: Tensor, queries: Tensor, keys: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Rows are those of the indices in the call, whatever the positions are."""
    return q @ k.mT + queries[: len(m)] @ keys[: len(n)].mT


@_wrong_tupe(name="tupe-keys-one-row-on")
def _keys_one_row_on(q: Tensor, k: Tensor, queries: Tensor, keys: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Keys take the row behind theirs, and the last takes the first."""
    return q @ k.mT + queries[m] @ keys[(n + 1) % len(keys)].mT


@_wrong_tupe(name="tupe-one-projection")
def _one_projection(q: Tensor, k: Tensor, queries: Tensor, keys: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Positions as queries meet positions as queries: two of them meet alike in both directions."""
    return q @ k.mT + queries[m] @ queries[n].mT


@_wrong_tupe(name="tupe-projections-exchanged")
def _projections_exchanged(q: Tensor, k: Tensor, queries: Tensor, keys: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Positions of queries are projected as keys, and those of keys as queries."""
    return q @ k.mT + keys[m] @ queries[n].mT


@fault("tupe", name="tupe-last-row-for-all-beyond")
def last_row_for_all_beyond(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
) -> Tensor:
    """Positions behind the last row are given the last row, where they should be refused."""
    expect_contents(q, k, query_positions, key_positions)
    expect_whole(query_positions, key_positions)
    m, n = (p.long().clamp(0, len(position_keys) - 1) for p in (query_positions, key_positions))
    return q @ k.mT + position_queries[m] @ position_keys[n].mT
