"""DeBERTa's disentangled attention: the paper in three forms, and the published code of both versions.

No form uses another, or anything that another uses.
"""

from typing import Final

import torch
import torch.nn.functional as functional
from torch import Tensor

from impls import implements
from impls.expect import expect_contents, expect_rows, expect_whole

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("deberta", form="naive", name="deberta-naive", dtypes=DTYPES, strict=True)
def naive(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """Pair by pair: q . k + q . K[delta(m, n)] + k . Q[delta(n, m)], delta in its three cases."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(position_queries, 2 * position_buckets, q.shape[-1])
    expect_rows(position_keys, 2 * position_buckets, q.shape[-1])

    def delta(i: int, j: int) -> int:
        if i - j <= -position_buckets:
            return 0
        return 2 * position_buckets - 1 if i - j >= position_buckets else i - j + position_buckets

    expect_whole(query_positions, key_positions)
    places = [(m, n) for m in query_positions.long().tolist() for n in key_positions.long().tolist()]
    shape = (len(query_positions), len(key_positions), -1)
    there = position_keys[[delta(m, n) for m, n in places]].reshape(shape)
    back = position_queries[[delta(n, m) for m, n in places]].reshape(shape)
    met = torch.einsum("...md,mnd->...mn", q, there) + torch.einsum("...nd,mnd->...mn", k, back)
    return torch.einsum("...md,...nd->...mn", q, k) + met


@implements("deberta", form="gather", name="deberta-gather", dtypes=DTYPES, strict=True)
def gather(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """Queries and keys meet every row once; each takes those of its distances, keys in a matrix (nk, nq)."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(position_queries, 2 * position_buckets, q.shape[-1])
    expect_rows(position_keys, 2 * position_buckets, q.shape[-1])
    expect_whole(query_positions, key_positions)
    behind = query_positions.long()[:, None] - key_positions.long()
    last = 2 * position_buckets - 1
    there = torch.clamp(behind + position_buckets, 0, last)
    back = torch.clamp(position_buckets - behind.T, 0, last)
    of_queries, of_keys = q @ position_keys.T, k @ position_queries.T
    content_to_position = of_queries.gather(-1, there.expand(*of_queries.shape[:-2], *there.shape))
    position_to_content = of_keys.gather(-1, back.expand(*of_keys.shape[:-2], *back.shape))
    return q @ k.mT + content_to_position + position_to_content.mT


@implements("deberta", form="one-hot", name="deberta-one-hot", dtypes=DTYPES, strict=True)
def one_hot(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """Rows are chosen by products with a single one, and meet contents coordinate by coordinate."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(position_queries, 2 * position_buckets, q.shape[-1])
    expect_rows(position_keys, 2 * position_buckets, q.shape[-1])
    distances = torch.arange(-position_buckets, position_buckets, device=q.device)

    def chosen(table: Tensor, one: Tensor, other: Tensor) -> Tensor:
        nearest = (one[:, None, None] - other[:, None] - distances).abs().argmin(-1)
        return functional.one_hot(nearest, len(distances)).to(table.dtype) @ table

    expect_whole(query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    there, back = chosen(position_keys, m, n), chosen(position_queries, n, m).transpose(0, 1)
    return (torch.matmul(q, k.mT) + (q.unsqueeze(-2) * there).sum(-1)) + (k.unsqueeze(-3) * back).sum(-1)


@implements(
    "deberta",
    form="published-code",
    name="deberta-same-index",
    convention="same-index",
    source="https://github.com/microsoft/DeBERTa/issues/162",
    dtypes=DTYPES,
    strict=True,
)
def same_index(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
    position_buckets: int = 256,
) -> Tensor:
    """Keys look up the negated distance in a matrix of (queries, keys) that is turned only afterwards."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(position_queries, 2 * position_buckets, q.shape[-1])
    expect_rows(position_keys, 2 * position_buckets, q.shape[-1])
    expect_whole(query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    last = len(position_keys) - 1
    rows = torch.arange(len(m), device=q.device)[:, None]
    met = (q @ position_keys.mT)[..., rows, (m[:, None] - n + position_buckets).clamp(0, last)]
    negated = (position_buckets - (n[:, None] - m)).clamp(0, last)
    met_back = (k @ position_queries.mT)[..., torch.arange(len(n), device=q.device)[:, None], negated]
    return q @ k.mT + met + met_back.transpose(-1, -2)


@implements(
    "deberta",
    form="published-code",
    name="deberta-log-buckets",
    convention="log-buckets",
    source="https://github.com/microsoft/DeBERTa",
    dtypes=DTYPES,
    strict=True,
)
def log_buckets(
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
    """Distances beyond half the buckets are rounded up on a logarithmic scale; both sides take the same row."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(position_queries, 2 * position_buckets, q.shape[-1])
    expect_rows(position_keys, 2 * position_buckets, q.shape[-1])
    expect_whole(query_positions, key_positions)
    behind = query_positions.long().unsqueeze(1) - key_positions.long()
    middle = position_buckets // 2
    ratio = behind.abs().clamp(min=middle).double() / middle
    scale = torch.tensor((max_relative_positions - 1) / middle, dtype=torch.float64, device=q.device).log()
    beyond = middle + torch.ceil(ratio.log() / scale * (middle - 1)).long()
    bucket = torch.where(behind.abs() <= middle, behind, beyond * behind.sign())
    row = (bucket + position_buckets).clamp(0, 2 * position_buckets - 1)
    contents = torch.einsum("...md,...nd->...mn", q, k)
    met = torch.einsum("...md,mnd->...mn", q, position_keys[row])
    return contents + met + torch.einsum("...nd,mnd->...mn", k, position_queries[row])


@implements(
    "deberta", form="one-hot", name="deberta-log-buckets-one-hot", convention="log-buckets", dtypes=DTYPES, strict=True
)
def log_buckets_one_hot(
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
    """The largest distance of every bucket is found in whole numbers; a distance falls in the first that holds it."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(position_queries, 2 * position_buckets, q.shape[-1])
    expect_rows(position_keys, 2 * position_buckets, q.shape[-1])
    middle, farthest = position_buckets // 2, max_relative_positions - 1
    ends = list(range(middle + 1))
    for t in range(1, middle):
        end = int(ends[-1])
        while (end + 1) ** (middle - 1) * middle**t <= farthest**t * middle ** (middle - 1):
            end += 1
        ends.append(end)
    expect_whole(query_positions, key_positions)
    behind = torch.sub(query_positions.long()[:, None], key_positions.long())
    bucket = torch.bucketize(behind.abs(), torch.tensor(ends, device=q.device)) * behind.sign()
    first, last = torch.tensor([0, len(position_keys) - 1], device=q.device)
    row = torch.maximum(torch.minimum(bucket + position_buckets, last), first)
    chosen = functional.one_hot(row, len(position_keys)).to(q.dtype)
    keys, queries = (torch.einsum("mnr,rd->mnd", chosen, table) for table in (position_keys, position_queries))
    return torch.matmul(q, k.mT) + (q[..., :, None, :] * keys).sum(-1) + (k[..., None, :, :] * queries).sum(-1)
