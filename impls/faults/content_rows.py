"""Forms in query and key with one mistake, in which row of a learned table meets what: Shaw and TUPE."""

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_contents, expect_whole, expect_within


def behind_of(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """m - n, whole numbers, (nq, nk)."""
    expect_contents(q, k, query_positions, key_positions)
    expect_whole(query_positions, key_positions)
    return query_positions.long()[:, None] - key_positions.long()


def met(x: Tensor, table: Tensor, rows: Tensor) -> Tensor:
    """x (..., n, dim) with the rows (n, other), (..., n, other)."""
    products = x @ table.mT
    return products.gather(-1, rows.expand(*products.shape[:-2], *rows.shape))


def _clip(offset: Tensor, reach: int) -> Tensor:
    return offset.clamp(-reach, reach) + reach


@implements("shaw", form="gather", name="shaw-query-minus-key")
def query_minus_key(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """The offset is counted from the key to the query: what lies behind takes the rows of what lies ahead."""
    behind = behind_of(q, k, query_positions, key_positions)
    return q @ k.mT + met(q, table, _clip(behind, max_relative_position))


@implements("shaw", form="gather", name="shaw-clipped-one-short")
def clipped_one_short(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """Offsets are cut off one too early: the row of the farthest offset ahead is never used."""
    ahead = -behind_of(q, k, query_positions, key_positions)
    return q @ k.mT + met(q, table, _clip(ahead.clamp(max=max_relative_position - 1), max_relative_position))


@implements("shaw", form="gather", name="shaw-wrapped-round")
def wrapped_round(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """Offsets are not cut off: an index beyond the table comes in again at its other end."""
    ahead = -behind_of(q, k, query_positions, key_positions)
    return q @ k.mT + met(q, table, (ahead + max_relative_position) % len(table))


@implements(
    "shaw",
    form="gather",
    name="shaw-offsets-without-sign",
    source="https://github.com/lucidrains/global-self-attention-network/issues/2",
)
def offsets_without_sign(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """Offsets lose their sign: keys before and behind the query meet the same row."""
    behind = behind_of(q, k, query_positions, key_positions)
    return q @ k.mT + met(q, table, _clip(behind.abs(), max_relative_position))


@implements(
    "shaw",
    form="gather",
    name="shaw-counted-from-the-start",
    source="https://github.com/huggingface/transformers/issues/19045",
)
def counted_from_the_start(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """Offsets are those of the indices in the call: a query that is decoded alone stands at 0."""
    like = behind_of(q, k, query_positions, key_positions)
    ahead = torch.arange(like.shape[1]) - torch.arange(like.shape[0])[:, None]
    return q @ k.mT + met(q, table, _clip(ahead, max_relative_position))


@implements("shaw", form="gather", name="shaw-met-by-the-key")
def met_by_the_key(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """The vector of the offset meets the key, where it should meet the query."""
    behind = behind_of(q, k, query_positions, key_positions)
    return q @ k.mT + met(k, table, _clip(-behind.T, max_relative_position)).mT


def _within(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, table: Tensor
) -> tuple[Tensor, Tensor]:
    """The rows of queries and keys."""
    expect_contents(q, k, query_positions, key_positions)
    expect_within(len(table), query_positions, key_positions)
    return query_positions.long(), key_positions.long()


@implements("tupe", form="naive", name="tupe-cross-terms-kept")
def cross_terms_kept(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, table: Tensor) -> Tensor:
    """Rows are added to the contents: the cross terms of content and position come back."""
    m, n = _within(q, k, query_positions, key_positions, table)
    return (q + table[m]) @ (k + table[n]).mT


@implements("tupe", form="naive", name="tupe-counted-from-the-start")
def rows_counted_from_the_start(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, table: Tensor
) -> Tensor:
    """Rows are those of the indices in the call, whatever the positions are."""
    m, n = _within(q, k, query_positions, key_positions, table)
    return q @ k.mT + table[: len(m)] @ table[: len(n)].mT


@implements("tupe", form="naive", name="tupe-keys-one-row-on")
def keys_one_row_on(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, table: Tensor) -> Tensor:
    """Keys take the row behind theirs, and the last takes the first."""
    m, n = _within(q, k, query_positions, key_positions, table)
    return q @ k.mT + table[m] @ table[(n + 1) % len(table)].mT


@implements("tupe", form="naive", name="tupe-last-row-for-all-beyond")
def last_row_for_all_beyond(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, table: Tensor
) -> Tensor:
    """Positions behind the last row are given the last row, where they should be refused."""
    expect_contents(q, k, query_positions, key_positions)
    expect_whole(query_positions, key_positions)
    m, n = (p.long().clamp(0, len(table) - 1) for p in (query_positions, key_positions))
    return q @ k.mT + table[m] @ table[n].mT
