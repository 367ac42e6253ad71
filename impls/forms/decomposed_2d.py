"""The decomposed relative positions of ViTDet and SAM in three forms. No form uses another, or what another uses."""

from typing import Final

import torch
import torch.nn.functional as functional
from torch import Tensor

from impls import implements
from impls.expect import expect_contents, expect_rows

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: tuple[int, int],
) -> None:
    """Contents, each in a cell of the window, and a row of a table for every offset along either axis."""
    expect_contents(q, k, query_positions, key_positions, axes=2)
    expect_rows(rel_pos_h, 2 * window_size[0] - 1, q.shape[-1])
    expect_rows(rel_pos_w, 2 * window_size[1] - 1, q.shape[-1])
    for positions in (query_positions, key_positions):
        if bool((positions.long() != positions).any()):
            raise ValueError("a position between the cells has no vector; interpolate the tables instead")
        if bool((positions < 0).any() | (positions >= torch.tensor(window_size, device=positions.device)).any()):
            raise ValueError(f"a position lies outside the window of {window_size} rows and columns")


@implements("decomposed-2d", form="naive", name="decomposed-2d-naive", dtypes=DTYPES, strict=True)
def naive(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: tuple[int, int] = (4, 7),
) -> Tensor:
    """q . k + q . r_h + q . r_w, with the vectors of every pair looked up in either table."""
    _expect(q, k, query_positions, key_positions, rel_pos_h, rel_pos_w, window_size)
    m, n = query_positions.long(), key_positions.long()
    down = rel_pos_h[m[:, None, 0] - n[:, 0] + window_size[0] - 1]
    right = rel_pos_w[m[:, None, 1] - n[:, 1] + window_size[1] - 1]
    contents = torch.einsum("...md,...nd->...mn", q, k)
    return contents + torch.einsum("...md,mnd->...mn", q, down) + torch.einsum("...md,mnd->...mn", q, right)


@implements("decomposed-2d", form="gather", name="decomposed-2d-gather", dtypes=DTYPES, strict=True)
def gather(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: tuple[int, int] = (4, 7),
) -> Tensor:
    """Every query meets both tables once; a pair takes a product of each, by its offset along that axis."""
    _expect(q, k, query_positions, key_positions, rel_pos_h, rel_pos_w, window_size)
    logits = q @ k.mT
    for axis, table in enumerate((rel_pos_h, rel_pos_w)):
        apart = query_positions.select(-1, axis).unsqueeze(-1) - key_positions.select(-1, axis)
        index = apart.long() + len(table) // 2
        logits = logits + (q @ table.mT).gather(-1, index.expand(*q.shape[:-2], *index.shape))
    return logits


@implements("decomposed-2d", form="augmented", name="decomposed-2d-augmented", dtypes=DTYPES, strict=True)
def augmented(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: tuple[int, int] = (4, 7),
) -> Tensor:
    """Queries are lengthened by what they make of every row and column of keys, keys by ones where they stand.

    Which fused kernels do: q . k and both terms are one product then.
    """
    _expect(q, k, query_positions, key_positions, rel_pos_h, rel_pos_w, window_size)
    height, width = window_size
    rows, columns = torch.arange(height, device=q.device), torch.arange(width, device=q.device)
    at_rows = rel_pos_h.flip(0).unfold(0, height, 1).mT.index_select(0, height - 1 - query_positions[:, 0].long())
    at_columns = rel_pos_w.flip(0).unfold(0, width, 1).mT.index_select(0, width - 1 - query_positions[:, 1].long())
    of_rows, of_columns = (torch.matmul(each, q.unsqueeze(-1)).squeeze(-1) for each in (at_rows, at_columns))
    stands = [
        functional.one_hot(key_positions[:, axis].long(), len(cells)).to(k.dtype).expand(*k.shape[:-1], -1)
        for axis, cells in enumerate((rows, columns))
    ]
    return torch.cat([q, of_rows, of_columns], dim=-1) @ torch.cat([k, *stands], dim=-1).transpose(-1, -2)
