"""URPE's factors in three forms: gathered, as a Toeplitz matrix of all positions, and one diagonal after the other."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect(weights: Tensor, query_positions: Tensor, key_positions: Tensor, table: Tensor, longest: int) -> None:
    """Whole positions from 0 to `longest` - 1, one for every row and column, and a table of all their offsets."""
    for positions, axis in ((query_positions, -2), (key_positions, -1)):
        if tuple(positions.shape) != (weights.shape[axis],) or bool((positions.long() != positions).any()):
            raise ValueError(
                f"positions {tuple(positions.shape)}: expected whole numbers for weights {tuple(weights.shape)}"
            )
        if bool((positions < 0).any() | (positions >= longest).any()):
            raise ValueError(f"a position lies outside 0 ... {longest - 1}; raise max_position_embeddings")
    if len(table) != 2 * longest - 1:
        raise ValueError(f"the table has {len(table)} rows; expected 2 max_position_embeddings - 1 = {2 * longest - 1}")


@implements("urpe", form="gather", name="urpe-gather", dtypes=DTYPES, strict=True)
def gather(
    weights: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
) -> Tensor:
    """Each weight times the row of its offset."""
    _expect(weights, query_positions, key_positions, table, max_position_embeddings)
    m, n = query_positions.long(), key_positions.long()
    return weights * table[m[:, None] - n + max_position_embeddings - 1].movedim(-1, 0)


@implements("urpe", form="toeplitz", name="urpe-toeplitz", dtypes=DTYPES, strict=True)
def toeplitz(
    weights: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
) -> Tensor:
    """The matrix C[i, j] = c[i - j] of all positions, as windows of the table, of which rows and columns are picked."""
    _expect(weights, query_positions, key_positions, table, max_position_embeddings)
    windows = table.T.unfold(-1, max_position_embeddings, 1)
    columns = max_position_embeddings - 1 - key_positions.long()
    return weights * windows[:, query_positions.long()][:, :, columns]


@implements("urpe", form="diagonals", name="urpe-diagonals", dtypes=DTYPES, strict=True)
def diagonals(
    weights: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
) -> Tensor:
    """A sum over the offsets that occur: the mask of their diagonal, times their factor."""
    _expect(weights, query_positions, key_positions, table, max_position_embeddings)
    offsets = query_positions.long().unsqueeze(1) - key_positions.long().unsqueeze(0)
    result = torch.zeros_like(weights)
    for offset in offsets.unique().tolist():
        factor = table[offset + max_position_embeddings - 1]
        result = result + factor[:, None, None] * (weights * (offsets == offset))
    return result
