"""Right results with wrong gradients: of keys, of what is learned, of contents and weights, and of what does not turn.

Where only the rest of a tensor is wrong, that is for a layout in memory, for positions of every row, or under autocast.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from impls.expect import expect_contents, expect_pairs
from impls.faults import fault
from impls.faults.content_rows import behind_of, rows_met, shaw_with
from impls.faults.partial_rope import rotated_size
from impls.faults.right import angles, turned
from impls.faults.scores_buckets import picked, t5_with


class _Turned(torch.autograd.Function):
    """Vectors turned by their angles; what becomes of the gradient is `back(upstream, angle)`."""

    @staticmethod
    def forward(context: Any, x: Tensor, angle: Tensor, back: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        context.save_for_backward(angle)
        context.back = back
        return turned(x, angle)

    @staticmethod
    def backward(context: Any, *upstream: Tensor) -> tuple[Tensor, None, None]:
        (angle,) = context.saved_tensors
        return context.back(upstream[0], angle), None, None


def _turned_back(back: Callable[[Tensor, Tensor], Tensor], x: Tensor, positions: Tensor, base: float) -> Tensor:
    apply: Callable[..., Tensor] = _Turned.apply
    return apply(x, angles(positions, x.shape[-1], base), back)


@fault("rope", name="gradient-of-keys-turned-forward")
def keys_turned_forward(x: Tensor, positions: Tensor, role: str, *, base: float = 10000.0) -> Tensor:
    """The backward pass of keys turns the gradient forward; that of queries turns it back."""
    sign = 1 if role == "key" else -1
    return _turned_back(lambda upstream, angle: turned(upstream, sign * angle), x, positions, base)


@fault("rope", name="gradient-of-strided-upstream")
def upstream_as_it_lies(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The backward pass ignores the strides of what comes back, as if its numbers lay one behind the other."""

    def back(upstream: Tensor, angle: Tensor) -> Tensor:
        steps = torch.empty(upstream.shape, device="meta").stride()
        return turned(upstream.as_strided(upstream.shape, steps), -angle)

    return _turned_back(back, x, positions, base)


@fault("rope", name="gradient-of-tokens-from-128-on")
def first_tokens_turned_back(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The backward pass turns back the first 128 tokens alone: one block of a kernel."""

    def back(upstream: Tensor, angle: Tensor) -> Tensor:
        first = turned(upstream[..., :128, :], -angle[..., :128, :])
        return torch.cat([first, upstream[..., 128:, :]], dim=-2)

    return _turned_back(back, x, positions, base)


@fault("rope", name="gradient-of-coordinates-from-128-on")
def first_coordinates_turned_back(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The backward pass turns back the first 128 coordinates alone."""

    def back(upstream: Tensor, angle: Tensor) -> Tensor:
        return torch.cat([turned(upstream, -angle)[..., :128], upstream[..., 128:]], dim=-1)

    return _turned_back(back, x, positions, base)


def _joined(x: Tensor, rest: Tensor, positions: Tensor, size: int, base: float) -> Tensor:
    angle = angles(positions, size, base)
    angle = angle[:, None] if positions.ndim > 1 else angle
    return torch.cat([turned(x[..., :size], angle), rest], dim=-1)


@fault("partial-rope", name="partial-rest-without-gradient")
def rest_without_gradient(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """No gradient reaches the coordinates behind the rotated part."""
    size = rotated_size(x.shape[-1], rotary_dim)
    return _joined(x, x[..., size:].detach(), positions, size, base)


@fault("partial-rope", name="partial-rest-of-strided-vectors")
def rest_of_strided_vectors(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Where vectors do not lie one behind the other, the coordinates behind the rotated part are zeros."""
    size = rotated_size(x.shape[-1], rotary_dim)
    return _joined(x, x[..., size:] * x.is_contiguous(), positions, size, base)


@fault("partial-rope", name="partial-rest-of-the-first-row", batched=True)
def rest_of_the_first_row(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Where every row has positions of its own, all have the rest of the first row."""
    size = rotated_size(x.shape[-1], rotary_dim)
    rest = x[..., size:]
    return _joined(x, rest[:1].expand(rest.shape) if positions.ndim > 1 else rest, positions, size, base)


@fault("partial-rope", name="partial-rest-dropped-under-autocast")
def rest_dropped_under_autocast(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Under autocast the coordinates behind the rotated part are zeros."""
    size = rotated_size(x.shape[-1], rotary_dim)
    return _joined(x, x[..., size:] * (not torch.is_autocast_enabled("cpu")), positions, size, base)


@t5_with("picked", name="t5-trained-by-the-first-keys")
def trained_by_the_first_keys(table: Tensor, buckets: Tensor) -> Tensor:
    """The gradient of the table comes from the first 64 keys alone: one block of a kernel."""
    values = picked(table, buckets)
    return torch.cat([values[..., :64], values[..., 64:].detach()], dim=-1)


@t5_with("picked", name="t5-first-bucket-not-trained")
def _first_bucket_not_trained(table: Tensor, buckets: Tensor) -> Tensor:
    """No gradient reaches the first row of the table, as if it were padding."""
    return picked(torch.cat([table[:1].detach(), table[1:]]), buckets)


@fault("transformer-xl", name="transformer-xl-position-bias-half-trained")
def position_bias_half_trained(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """The vector that meets positions gets half of its gradient."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    found = angles(query_positions.double()[:, None] - key_positions.double(), q.shape[-1], base)
    rows = torch.stack([found.sin(), found.cos()], dim=-1).flatten(-2).to(q.dtype)
    half = (position_bias + position_bias.detach()) / 2
    positions = torch.einsum("...md,mnd->...mn", q + half.unsqueeze(-2), rows)
    return (q + content_bias.unsqueeze(-2)) @ k.mT + positions


@shaw_with(name="shaw-query-half-trained")
def _query_half_trained(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """The gradient of queries is that of their products with keys alone."""
    return rows_met(q.detach(), k, table, ahead, reach)


@fault("shaw", name="shaw-keys-not-trained")
def keys_not_trained(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """No gradient reaches the keys."""
    ahead = -behind_of(q, k, query_positions, key_positions)
    return q @ k.detach().mT + rows_met(q, k, table, ahead, max_relative_position)


class _LastOnly(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, table: Tensor, positions: Tensor) -> Tensor:
        context.save_for_backward(positions)
        context.rows = len(table)
        return table[positions]

    @staticmethod
    def backward(context: Any, *upstream: Tensor) -> tuple[Tensor, None]:
        (positions,) = context.saved_tensors
        found = upstream[0].new_zeros(context.rows, upstream[0].shape[-1])
        found[positions] = upstream[0]
        return found, None


@fault("learned", name="learned-gradient-of-one-token")
def gradient_of_one_token(positions: Tensor, dim: int, *, table: Tensor, max_position_embeddings: int = 512) -> Tensor:
    """Where several tokens have the same row, its gradient is that of one of them."""
    if positions.is_floating_point() or bool((positions < 0).any() | (positions >= len(table)).any()):
        raise ValueError(f"the table has rows 0 to {len(table) - 1}")
    apply: Callable[..., Tensor] = _LastOnly.apply
    return apply(table, positions.long())


@fault("nope-causal", name="nope-causal-sum-held-fast")
def sum_held_fast(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """The backward pass takes the sum of the weights that are left for a constant."""
    seen = weights.to(torch.promote_types(weights.dtype, torch.float32)) * (query_positions[:, None] >= key_positions)
    return (seen / seen.detach().sum(-1, keepdim=True)).to(weights.dtype)
