"""Shaw's relative positions in four forms. No form uses another, or anything that another uses."""

from typing import Final

import torch
import torch.nn.functional as functional
from torch import Tensor

from impls import implements
from impls.expect import expect_consecutive, expect_contents, expect_rows, expect_whole

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("shaw", form="naive", name="shaw-naive", dtypes=DTYPES, strict=True)
def naive(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """Query by query: the keys, each with the vector of its offset added, meet the query."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(table, 2 * max_relative_position + 1, q.shape[-1])
    expect_whole(query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    rows = []
    for i in range(len(m)):
        offsets = (n - m[i]).clamp(-max_relative_position, max_relative_position)
        vectors = table[offsets + max_relative_position]
        query = q[..., i, :, None]
        rows.append((k @ query + vectors @ query).squeeze(-1))
    return torch.stack(rows, dim=-2)


@implements("shaw", form="gather", name="shaw-gather", dtypes=DTYPES, strict=True)
def gather(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """Every query meets every vector of the table once; from these products, each pair takes that of its offset."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(table, 2 * max_relative_position + 1, q.shape[-1])
    expect_whole(query_positions, key_positions)
    offsets = key_positions.long()[None, :] - query_positions.long()[:, None]
    first, last = torch.tensor([0, len(table) - 1], device=q.device)
    index = torch.minimum(torch.maximum(offsets + max_relative_position, first), last)
    products = q @ table.mT
    return q @ k.mT + products.gather(-1, index.expand(*products.shape[:-2], *index.shape))


@implements("shaw", form="one-hot", name="shaw-one-hot", dtypes=DTYPES, strict=True)
def one_hot(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """The row of an offset is chosen by a product with zeros and a single one."""
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(table, 2 * max_relative_position + 1, q.shape[-1])
    rows = torch.arange(-max_relative_position, max_relative_position + 1, device=q.device)
    expect_whole(query_positions, key_positions)
    offsets = torch.sub(key_positions.long(), query_positions.long()[:, None])
    nearest = (offsets[..., None] - rows).abs().argmin(dim=-1)
    chosen = functional.one_hot(nearest, len(rows)).to(q.dtype)
    vectors = torch.einsum("mnr,rd->mnd", chosen, table)
    return torch.einsum("...md,...nd->...mn", q, k) + torch.einsum("...md,mnd->...mn", q, vectors)


@implements("shaw", form="skewed", name="shaw-skewed", positions="contiguous", dtypes=DTYPES, strict=True)
def skewed(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """Every query meets the vectors of all offsets in a row; row i of the products is then moved by i places.

    A column of zeros is put before them, and the whole is read again with one row more: no offset is looked up twice.
    """
    expect_contents(q, k, query_positions, key_positions)
    expect_rows(table, 2 * max_relative_position + 1, q.shape[-1])
    expect_consecutive(query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    queries, keys = len(m), len(n)
    offsets = torch.arange(queries + keys - 1, device=q.device) + int(n[0] - m[-1])
    vectors = table[offsets.clamp(min=-max_relative_position).clamp(max=max_relative_position) + max_relative_position]
    products = functional.pad(torch.einsum("...md,rd->...mr", q, vectors), (1, 0))
    moved: Tensor = products.flatten(-2)[..., queries:].unflatten(-1, (queries, -1))[..., :keys]
    return torch.matmul(q, k.transpose(-1, -2)) + moved
