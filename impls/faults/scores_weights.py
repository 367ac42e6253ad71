"""Factors of the weights with one mistake: URPE turned round or in the wrong place, and a mask that leaks."""

from torch import Tensor

from impls import implements


def _factors(query_positions: Tensor, key_positions: Tensor, table: Tensor, longest: int) -> Tensor:
    """The factor of every offset, query minus key, (heads, nq, nk)."""
    if any(bool((p.long() != p).any() | (p < 0).any()) for p in (query_positions, key_positions)):
        raise ValueError("a position is no whole number from 0 on")
    return table[query_positions.long()[:, None] - key_positions.long() + longest - 1].movedim(-1, 0)


@implements("urpe", form="gather", name="urpe-transposed")
def transposed(
    weights: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
) -> Tensor:
    """The offset is key minus query: the Toeplitz matrix is transposed."""
    return weights * _factors(key_positions, query_positions, table, max_position_embeddings).transpose(-1, -2)


@implements("urpe", form="gather", name="urpe-before-softmax")
def before_softmax(
    weights: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
) -> Tensor:
    """The factor multiplies the logits instead, so that rows sum to 1 again."""
    factors = _factors(query_positions, key_positions, table, max_position_embeddings)
    return (weights.clamp(min=1e-6).log() * factors).softmax(-1)


@implements("urpe", form="gather", name="urpe-rows-normalised")
def rows_normalised(
    weights: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
) -> Tensor:
    """Rows are made to sum to 1 after the factor, which takes the position away again."""
    factored = weights * _factors(query_positions, key_positions, table, max_position_embeddings)
    return factored / factored.sum(-1, keepdim=True)


@implements("urpe", form="gather", name="urpe-offset-one-on")
def offset_one_on(
    weights: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    table: Tensor,
    max_position_embeddings: int = 512,
) -> Tensor:
    """The middle of the table is taken to be row L instead of L - 1."""
    return weights * _factors(query_positions + 1, key_positions, table, max_position_embeddings)


@implements("nope-causal", form="elementwise", name="nope-causal-not-renormalised")
def not_renormalised(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Hidden weights are set to 0 after the softmax, and the rest is left as it is."""
    return weights * (query_positions[:, None] >= key_positions)


@implements("nope-causal", form="elementwise", name="nope-causal-hides-itself")
def hides_itself(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """A query does not see the key at its own position."""
    seen = weights * (query_positions[:, None] > key_positions)
    return seen / seen.sum(-1, keepdim=True).clamp(min=1e-6)


@implements("nope-causal", form="elementwise", name="nope-causal-by-row-number")
def by_row_number(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """The mask goes by the numbers of rows and columns, not by positions: wrong as soon as keys were cached."""
    seen = weights.tril()
    return seen / seen.sum(-1, keepdim=True)


@implements("nope-causal", form="elementwise", name="nope-causal-mask-minus-ten")
def mask_minus_ten(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Hidden logits are lowered by 10 instead of infinitely: the future leaks."""
    lowered = weights.float().clamp(min=1e-30).log() - 10.0 * (query_positions[:, None] < key_positions)
    return lowered.softmax(-1).to(weights.dtype)
