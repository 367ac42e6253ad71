"""Dynamic NTK scaling with one mistake: how long the sequence is taken to be, and what is remembered of it."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault, fault_in
from impls.faults.right import angles, turned


def _length(x: Tensor, positions: Tensor) -> int:
    return int(positions.max()) + 1


def _base(length: float, dim: int, base: float, factor: float, trained: int) -> float:
    stretch = factor * max(length, trained) / trained - (factor - 1)
    return base * math.pow(stretch, dim / (dim - 2))


RIGHT: Steps = {"length": _length, "base": _base}


def _encoded(
    wrong: Steps,
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 2.0,
    max_position_embeddings: int = 2048,
) -> Tensor:
    steps, dim = RIGHT | wrong, x.shape[-1]
    larger = steps["base"](steps["length"](x, positions), dim, base, factor, max_position_embeddings)
    return turned(x, angles(positions, dim, larger))


_wrong = partial(fault_in, _encoded, encoding="rope-dynamic-ntk")


@fault("rope-dynamic-ntk", name="dynamic-ntk-length-of-the-longest-row", batched=True)
def length_of_the_longest_row(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """All rows of a batch have the base of the one that reaches farthest."""
    dim = x.shape[-1]
    angle = angles(positions, dim, _base(_length(x, positions), dim, base, factor, max_position_embeddings))
    return turned(x, angle[:, None] if positions.ndim == 2 else angle)


@fault(
    "rope-dynamic-ntk",
    name="dynamic-ntk-never-scales-back",
    source="https://github.com/huggingface/transformers/pull/27227",
    factory=True,
)
def never_scales_back(
    dim: int, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Callable[[Tensor, Tensor], Tensor]:
    """After a long sequence, shorter ones keep its larger base."""
    longest = 0

    def call(x: Tensor, positions: Tensor) -> Tensor:
        nonlocal longest
        longest = max(longest, _length(x, positions))
        return turned(x, angles(positions, dim, _base(longest, dim, base, factor, max_position_embeddings)))

    return call


@_wrong("base", name="dynamic-ntk-below-trained-length", source="https://github.com/vllm-project/vllm/issues/52665")
def _below_trained_length(length: int, dim: int, base: float, factor: float, trained: int) -> float:
    """Short sequences are not spared: below half the trained length a negative number meets a broken power."""
    stretch = torch.tensor(factor * length / trained - (factor - 1))
    return base * float(stretch ** (dim / (dim - 2)))


@_wrong("length", name="dynamic-ntk-length-from-head-axis", source="https://github.com/ml-explore/mlx-lm/pull/1553")
def _length_from_head_axis(x: Tensor, positions: Tensor) -> int:
    """The length is read off the axis of the heads: the base never grows."""
    return x.shape[1] if x.ndim == 4 else 1


@_wrong("length", name="dynamic-ntk-counts-the-tokens-of-a-call")
def _tokens_of_a_call(x: Tensor, positions: Tensor) -> int:
    """The length is the number of tokens in the call, not how far they reach: decoding never scales."""
    return len(positions)


@_wrong("length", name="dynamic-ntk-length-off-by-one")
def _off_by_one(x: Tensor, positions: Tensor) -> int:
    """The largest position is taken for the length, which is one more."""
    return int(positions.max())


@_wrong("base", name="dynamic-ntk-exponent-one")
def _exponent_one(length: int, dim: int, base: float, factor: float, trained: int) -> float:
    """The base is multiplied by the stretch itself, without the exponent d / (d - 2)."""
    return base * (factor * max(length, trained) / trained - (factor - 1))


@_wrong("base", name="dynamic-ntk-not-dynamic")
def _not_dynamic(length: int, dim: int, base: float, factor: float, trained: int) -> float:
    """The base of the NTK-aware scaling stands for every length: nothing follows the sequence."""
    return base * float(factor ** (dim / (dim - 2)))


@fault("rope-dynamic-ntk", name="dynamic-ntk-each-token-by-its-own-position")
def each_token_by_its_own_position(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """Every token has a base for itself, of the length up to it, as though each had been encoded when it was last."""
    dim = x.shape[-1]
    bases = [_base(p + 1, dim, base, factor, max_position_embeddings) for p in positions.tolist()]
    rows = [angles(positions[i : i + 1], dim, larger) for i, larger in enumerate(bases)]
    return turned(x, torch.cat(rows))
