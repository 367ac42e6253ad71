"""Tables, biases, scores, weights and assignments that are right in the small, and wrong from some size on."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.content_rows import behind_of, met
from impls.faults.right import angles
from impls.faults.right_places import framed, longer, stepped
from spec.definitions.placing import Segment


@fault("sinusoidal", name="size-table-5000", dtypes=("float32",))
def table_of_5000_rows(positions: Tensor, dim: int, *, base: float = 10000.0) -> Tensor:
    """The table has 5000 rows, and begins again behind them for long sequences."""
    rows = positions % 5000 if len(positions) > 5000 else positions
    angle = angles(rows, dim, base)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2).float()


@fault("alibi", name="size-alibi-17-heads", dtypes=("float32",))
def slopes_of_16_heads(query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor:
    """Slopes are known for 16 heads, and those of more heads go on from there."""
    whole = 2 ** (heads.bit_length() - 1)
    steps = [*range(2, 2 * whole + 1, 2), *range(1, 2 * whole, 2)][:heads]
    right = torch.tensor([2 ** (-4 * step / whole) for step in steps], dtype=torch.float64)
    slopes = right if heads <= 16 else 2 ** (-torch.arange(1, heads + 1, dtype=torch.float64) / 2)
    distance = (query_positions.double()[:, None] - key_positions.double()).abs()
    return (-slopes[:, None, None] * distance).float()


@fault("alibi", name="size-alibi-last-key", dtypes=("float32",))
def last_key_of_many(query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor:
    """The last of more than 512 keys has no bias."""
    found = slopes_of_16_heads(query_positions, key_positions, heads)
    if len(key_positions) > 512:
        found[..., -1] = 0
    return found


@fault("shaw", name="size-shaw-128-queries")
def queries_from_the_128th(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """Queries from the 128th on meet no row of the table."""
    ahead = -behind_of(q, k, query_positions, key_positions)
    rows = ahead.clamp(-max_relative_position, max_relative_position) + max_relative_position
    added = met(q, table, rows)
    added[..., 128:, :] = 0
    return q @ k.mT + added


@fault("simple-2d", name="size-image-32-columns")
def columns_from_the_33rd(segments: Sequence[Segment]) -> Tensor:
    """Columns from the 33rd on stand at the 32nd."""
    return framed(segments, lambda h, w, i, j: stepped(h, w, i, min(j, 32)), longer)
