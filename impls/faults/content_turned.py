"""Forms in query and key with one mistake, in what is turned or multiplied, and where: concatenation to temperature."""

import torch
from torch import Tensor

from impls.expect import expect_contents, expect_pairs
from impls.faults import fault
from impls.faults.right import angles, turned


def _expect(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, axes: int = 1) -> None:
    expect_contents(q, k, query_positions, key_positions, axes=axes)
    expect_pairs(q)


def _rows(positions: Tensor, dim: int, base: float) -> Tensor:
    found = angles(positions, dim, base)
    return torch.stack([found.sin(), found.cos()], dim=-1).flatten(-2)


def _table(positions: Tensor, like: Tensor, base: float) -> Tensor:
    return _rows(positions, like.shape[-1], base).to(like.dtype)


@fault("concatenation", name="concatenation-added-instead")
def added_instead(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The rows are added to the contents instead of being put beside them."""
    _expect(q, k, query_positions, key_positions)
    return (q + _table(query_positions, q, base)) @ (k + _table(key_positions, k, base)).mT


@fault("concatenation", name="concatenation-frequencies-of-twice-the-dimension")
def frequencies_of_twice_the_dimension(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The table's exponents are divided by the dimension of content and table together."""
    _expect(q, k, query_positions, key_positions)
    m, n = (_rows(p, 2 * q.shape[-1], base)[:, : q.shape[-1]].to(q.dtype) for p in (query_positions, key_positions))
    return q @ k.mT + m @ n.mT


@fault("concatenation", name="concatenation-sum-of-positions")
def sum_of_positions(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The keys' sines have the other sign: the bias follows the sum of the positions."""
    _expect(q, k, query_positions, key_positions)
    return q @ k.mT + _table(query_positions, q, base) @ _table(-key_positions, k, base).mT


@fault("cross-attention", name="cross-attention-keys-not-turned")
def keys_not_turned(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """Only the queries are turned: the other sequence is taken as it comes from its encoder."""
    _expect(q, k, query_positions, key_positions)
    return turned(q, angles(query_positions, q.shape[-1], base)) @ k.mT


@fault("cross-attention", name="cross-attention-one-index-for-both")
def keys_at_the_queries_positions(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The keys are turned by the indices of the queries, counted on from the first."""
    _expect(q, k, query_positions, key_positions)
    places = query_positions[0] + torch.arange(len(key_positions))
    queries = turned(q, angles(query_positions, q.shape[-1], base))
    return queries @ turned(k, angles(places, k.shape[-1], base)).mT


@fault("cross-attention", name="cross-attention-one-sequence-behind-the-other")
def one_sequence_behind_the_other(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The keys' indices go on behind those of the queries, as if both were one sequence."""
    _expect(q, k, query_positions, key_positions)
    queries = turned(q, angles(query_positions, q.shape[-1], base))
    return queries @ turned(k, angles(key_positions + len(query_positions), k.shape[-1], base)).mT


@fault("cross-attention", name="cross-attention-keys-turned-back")
def keys_turned_back(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The keys are turned clockwise: the logit follows the sum of the indices."""
    _expect(q, k, query_positions, key_positions)
    queries = turned(q, angles(query_positions, q.shape[-1], base))
    return queries @ turned(k, angles(-key_positions, k.shape[-1], base)).mT


def _rope(q: Tensor, k: Tensor, m: Tensor, n: Tensor, base: float) -> Tensor:
    return turned(q, angles(m, q.shape[-1], base)) @ turned(k, angles(n, k.shape[-1], base)).mT


@fault("blockwise", name="blockwise-positions-across")
def positions_across(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """Positions count across blocks too: RoPE everywhere."""
    _expect(q, k, query_positions, key_positions, axes=2)
    return _rope(q, k, query_positions[:, 0], key_positions[:, 0], base)


@fault("blockwise", name="blockwise-blocks-exchanged")
def blocks_exchanged(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The choice is read the wrong way round: RoPE across blocks, nothing inside."""
    _expect(q, k, query_positions, key_positions, axes=2)
    same = query_positions[:, 1, None] == key_positions[:, 1]
    return torch.where(same, q @ k.mT, _rope(q, k, query_positions[:, 0], key_positions[:, 0], base))


@fault("blockwise", name="blockwise-nothing-across")
def nothing_across(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """Across blocks the logit is 0, where it should be the plain product."""
    _expect(q, k, query_positions, key_positions, axes=2)
    same = query_positions[:, 1, None] == key_positions[:, 1]
    return _rope(q, k, query_positions[:, 0], key_positions[:, 0], base) * same


@fault("blockwise", name="blockwise-columns-exchanged")
def columns_exchanged(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """A place is read as (block, position): tokens at one position form a block."""
    _expect(q, k, query_positions, key_positions, axes=2)
    same = query_positions[:, 0, None] == key_positions[:, 0]
    return torch.where(same, _rope(q, k, query_positions[:, 1], key_positions[:, 1], base), q @ k.mT)


@fault("nope-temperature", name="nope-temperature-divides")
def divides(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, temperature: float = 1.2
) -> Tensor:
    """The logits are divided by the temperature, where they should be multiplied."""
    expect_contents(q, k, query_positions, key_positions)
    return (q @ k.mT) / temperature


@fault("nope-temperature", name="nope-temperature-on-both-sides")
def on_both_sides(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, temperature: float = 1.2
) -> Tensor:
    """Queries and keys are both multiplied: the logits by the square of the temperature."""
    expect_contents(q, k, query_positions, key_positions)
    return (temperature * q) @ (temperature * k).mT


@fault("nope-temperature", name="nope-temperature-always-the-default")
def always_the_default(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, temperature: float = 1.2
) -> Tensor:
    """The temperature that is asked for is ignored: it is always 1.2."""
    expect_contents(q, k, query_positions, key_positions)
    return 1.2 * (q @ k.mT)
