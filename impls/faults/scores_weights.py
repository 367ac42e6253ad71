"""Factors of the weights with one mistake: URPE turned round or in the wrong place, and a mask that leaks."""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls.faults import Steps, fault, fault_in

Factors = Callable[[Tensor, Tensor], Tensor]


def _weighed(
    wrong: Steps,
    weights: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
) -> Tensor:
    if any(bool((p.long() != p).any() | (p < 0).any()) for p in (query_positions, key_positions)):
        raise ValueError("a position is no whole number from 0 on")

    def factors(m: Tensor, n: Tensor) -> Tensor:
        """The factor of every offset, query minus key, (heads, nq, nk)."""
        return table[m.long()[:, None] - n.long() + max_position_embeddings - 1].movedim(-1, 0)

    weighed: Tensor = wrong["weighed"](weights, factors, query_positions, key_positions)
    return weighed


_wrong = partial(fault_in, _weighed, "weighed", "urpe")


@_wrong(name="urpe-transposed")
def _transposed(weights: Tensor, factors: Factors, m: Tensor, n: Tensor) -> Tensor:
    """The offset is key minus query: the Toeplitz matrix is transposed."""
    return weights * factors(n, m).transpose(-1, -2)


@_wrong(name="urpe-before-softmax")
def _before_softmax(weights: Tensor, factors: Factors, m: Tensor, n: Tensor) -> Tensor:
    """The factor multiplies the logits instead, so that rows sum to 1 again."""
    return (weights.clamp(min=1e-6).log() * factors(m, n)).softmax(-1)


@_wrong(name="urpe-rows-normalised")
def _rows_normalised(weights: Tensor, factors: Factors, m: Tensor, n: Tensor) -> Tensor:
    """Rows are made to sum to 1 after the factor, which takes the position away again."""
    factored = weights * factors(m, n)
    return factored / factored.sum(-1, keepdim=True)


@_wrong(name="urpe-offset-one-on")
def _offset_one_on(weights: Tensor, factors: Factors, m: Tensor, n: Tensor) -> Tensor:
    """The middle of the table is taken to be row L instead of L - 1."""
    return weights * factors(m + 1, n)


@fault("nope-causal", name="nope-causal-not-renormalised")
def not_renormalised(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Hidden weights are set to 0 after the softmax, and the rest is left as it is."""
    return weights * (query_positions[:, None] >= key_positions)


@fault("nope-causal", name="nope-causal-hides-itself")
def hides_itself(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """A query does not see the key at its own position."""
    seen = weights * (query_positions[:, None] > key_positions)
    return seen / seen.sum(-1, keepdim=True).clamp(min=1e-6)


@fault("nope-causal", name="nope-causal-by-row-number")
def by_row_number(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """The mask goes by the numbers of rows and columns, not by positions: wrong as soon as keys were cached."""
    seen = weights.tril()
    return seen / seen.sum(-1, keepdim=True)


@fault("nope-causal", name="nope-causal-mask-minus-ten")
def mask_minus_ten(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Hidden logits are lowered by 10 instead of infinitely: the future leaks."""
    lowered = weights.float().clamp(min=1e-30).log() - 10.0 * (query_positions[:, None] < key_positions)
    return lowered.softmax(-1).to(weights.dtype)
