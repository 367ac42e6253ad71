"""Right results with wrong gradients: of keys, of what is learned, of contents and weights, and of what does not turn.

Where only the rest of a tensor is wrong, that is for a layout in memory, for positions of every row, or under autocast.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from impls.expect import expect_contents, expect_pairs
from impls.faults import fault
from impls.faults.content_rows import behind_of, met
from impls.faults.right import angles, turned


class _KeysTurnedOn(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, angle: Tensor, role: str) -> Tensor:
        context.save_for_backward(angle if role == "key" else -angle)
        return turned(x, angle)

    @staticmethod
    def backward(context: Any, *upstream: Tensor) -> tuple[Tensor, None, None]:
        (angle,) = context.saved_tensors
        return turned(upstream[0], angle), None, None


@fault("rope", name="gradient-of-keys-turned-forward")
def keys_turned_forward(x: Tensor, positions: Tensor, role: str, *, base: float = 10000.0) -> Tensor:
    """The backward pass of keys turns the gradient forward; that of queries turns it back."""
    apply: Callable[..., Tensor] = _KeysTurnedOn.apply
    return apply(x, angles(positions, x.shape[-1], base), role)


def _size(dim: int, rotary_dim: int | None) -> int:
    size = dim // 4 * 2 if rotary_dim is None else rotary_dim
    if size % 2 or size > dim:
        raise ValueError(f"rotary_dim must be even and at most {dim}; got {size}")
    return size


def _joined(x: Tensor, rest: Tensor, positions: Tensor, size: int, base: float) -> Tensor:
    angle = angles(positions, size, base)
    angle = angle[:, None] if positions.ndim > 1 else angle
    return torch.cat([turned(x[..., :size], angle), rest], dim=-1)


@fault("partial-rope", name="partial-rest-without-gradient")
def rest_without_gradient(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """No gradient reaches the coordinates behind the rotated part."""
    size = _size(x.shape[-1], rotary_dim)
    return _joined(x, x[..., size:].detach(), positions, size, base)


@fault("partial-rope", name="partial-rest-of-strided-vectors")
def rest_of_strided_vectors(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Where vectors do not lie one behind the other, the coordinates behind the rotated part are zeros."""
    size = _size(x.shape[-1], rotary_dim)
    return _joined(x, x[..., size:] * x.is_contiguous(), positions, size, base)


@fault("partial-rope", name="partial-rest-of-the-first-row", batched=True)
def rest_of_the_first_row(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Where every row has positions of its own, all have the rest of the first row."""
    size = _size(x.shape[-1], rotary_dim)
    rest = x[..., size:]
    return _joined(x, rest[:1].expand(rest.shape) if positions.ndim > 1 else rest, positions, size, base)


@fault("partial-rope", name="partial-rest-dropped-under-autocast")
def rest_dropped_under_autocast(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Under autocast the coordinates behind the rotated part are zeros."""
    size = _size(x.shape[-1], rotary_dim)
    return _joined(x, x[..., size:] * (not torch.is_autocast_enabled("cpu")), positions, size, base)


def _buckets(ahead: Tensor, bidirectional: bool, buckets: int, farthest: int) -> Tensor:
    side = buckets // 2 if bidirectional else buckets
    exact, begins = side // 2, list(range(1, side // 2 + 1))
    for j in range(1, side - exact):
        wide = side - exact
        begins.append(next(d for d in range(begins[-1], 10**9) if d**wide * exact**j >= farthest**j * exact**wide))
    distance = ahead.abs() if bidirectional else (-ahead).clamp(min=0)
    return torch.bucketize(distance, torch.tensor(begins), right=True) + side * ((ahead > 0) & bidirectional)


@fault("t5-bias", name="t5-first-bucket-not-trained")
def first_bucket_not_trained(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """No gradient reaches the first row of the table, as if it were padding."""
    ahead = key_positions - query_positions[:, None]
    if bool((ahead.long() != ahead).any()):
        raise ValueError("positions between the integers have no bucket")
    trained = torch.cat([table[:1].detach(), table[1:]])
    return trained[_buckets(ahead.long(), bidirectional, num_buckets, max_distance)].permute(2, 0, 1)


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


def _shaw(q: Tensor, k: Tensor, m: Tensor, n: Tensor, queries: Tensor, table: Tensor, reach: int) -> Tensor:
    ahead = -behind_of(q, k, m, n)
    return q @ k.mT + met(queries, table, ahead.clamp(-reach, reach) + reach)


@fault("shaw", name="shaw-query-half-trained")
def query_half_trained(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_relative_position: int = 16,
) -> Tensor:
    """The gradient of queries is that of their products with keys alone."""
    return _shaw(q, k, query_positions, key_positions, q.detach(), table, max_relative_position)


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
    return _shaw(q, k.detach(), query_positions, key_positions, q, table, max_relative_position)


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
