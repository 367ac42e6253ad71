"""RoPE where the result at one place depends on another: batch rows, heads, tokens, axes that are confused."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned


@fault("rope")
def only_first_batch_row_rotated(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Only the first batch row is rotated."""
    y = turned(x, angles(positions, x.shape[-1], base))
    return torch.cat([y[:1], x[1:]]) if x.ndim == 4 else y


@fault("rope", source="https://github.com/ml-explore/mlx/issues/3795")
def single_tokens_rotated_in_first_row_only(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Of tokens that come alone, only the one in the first batch row is rotated."""
    y = turned(x, angles(positions, x.shape[-1], base))
    return torch.cat([y[:1], x[1:]]) if x.ndim == 4 and len(positions) == 1 else y


@fault("rope", source="https://github.com/turboderp/exllama/pull/101")
def positions_run_on_across_batch(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The positions of a batch row go on from where those of the row before it ended."""
    y = turned(x, angles(positions, x.shape[-1], base))
    if x.ndim < 4:
        return y
    rows = [turned(y[b], angles(torch.tensor(b * len(positions)), x.shape[-1], base)) for b in range(len(x))]
    return torch.stack(rows)


@fault("rope")
def last_head_not_rotated(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Heads are rotated two at a time: the last of an odd number stays as it is."""
    y = turned(x, angles(positions, x.shape[-1], base))
    even = x.shape[1] // 2 * 2 if x.ndim == 4 else len(x)
    return torch.cat([y[:, :even], x[:, even:]], dim=1) if x.ndim == 4 else y


@fault("rope")
def scaled_by_largest_entry(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The vectors are rounded to multiples of 1/256 of the largest entry of the whole tensor."""
    step = x.detach().abs().max() / 256
    rounded = x + ((x / step).round() * step - x).detach()
    return turned(rounded, angles(positions, x.shape[-1], base))


@fault("rope")
def mean_of_tokens_removed(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The mean over the tokens is taken off the vectors before they are rotated."""
    mean = x.double().mean(dim=-2, keepdim=True).to(x.dtype)
    return turned(x - mean, angles(positions, x.shape[-1], base))


@fault("rope")
def three_axes_taken_for_tokens_first(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A tensor of three axes is taken for (tokens, heads, dim), where (heads, tokens, dim) is meant."""
    angle = angles(positions, x.shape[-1], base)
    return turned(x, angle[: len(x), None]) if x.ndim == 3 else turned(x, angle)


@fault("rope", batched=True)
def rows_end_with_the_fourth(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Batch rows from the fifth on have the positions of the fourth."""
    if positions.ndim == 2:
        positions = positions[torch.arange(len(positions)).clamp(max=3)][:, None]
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope", batched=True)
def long_rows_share_the_first(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """From 64 tokens on every batch row has the positions of the first."""
    if positions.ndim == 2:
        positions = (positions[:1] if positions.shape[-1] >= 64 else positions)[:, None]
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope", batched=True)
def first_rows_positions_for_all(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Every batch row is rotated by the positions of the first row."""
    return turned(x, angles(positions if positions.ndim == 1 else positions[0], x.shape[-1], base))
