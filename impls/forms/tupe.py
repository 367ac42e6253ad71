"""The untied absolute positions of TUPE in four forms. No form uses another, or anything that another uses."""

from typing import Final

import torch
import torch.nn.functional as functional
from torch import Tensor

from impls import implements
from impls.expect import expect_contents, expect_within

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("tupe", form="naive", name="tupe-naive", dtypes=DTYPES, strict=True)
def naive(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
) -> Tensor:
    """q . k + Q_m . K_n, the two products one after the other."""
    expect_contents(q, k, query_positions, key_positions)
    expect_within(len(position_keys), query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    return q @ k.mT + position_queries[m] @ position_keys[n].mT


@implements("tupe", form="augmented", name="tupe-augmented", dtypes=DTYPES, strict=True)
def augmented(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
) -> Tensor:
    """One product of lengthened vectors, [q; Q_m] . [k; K_n]."""
    expect_contents(q, k, query_positions, key_positions)
    expect_within(len(position_keys), query_positions, key_positions)
    sides = ((q, query_positions, position_queries), (k, key_positions, position_keys))
    lengthened = [
        torch.cat([x, table.index_select(0, positions.long()).expand_as(x)], dim=-1) for x, positions, table in sides
    ]
    return torch.einsum("...md,...nd->...mn", *lengthened)


@implements("tupe", form="gather", name="tupe-gather", dtypes=DTYPES, strict=True)
def gather(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
) -> Tensor:
    """The products of all rows are made once, for every layer and batch; pairs look up theirs."""
    expect_contents(q, k, query_positions, key_positions)
    expect_within(len(position_keys), query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    products = torch.matmul(position_queries, position_keys.transpose(0, 1))
    return torch.matmul(q, k.transpose(-1, -2)) + products[m][:, n]


@implements("tupe", form="one-hot", name="tupe-one-hot", dtypes=DTYPES, strict=True)
def one_hot(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
) -> Tensor:
    """Rows are chosen by products with zeros and a single one."""
    expect_contents(q, k, query_positions, key_positions)
    expect_within(len(position_keys), query_positions, key_positions)
    at_query, at_key = (
        torch.einsum("nr,rd->nd", functional.one_hot(p.long(), len(table)).to(table.dtype), table)
        for p, table in ((query_positions, position_queries), (key_positions, position_keys))
    )
    return torch.einsum("...md,...nd->...mn", q, k) + torch.einsum("md,nd->mn", at_query, at_key)
