"""DeBERTa with one mistake: in which of the two distances is looked up, where they are cut off, or in a whole term."""

import math

import torch
from torch import Tensor

from impls import implements
from impls.faults.content_rows import behind_of, met


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
    behind = behind_of(q, k, query_positions, key_positions)
    rows = _delta(behind, position_buckets)
    return q @ k.mT + met(q, table, rows) + met(k, table, rows.T).mT


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
    behind = behind_of(q, k, query_positions, key_positions)
    there, back = _delta(-behind, position_buckets), _delta(behind, position_buckets)
    return q @ k.mT + met(q, table, there) + met(k, table, back.T).mT


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
    behind = behind_of(q, k, query_positions, key_positions).clamp(-position_buckets, position_buckets - 2)
    there, back = _delta(behind, position_buckets), _delta(-behind, position_buckets)
    return q @ k.mT + met(q, table, there) + met(k, table, back.T).mT


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
    behind = behind_of(q, k, query_positions, key_positions)
    return q @ k.mT + met(q, table, _delta(behind, position_buckets))


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
    behind = behind_of(q, k, query_positions, key_positions)
    there, back = _delta(behind, position_buckets), _delta(-behind, position_buckets)
    return (q @ k.mT + met(q, table, there) + met(k, table, back.T).mT) / math.sqrt(3)


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
    behind, middle = behind_of(q, k, query_positions, key_positions), position_buckets // 2
    ratio = behind.abs().clamp(min=middle).double() / middle
    steps = (ratio.log() / math.log((max_relative_positions - 1) / middle) * (middle - 1)).floor().long()
    rows = _delta(torch.where(behind.abs() <= middle, behind, (middle + steps) * behind.sign()), position_buckets)
    return q @ k.mT + met(q, table, rows) + met(k, table, rows.T).mT


@implements("deberta", form="gather", convention="log-buckets", name="deberta-farthest-always-512")
def farthest_always_512(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    position_buckets: int = 256,
    max_relative_positions: int = 512,
) -> Tensor:
    """The farthest distance that is asked for is ignored: buckets always reach to 512."""
    behind, middle = behind_of(q, k, query_positions, key_positions), position_buckets // 2
    ratio = behind.abs().clamp(min=middle).double() / middle
    steps = (ratio.log() / math.log(511 / middle) * (middle - 1)).ceil().long()
    rows = _delta(torch.where(behind.abs() <= middle, behind, (middle + steps) * behind.sign()), position_buckets)
    return q @ k.mT + met(q, table, rows) + met(k, table, rows.T).mT
