"""The decomposed relative positions with one mistake: in which offset meets which table, or in the query that does."""

from functools import partial

import torch
from torch import Tensor

from impls.expect import expect_contents, expect_rows
from impls.faults import Steps, fault_in
from impls.faults.content_rows import met

Window = tuple[int, int]


def _offsets(query: Tensor, key: Tensor) -> Tensor:
    """Query minus key along either axis, (nq, nk, 2)."""
    return query[:, None] - key


def _terms(q: Tensor, k: Tensor, tables: tuple[Tensor, Tensor], offsets: Tensor) -> Tensor:
    """q . r_h + q . r_w"""
    rows, columns = (offsets[..., axis] + len(tables[axis]) // 2 for axis in (0, 1))
    return met(q, tables[0], rows) + met(q, tables[1], columns)


RIGHT: Steps = {"offsets": _offsets, "terms": _terms}


def _logits(
    wrong: Steps,
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: Window = (4, 7),
) -> Tensor:
    expect_contents(q, k, query_positions, key_positions, axes=2)
    expect_rows(rel_pos_h, 2 * window_size[0] - 1, q.shape[-1])
    expect_rows(rel_pos_w, 2 * window_size[1] - 1, q.shape[-1])
    for positions in (query_positions, key_positions):
        within = (positions >= 0) & (positions < torch.tensor(window_size)) & (positions.long() == positions)
        if not bool(within.all()):
            raise ValueError(f"a position is no cell of the window of {window_size}")
    steps = RIGHT | wrong
    offsets = steps["offsets"](query_positions.long(), key_positions.long())
    met_by_query: Tensor = steps["terms"](q, k, (rel_pos_h, rel_pos_w), offsets)
    return q @ k.mT + met_by_query


wrong_grid = partial(fault_in, _logits, encoding="decomposed-2d")


@wrong_grid("offsets", name="decomposed-2d-key-minus-query")
def _key_minus_query(query: Tensor, key: Tensor) -> Tensor:
    """The offset is key minus query: the query meets the vector of the opposite offset."""
    return key - query[:, None]


@wrong_grid("offsets", name="decomposed-2d-counted-from-the-start")
def _from_the_start(query: Tensor, key: Tensor) -> Tensor:
    """Queries are taken for the first cells, row by row, wherever they stand."""
    columns = int(key[:, 1].max()) + 1
    index = torch.arange(len(query)) % len(key)
    return torch.stack([index // columns, index % columns], dim=-1)[:, None] - key


@wrong_grid("offsets", name="decomposed-2d-offsets-clamped")
def _offsets_clamped(query: Tensor, key: Tensor) -> Tensor:
    """Offsets are clamped to 15, as if no window were larger than 16 x 16."""
    return _offsets(query, key).clamp(-15, 15)


@wrong_grid("terms", name="decomposed-2d-columns-first")
def _columns_first(q: Tensor, k: Tensor, tables: tuple[Tensor, Tensor], offsets: Tensor) -> Tensor:
    """Rows take vectors of the table of columns, and columns of that of rows."""
    first, second = ((offsets[..., axis] + len(tables[1 - axis]) // 2) % len(tables[1 - axis]) for axis in (0, 1))
    return met(q, tables[1], first) + met(q, tables[0], second)


@wrong_grid("terms", name="decomposed-2d-key-meets-rows")
def _met_by_the_key(q: Tensor, k: Tensor, tables: tuple[Tensor, Tensor], offsets: Tensor) -> Tensor:
    """The vectors of the offsets meet the key, where they should meet the query."""
    return _terms(k, q, tables, offsets.transpose(0, 1)).mT


@wrong_grid("terms", name="decomposed-2d-scaled-query")
def _scaled_query(q: Tensor, k: Tensor, tables: tuple[Tensor, Tensor], offsets: Tensor) -> Tensor:
    """The query is divided by sqrt(dim) before it meets the tables, as before it meets the keys."""
    return _terms(q / q.shape[-1] ** 0.5, k, tables, offsets)


@wrong_grid("terms", name="decomposed-2d-columns-left-out")
def _columns_left_out(q: Tensor, k: Tensor, tables: tuple[Tensor, Tensor], offsets: Tensor) -> Tensor:
    """Only the offset in rows is looked up."""
    return met(q, tables[0], offsets[..., 0] + len(tables[0]) // 2)


@wrong_grid("terms", name="decomposed-2d-multiplied")
def _multiplied(q: Tensor, k: Tensor, tables: tuple[Tensor, Tensor], offsets: Tensor) -> Tensor:
    """The two vectors are multiplied coordinate by coordinate, where they should be added."""
    rows, columns = (tables[axis][offsets[..., axis] + len(tables[axis]) // 2] for axis in (0, 1))
    return torch.einsum("...md,mnd->...mn", q, rows * columns)
