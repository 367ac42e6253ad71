"""DeBERTa with one mistake: in which of the two distances is looked up, where they are cut off, or in a whole term."""

import math
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from impls.faults import Steps, fault_in
from impls.faults.content_rows import behind_of, met


class Tables(NamedTuple):
    """Positions as queries, and as keys."""

    queries: Tensor
    keys: Tensor


def _delta(behind: Tensor, buckets: int) -> Tensor:
    return (behind + buckets).clamp(0, 2 * buckets - 1)


def _both(q: Tensor, k: Tensor, tables: Tables, behind: Tensor, buckets: int) -> Tensor:
    """Content with content, with the row of the offset, and the row of the opposite offset with content."""
    there, back = _delta(behind, buckets), _delta(-behind, buckets)
    return q @ k.mT + met(q, tables.keys, there) + met(k, tables.queries, back.T).mT


def _logits(
    wrong: Steps,
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    behind = behind_of(q, k, query_positions, key_positions)
    return ({"terms": _both} | wrong)["terms"](q, k, Tables(position_queries, position_keys), behind, position_buckets)


_wrong = partial(fault_in, _logits, "terms", "deberta")


@_wrong(name="deberta-one-index-for-both", source="https://github.com/microsoft/DeBERTa/issues/162")
def _one_index_for_both(q: Tensor, k: Tensor, tables: Tables, behind: Tensor, buckets: int) -> Tensor:
    """The key takes the row delta(m, n), as the query does, where delta(n, m) is meant."""
    rows = _delta(behind, buckets)
    return q @ k.mT + met(q, tables.keys, rows) + met(k, tables.queries, rows.T).mT


@_wrong(name="deberta-query-takes-the-negated", source="https://github.com/nntrainer/nntrainer/pull/3982")
def _query_takes_the_negated(q: Tensor, k: Tensor, tables: Tables, behind: Tensor, buckets: int) -> Tensor:
    """Both rows are those of the negated distance: the query takes delta(n, m) and the key delta(m, n)."""
    return _both(q, k, tables, -behind, buckets)


@_wrong(name="deberta-last-row-left-out")
def _last_row_left_out(q: Tensor, k: Tensor, tables: Tables, behind: Tensor, buckets: int) -> Tensor:
    """Distances are cut off symmetrically, to b - 2 instead of b - 1: the last row is never used."""
    return _both(q, k, tables, behind.clamp(-buckets, buckets - 2), buckets)


@_wrong(
    name="deberta-position-to-content-dropped",
    source="https://github.com/huggingface/transformers/issues/14621",
)
def _position_to_content_dropped(q: Tensor, k: Tensor, tables: Tables, behind: Tensor, buckets: int) -> Tensor:
    """The term in which the key's content meets a position is left out."""
    return q @ k.mT + met(q, tables.keys, _delta(behind, buckets))


@_wrong(name="deberta-tables-exchanged")
def _tables_exchanged(q: Tensor, k: Tensor, tables: Tables, behind: Tensor, buckets: int) -> Tensor:
    """The query meets positions as queries, and the key positions as keys: each the table of the other."""
    return _both(q, k, Tables(tables.keys, tables.queries), behind, buckets)


@_wrong(name="deberta-keys-for-both")
def _keys_for_both(q: Tensor, k: Tensor, tables: Tables, behind: Tensor, buckets: int) -> Tensor:
    """Positions are projected as keys for both terms, where the key should meet them as queries."""
    return _both(q, k, Tables(tables.keys, tables.keys), behind, buckets)


@_wrong(name="deberta-divided-by-sqrt-3")
def _divided_by_sqrt_3(q: Tensor, k: Tensor, tables: Tables, behind: Tensor, buckets: int) -> Tensor:
    """The logits come back divided by the square root of 3, for the three terms."""
    return _both(q, k, tables, behind, buckets) / math.sqrt(3)


def _bucketed(
    wrong: Steps,
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
    position_buckets: int = 256,
    max_relative_positions: int = 512,
) -> Tensor:
    """Distances beyond the middle in buckets that grow, by how many of them each lies behind it."""
    behind, middle = behind_of(q, k, query_positions, key_positions), position_buckets // 2
    ratio = behind.abs().clamp(min=middle).double() / middle
    steps = wrong["steps"](ratio, middle, max_relative_positions).long()
    rows = _delta(torch.where(behind.abs() <= middle, behind, (middle + steps) * behind.sign()), position_buckets)
    return q @ k.mT + met(q, position_keys, rows) + met(k, position_queries, rows.T).mT


_wrong_steps = partial(fault_in, _bucketed, "steps", "deberta", convention="log-buckets")


@_wrong_steps(name="deberta-logarithm-rounded-down")
def _rounded_down(ratio: Tensor, middle: int, farthest: int) -> Tensor:
    """The logarithm of a distance is rounded down to its bucket, where it should be rounded up."""
    return (ratio.log() / math.log((farthest - 1) / middle) * (middle - 1)).floor()


@_wrong_steps(name="deberta-farthest-always-512")
def _always_512(ratio: Tensor, middle: int, farthest: int) -> Tensor:
    """The farthest distance that is asked for is ignored: buckets always reach to 512."""
    return (ratio.log() / math.log(511 / middle) * (middle - 1)).ceil()
