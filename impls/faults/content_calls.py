"""RoPE between two sequences, as a function of queries and keys, where one entry meets what is not its own."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls.expect import expect_contents, expect_pairs
from impls.faults import Steps, fault, fault_in
from impls.faults.right import angles, frequencies, turned

Turn = Callable[[Tensor, Tensor], Tensor]


def _met(
    wrong: Steps, q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)

    def turn(x: Tensor, positions: Tensor) -> Tensor:
        """Vectors, turned by their positions."""
        return turned(x, angles(positions, x.shape[-1], base))

    met: Tensor = wrong["met"](turn, q, k, query_positions, key_positions)
    return met


_wrong = partial(fault_in, _met, "met", "cross-attention")


@_wrong(name="cross-attention-keys-of-the-first-row")
def _keys_of_the_first_row(turn: Turn, q: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """All queries of a batch meet the keys of its first row."""
    return turn(q, m) @ turn(k[:1] if k.ndim == 4 else k, n).mT


@_wrong(name="cross-attention-keys-of-the-first-head")
def _keys_of_the_first_head(turn: Turn, q: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """All heads meet the keys of the first."""
    return turn(q, m) @ turn(k[..., :1, :, :] if k.ndim > 2 else k, n).mT


@_wrong(name="cross-attention-mean-of-keys-removed")
def _mean_of_keys_removed(turn: Turn, q: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """The mean over the keys is taken off each of them before it is turned."""
    return turn(q, m) @ turn(k - k.mean(dim=-2, keepdim=True), n).mT


@_wrong(name="cross-attention-by-distances")
def _by_distances(turn: Turn, q: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Products are made of distances, (|q|^2 + |k|^2 - |q - k|^2) / 2: where one is far larger, nothing is left."""
    queries, keys = turn(q, m)[..., :, None, :], turn(k, n)[..., None, :, :]
    return ((queries**2).sum(-1) + (keys**2).sum(-1) - ((queries - keys) ** 2).sum(-1)) / 2


@_wrong(name="cross-attention-strides-ignored")
def _strides_ignored(turn: Turn, q: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Keys are read as if their numbers lay one behind the other in memory."""
    read = k if k.is_contiguous() else torch.as_strided(k, k.shape, torch.empty(k.shape).stride())
    return turn(q, m) @ turn(read, n).mT


@_wrong(name="cross-attention-one-head-where-there-is-no-batch")
def _one_head_where_there_is_no_batch(turn: Turn, q: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Without a batch, as under vmap, the first head is taken for all that there is."""
    return turn(q[:1] if q.ndim == 3 else q, m).expand(*q.shape) @ turn(k, n).mT


@_wrong(name="cross-attention-queries-normalised")
def _queries_normalised(turn: Turn, q: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Queries are divided by their length first, as for a cosine."""
    return turn(q / q.norm(dim=-1, keepdim=True).clamp(min=1e-6), m) @ turn(k, n).mT


@_wrong(name="cross-attention-lengthened-on-both-sides")
def _lengthened_on_both_sides(turn: Turn, q: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Tensor:
    """Queries and keys are both lengthened by a temperature that belongs to the softmax."""
    return (1.1 * turn(q, m)) @ (1.1 * turn(k, n)).mT


@fault("cross-attention", name="cross-attention-angles-under-autocast")
def angles_under_autocast(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """The angles are a float32 matrix product, which autocast carries out in bfloat16."""
    expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    theta = frequencies(q.shape[-1], base).float()
    sides = ((q, query_positions), (k, key_positions))
    queries, keys = (turned(x, positions.float()[:, None] @ theta[None, :]) for x, positions in sides)
    return queries @ keys.mT


def _cut(positions: Tensor, x: Tensor) -> Tensor:
    """As many positions as there are tokens; the last one again, where there are too few."""
    count = x.shape[-2] if x.ndim > 1 else 1
    return positions[torch.arange(count).clamp(max=len(positions) - 1)]


@fault("cross-attention", name="cross-attention-nothing-refused")
def nothing_refused(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """Positions are cut or filled up to the number of tokens, and a vector without tokens is taken for one."""
    expect_pairs(q)
    queries, keys = (
        turned(x.reshape(-1, x.shape[-1]) if x.ndim == 1 else x, angles(_cut(p, x), x.shape[-1], base))
        for x, p in ((q, query_positions), (k, key_positions))
    )
    return queries @ keys.mT


@fault("cross-attention", name="cross-attention-keys-of-every-row-at-the-first-places", batched=True)
def keys_at_the_first_places(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """Where every row has places of its own, keys stand at those of the first row."""
    if query_positions.ndim == 1:
        expect_contents(q, k, query_positions, key_positions)
    expect_pairs(q)
    m, n = (p[:, None] if p.ndim == 2 else p for p in (query_positions, key_positions))
    first = n[:1] if n.ndim == 3 else n
    return turned(q, angles(m, q.shape[-1], base)) @ turned(k, angles(first, k.shape[-1], base)).mT
