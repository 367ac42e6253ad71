"""Forms in query and key with one mistake, in which sinusoid meets which vector: Transformer-XL."""

import torch
from torch import Tensor

from impls.expect import expect_consecutive, expect_contents, expect_pairs
from impls.faults import fault
from impls.faults.right import angles


def _rows(offsets: Tensor, dim: int, base: float) -> Tensor:
    """Sine and cosine by turns, float64, (..., dim)."""
    found = angles(offsets, dim, base)
    return torch.stack([found.sin(), found.cos()], dim=-1).flatten(-2)


def _expect(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor) -> None:
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)


def _met(queries: Tensor, rows: Tensor) -> Tensor:
    return torch.einsum("...md,mnd->...mn", queries, rows.to(queries.dtype))


def _behind(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    return query_positions.double()[:, None] - key_positions.double()


@fault("transformer-xl", name="transformer-xl-key-minus-query")
def key_minus_query(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """The sinusoid is that of the key's position minus the query's: its sines have the other sign."""
    _expect(q, k, query_positions, key_positions)
    rows = _rows(-_behind(query_positions, key_positions), q.shape[-1], base)
    return (q + content_bias.unsqueeze(-2)) @ k.mT + _met(q + position_bias.unsqueeze(-2), rows)


@fault("transformer-xl", name="transformer-xl-biases-exchanged")
def biases_exchanged(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """The two learned vectors are exchanged: each meets what the other should meet."""
    _expect(q, k, query_positions, key_positions)
    rows = _rows(_behind(query_positions, key_positions), q.shape[-1], base)
    return (q + position_bias.unsqueeze(-2)) @ k.mT + _met(q + content_bias.unsqueeze(-2), rows)


@fault("transformer-xl", name="transformer-xl-one-head-for-all")
def one_head_for_all(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """The vectors of the first head serve all heads."""
    _expect(q, k, query_positions, key_positions)
    u, v = (bias.reshape(-1, q.shape[-1])[0] for bias in (content_bias, position_bias))
    rows = _rows(_behind(query_positions, key_positions), q.shape[-1], base)
    return (q + u) @ k.mT + _met(q + v, rows)


@fault("transformer-xl", name="transformer-xl-keys-ahead-at-zero")
def keys_ahead_at_zero(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """Offsets of keys behind their query count as 0, as if a causal mask would hide them."""
    _expect(q, k, query_positions, key_positions)
    rows = _rows(_behind(query_positions, key_positions).clamp(min=0), q.shape[-1], base)
    return (q + content_bias.unsqueeze(-2)) @ k.mT + _met(q + position_bias.unsqueeze(-2), rows)


@fault(
    "transformer-xl",
    name="transformer-xl-shift-leaks",
    positions="contiguous",
    source="https://github.com/kimiyoung/transformer-xl/issues/132",
)
def shift_leaks(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """The shift has as many offsets as keys: in its upper corner stand products of the next query."""
    _expect(q, k, query_positions, key_positions)
    expect_consecutive(query_positions, key_positions)
    m, n = query_positions.long(), key_positions.long()
    rows = _rows(m[-1] - n, q.shape[-1], base).to(q.dtype)
    products = (q + position_bias.unsqueeze(-2)) @ rows.mT
    padded = torch.cat([torch.zeros_like(products[..., :1]), products], dim=-1)
    shifted = padded.flatten(-2)[..., len(m) :].reshape(products.shape)
    return (q + content_bias.unsqueeze(-2)) @ k.mT + shifted


@fault("transformer-xl", name="transformer-xl-cosine-first")
def cosine_first(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    content_bias: Tensor,
    position_bias: Tensor,
    base: float = 10000.0,
) -> Tensor:
    """In every pair of the sinusoid the cosine stands before the sine."""
    _expect(q, k, query_positions, key_positions)
    rows = _rows(_behind(query_positions, key_positions), q.shape[-1], base).unflatten(-1, (-1, 2)).flip(-1).flatten(-2)
    return (q + content_bias.unsqueeze(-2)) @ k.mT + _met(q + position_bias.unsqueeze(-2), rows)
