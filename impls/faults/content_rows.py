"""Forms in query and key with one mistake, in which row of a learned table meets what: Shaw, DeBERTa, TUPE."""

import math

import torch
from torch import Tensor

from impls import implements
from impls.contents import expect_contents, whole


def _behind(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """m - n, whole numbers, (nq, nk)."""
    expect_contents(q, k, query_positions, key_positions)
    return whole(query_positions)[:, None] - whole(key_positions)


def _met(x: Tensor, table: Tensor, rows: Tensor) -> Tensor:
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
    behind = _behind(q, k, query_positions, key_positions)
    return q @ k.mT + _met(q, table, _clip(behind, max_relative_position))


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
    ahead = -_behind(q, k, query_positions, key_positions)
    return q @ k.mT + _met(q, table, _clip(ahead.clamp(max=max_relative_position - 1), max_relative_position))


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
    ahead = -_behind(q, k, query_positions, key_positions)
    return q @ k.mT + _met(q, table, (ahead + max_relative_position) % len(table))


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
    behind = _behind(q, k, query_positions, key_positions)
    return q @ k.mT + _met(q, table, _clip(behind.abs(), max_relative_position))


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
    expect_contents(q, k, query_positions, key_positions)
    ahead = torch.arange(len(key_positions)) - torch.arange(len(query_positions))[:, None]
    return q @ k.mT + _met(q, table, _clip(ahead, max_relative_position))


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
    behind = _behind(q, k, query_positions, key_positions)
    return q @ k.mT + _met(k, table, _clip(-behind.T, max_relative_position)).mT


def _delta(behind: Tensor, buckets: int) -> Tensor:
    return (behind + buckets).clamp(0, 2 * buckets - 1)


@implements(
    "deberta",
    form="gather",
    name="deberta-one-index-for-both",
    source="https://github.com/microsoft/DeBERTa/issues/162",
)
def one_index_for_both(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """The key takes the row delta(m, n), as the query does, where delta(n, m) is meant."""
    behind = _behind(q, k, query_positions, key_positions)
    rows = _delta(behind, position_buckets)
    return q @ k.mT + _met(q, table, rows) + _met(k, table, rows.T).mT


@implements(
    "deberta",
    form="gather",
    name="deberta-query-takes-the-negated",
    source="https://github.com/nntrainer/nntrainer/pull/3982",
)
def query_takes_the_negated(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """Both rows are those of the negated distance: the query takes delta(n, m) and the key delta(m, n)."""
    behind = _behind(q, k, query_positions, key_positions)
    there, back = _delta(-behind, position_buckets), _delta(behind, position_buckets)
    return q @ k.mT + _met(q, table, there) + _met(k, table, back.T).mT


@implements("deberta", form="gather", name="deberta-last-row-left-out")
def last_row_left_out(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """Distances are cut off symmetrically, to b - 2 instead of b - 1: the last row is never used."""
    behind = _behind(q, k, query_positions, key_positions).clamp(-position_buckets, position_buckets - 2)
    there, back = _delta(behind, position_buckets), _delta(-behind, position_buckets)
    return q @ k.mT + _met(q, table, there) + _met(k, table, back.T).mT


@implements(
    "deberta",
    form="gather",
    name="deberta-position-to-content-dropped",
    source="https://github.com/huggingface/transformers/issues/14621",
)
def position_to_content_dropped(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """The term in which the key's content meets a position is left out."""
    behind = _behind(q, k, query_positions, key_positions)
    return q @ k.mT + _met(q, table, _delta(behind, position_buckets))


@implements("deberta", form="gather", name="deberta-divided-by-sqrt-3")
def divided_by_sqrt_3(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """The logits come back divided by the square root of 3, for the three terms."""
    behind = _behind(q, k, query_positions, key_positions)
    there, back = _delta(behind, position_buckets), _delta(-behind, position_buckets)
    return (q @ k.mT + _met(q, table, there) + _met(k, table, back.T).mT) / math.sqrt(3)


@implements("deberta", form="gather", convention="log-buckets", name="deberta-logarithm-rounded-down")
def logarithm_rounded_down(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    position_buckets: int = 256,
    max_relative_positions: int = 512,
) -> Tensor:
    """The logarithm of a distance is rounded down to its bucket, where it should be rounded up."""
    behind, middle = _behind(q, k, query_positions, key_positions), position_buckets // 2
    ratio = behind.abs().clamp(min=middle).double() / middle
    steps = (ratio.log() / math.log((max_relative_positions - 1) / middle) * (middle - 1)).floor().long()
    rows = _delta(torch.where(behind.abs() <= middle, behind, (middle + steps) * behind.sign()), position_buckets)
    return q @ k.mT + _met(q, table, rows) + _met(k, table, rows.T).mT


@implements("tupe", form="naive", name="tupe-cross-terms-kept")
def cross_terms_kept(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, table: Tensor) -> Tensor:
    """Rows are added to the contents: the cross terms of content and position come back."""
    expect_contents(q, k, query_positions, key_positions)
    return (q + table[whole(query_positions)]) @ (k + table[whole(key_positions)]).mT


@implements("tupe", form="naive", name="tupe-counted-from-the-start")
def rows_counted_from_the_start(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, table: Tensor
) -> Tensor:
    """Rows are those of the indices in the call, whatever the positions are."""
    expect_contents(q, k, query_positions, key_positions)
    return q @ k.mT + table[: q.shape[-2]] @ table[: k.shape[-2]].mT


@implements("tupe", form="naive", name="tupe-keys-one-row-on")
def keys_one_row_on(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, table: Tensor) -> Tensor:
    """Keys take the row behind theirs, and the last takes the first."""
    expect_contents(q, k, query_positions, key_positions)
    return q @ k.mT + table[whole(query_positions)] @ table[(whole(key_positions) + 1) % len(table)].mT


@implements("tupe", form="naive", name="tupe-last-row-for-all-beyond")
def last_row_for_all_beyond(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, table: Tensor
) -> Tensor:
    """Positions behind the last row are given the last row, where they should be refused."""
    expect_contents(q, k, query_positions, key_positions)
    m, n = (whole(p).clamp(0, len(table) - 1) for p in (query_positions, key_positions))
    return q @ k.mT + table[m] @ table[n].mT
