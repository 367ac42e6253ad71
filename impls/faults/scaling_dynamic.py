"""Dynamic NTK scaling with one mistake: how long the sequence is taken to be, and what is remembered of it."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from impls import implements
from impls.faults.right import angles, turned

Call = Callable[[Tensor, Tensor], Tensor]


def _base(length: float, dim: int, base: float, factor: float, trained: int, exponent: float | None = None) -> float:
    """The right base of a sequence of this length; with another exponent it is wrong."""
    stretch = factor * max(length, trained) / trained - (factor - 1)
    return base * math.pow(stretch, dim / (dim - 2) if exponent is None else exponent)


def _length(positions: Tensor) -> int:
    return int(positions.max()) + 1


@implements(
    "rope-dynamic-ntk",
    form="elementwise",
    name="dynamic-ntk-never-scales-back",
    source="https://github.com/huggingface/transformers/pull/27227",
    factory=True,
)
def never_scales_back(
    dim: int, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Call:
    """After a long sequence, shorter ones keep its larger base."""
    longest = 0

    def call(x: Tensor, positions: Tensor) -> Tensor:
        nonlocal longest
        longest = max(longest, _length(positions))
        return turned(x, angles(positions, dim, _base(longest, dim, base, factor, max_position_embeddings)))

    return call


@implements(
    "rope-dynamic-ntk",
    form="elementwise",
    name="dynamic-ntk-below-trained-length",
    source="https://github.com/vllm-project/vllm/issues/52665",
)
def below_trained_length(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """Short sequences are not spared: below half the trained length a negative number meets a broken power."""
    dim = x.shape[-1]
    stretch = torch.tensor(factor * _length(positions) / max_position_embeddings - (factor - 1))
    return turned(x, angles(positions, dim, base * float(stretch ** (dim / (dim - 2)))))


@implements(
    "rope-dynamic-ntk",
    form="elementwise",
    name="dynamic-ntk-length-from-head-axis",
    source="https://github.com/ml-explore/mlx-lm/pull/1553",
)
def length_from_head_axis(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """The length is read off the axis of the heads: the base never grows."""
    dim, length = x.shape[-1], x.shape[1] if x.ndim == 4 else 1
    return turned(x, angles(positions, dim, _base(length, dim, base, factor, max_position_embeddings)))


@implements("rope-dynamic-ntk", form="elementwise", name="dynamic-ntk-counts-the-tokens-of-a-call")
def counts_the_tokens_of_a_call(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """The length is the number of tokens in the call, not how far they reach: decoding never scales."""
    dim = x.shape[-1]
    return turned(x, angles(positions, dim, _base(len(positions), dim, base, factor, max_position_embeddings)))


@implements("rope-dynamic-ntk", form="elementwise", name="dynamic-ntk-length-off-by-one")
def length_off_by_one(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """The largest position is taken for the length, which is one more."""
    dim, last = x.shape[-1], int(positions.max())
    return turned(x, angles(positions, dim, _base(last, dim, base, factor, max_position_embeddings)))


@implements("rope-dynamic-ntk", form="elementwise", name="dynamic-ntk-exponent-one")
def exponent_one(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """The base is multiplied by the stretch itself, without the exponent d / (d - 2)."""
    dim = x.shape[-1]
    larger = _base(_length(positions), dim, base, factor, max_position_embeddings, exponent=1)
    return turned(x, angles(positions, dim, larger))


@implements("rope-dynamic-ntk", form="elementwise", name="dynamic-ntk-not-dynamic")
def not_dynamic(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """The base of the NTK-aware scaling stands for every length: nothing follows the sequence."""
    dim = x.shape[-1]
    return turned(x, angles(positions, dim, base * factor ** (dim / (dim - 2))))


@implements("rope-dynamic-ntk", form="elementwise", name="dynamic-ntk-each-token-by-its-own-position")
def each_token_by_its_own_position(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Tensor:
    """Every token has a base for itself, of the length up to it, as though each had been encoded when it was last."""
    dim = x.shape[-1]
    bases = [_base(p + 1, dim, base, factor, max_position_embeddings) for p in positions.tolist()]
    rows = [angles(positions[i : i + 1], dim, larger) for i, larger in enumerate(bases)]
    return turned(x, torch.cat(rows))
