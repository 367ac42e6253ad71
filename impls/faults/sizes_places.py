"""Tables, biases, scores, weights and assignments that are right in the small, and wrong from some size on."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.content_rows import rows_met, shaw_with
from impls.faults.right import angles
from impls.faults.right_places import framed, longer, stepped
from impls.faults.scores_alibi import alibi_with, distance_of, slopes_of
from spec.definitions.placing import Segment


@fault("sinusoidal", name="size-table-5000", dtypes=("float32",))
def table_of_5000_rows(positions: Tensor, dim: int, *, base: float = 10000.0) -> Tensor:
    """The table has 5000 rows, and begins again behind them for long sequences."""
    rows = positions % 5000 if len(positions) > 5000 else positions
    angle = angles(rows, dim, base)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2).float()


@alibi_with("slopes", name="size-alibi-17-heads")
def _slopes_of_16_heads(heads: int) -> Tensor:
    """Slopes are known for 16 heads, and those of more heads go on from there."""
    return slopes_of(heads) if heads <= 16 else 2 ** (-torch.arange(1, heads + 1, dtype=torch.float64) / 2)


@alibi_with("distance", name="size-alibi-last-key")
def _last_key_of_many(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """The last of more than 512 keys has no bias."""
    found = distance_of(query_positions, key_positions)
    if len(key_positions) > 512:
        found[:, -1] = 0
    return found


@shaw_with(name="size-shaw-128-queries")
def _queries_from_the_128th(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """Queries from the 128th on meet no row of the table."""
    added = rows_met(q, k, table, ahead, reach)
    added[..., 128:, :] = 0
    return added


@fault("simple-2d", name="size-image-32-columns")
def columns_from_the_33rd(segments: Sequence[Segment]) -> Tensor:
    """Columns from the 33rd on stand at the 32nd."""
    return framed(segments, lambda h, w, i, j: stepped(h, w, i, min(j, 32)), longer)
