"""What is compared by scores or by their softmax, right in the small, and wrong from some size on."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned
from impls.faults.scores_alibi import slopes_of


@fault("rope", name="size-tokens-600-under-softmax", dtypes=("float32",), compare="softmax")
def last_of_600_tokens(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The last of more than 600 tokens does not turn, where the others stand one place too far."""
    angle = angles(positions + 1, x.shape[-1], base)
    if len(positions) > 600:
        angle[-1] = 0
    return turned(x, angle)


@fault("sinusoidal", name="size-table-5000-under-score", dtypes=("float32",), compare="score")
def table_of_5000_rows(positions: Tensor, dim: int, *, base: float = 10000.0) -> Tensor:
    """The table has 5000 rows, cosines before sines, and begins again behind them for long sequences."""
    rows = positions % 5000 if len(positions) > 5000 else positions
    angle = angles(rows, dim, base)
    return torch.cat([angle.cos(), angle.sin()], dim=-1).float()


@fault("alibi", name="size-alibi-17-heads-under-softmax", dtypes=("float32",), compare="softmax")
def slopes_of_16_heads(query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor:
    """Slopes are known for 16 heads, and those of more heads begin again, on rows that are moved."""
    slopes = slopes_of(heads)[torch.arange(heads) % 16]
    m, n = query_positions.double()[:, None], key_positions.double()
    return (slopes[:, None, None] * (m - (m - n).abs())).float()
