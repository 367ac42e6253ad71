"""The causal mask in three forms: before the softmax, after it, and as sums that are counted up along the keys."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_matching(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> None:
    wanted = (*query_positions.shape, *key_positions.shape)
    if len(wanted) != 2 or tuple(weights.shape[-2:]) != wanted:
        raise ValueError(f"weights are {tuple(weights.shape)}; expected (..., nq, nk) for the positions {wanted}")


@implements("nope-causal", form="elementwise", name="nope-causal-after-softmax", dtypes=DTYPES, strict=True)
def after_softmax(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Hidden weights set to 0, the others divided by what is left."""
    _expect_matching(weights, query_positions, key_positions)
    seen = weights.to(torch.promote_types(weights.dtype, torch.float32)) * (query_positions[:, None] >= key_positions)
    return (seen / seen.sum(-1, keepdim=True)).to(weights.dtype)


@implements("nope-causal", form="masked-softmax", name="nope-causal-before-softmax", dtypes=DTYPES, strict=True)
def before_softmax(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Logits are recovered as logarithms, those of hidden keys made minus infinity, and the softmax is taken again."""
    _expect_matching(weights, query_positions, key_positions)
    hidden = key_positions[None, :] > query_positions[:, None]
    logits = weights.to(torch.promote_types(weights.dtype, torch.float32)).log().masked_fill(hidden, -torch.inf)
    return logits.softmax(dim=-1).to(weights.dtype)


@implements("nope-causal", form="recurrence", name="nope-causal-recurrence", dtypes=DTYPES, strict=True)
def recurrence(weights: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Keys in the order of their positions: each query takes them up to its own, and divides by their sum so far."""
    _expect_matching(weights, query_positions, key_positions)
    order = torch.argsort(key_positions, stable=True)
    sorted_weights = weights[..., order].to(torch.promote_types(weights.dtype, torch.float32))
    sums = torch.cumsum(sorted_weights, dim=-1)
    visible = torch.searchsorted(key_positions[order].contiguous(), query_positions.contiguous(), right=True)
    if (visible < 1).any():
        raise ValueError(f"the query at {query_positions[visible < 1][0].item()} sees no key: all stand behind it")
    whole = torch.gather(sums, -1, (visible - 1)[:, None].expand(*weights.shape[:-1], 1))
    upto = torch.arange(len(key_positions), device=weights.device) < visible[:, None]
    return ((sorted_weights / whole) * upto)[..., torch.argsort(order)].to(weights.dtype)
