"""x-transformers and torchscale: relative biases, in float32.

T5's buckets begin where a logarithm in float32 says so. x-transformers multiplies the bias by a scale, which is 1 here;
its ALiBi takes positions, or counts them itself and keeps the largest bias that it has made. torchscale counts queries
from a step and keys from 0, of which rows and columns are chosen.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from torch import Tensor
from torch.func import functional_call

from impls import implements
from impls.zoo.fitting import rows
from impls.zoo.learned import hand_in

SOURCE = "https://github.com/lucidrains/x-transformers/blob/main/x_transformers/x_transformers.py"
TORCHSCALE = "https://github.com/microsoft/torchscale/blob/main/torchscale/component/relative_position_bias.py"
FARTHEST = 2047
x_transformers = partial(implements, package="x-transformers", dtypes=("float32",), source=SOURCE)


@x_transformers("alibi", form="elementwise")
def x_transformers_alibi(query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor:
    """AlibiPositionalBias.forward_custom_pos."""
    from x_transformers.x_transformers import AlibiPositionalBias

    bias: Tensor = AlibiPositionalBias(heads).forward_custom_pos(query_positions, key_positions)
    return bias


@lru_cache(maxsize=32)
def _alibi(heads: int) -> Any:
    from x_transformers.x_transformers import AlibiPositionalBias

    return AlibiPositionalBias(heads)


@x_transformers("alibi", form="gather", positions="non-negative", max_position=FARTHEST)
def x_transformers_alibi_counted(query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor:
    """AlibiPositionalBias, of as many queries as keys."""
    return _chosen(lambda n: _alibi(heads)(n, n), query_positions, key_positions)


@x_transformers("t5-bias", form="gather", positions="non-negative", max_position=FARTHEST)
def x_transformers_t5(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """RelativePositionBias, of as many queries as keys."""
    from x_transformers.x_transformers import RelativePositionBias

    sizes = {"num_buckets": num_buckets, "max_distance": max_distance, "heads": heads}
    module, given = (
        RelativePositionBias(1.0, causal=not bidirectional, **sizes),
        {"relative_attention_bias.weight": table},
    )
    return _chosen(lambda n: functional_call(module, given, (n, n)), query_positions, key_positions)


@implements(
    "t5-bias",
    form="gather",
    package="torchscale",
    dtypes=("float32",),
    positions="non-negative",
    max_position=FARTHEST,
    source=TORCHSCALE,
)
def torchscale_t5(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """RelativePositionBias, of as many queries as keys."""
    from torchscale.component.relative_position_bias import RelativePositionBias

    module = RelativePositionBias(bidirectional, num_buckets, max_distance, heads)
    hand_in(module.relative_attention_bias, weight=table)
    return _chosen(lambda n: module(1, n, n), query_positions, key_positions)


def _chosen(make: Callable[[int], Tensor], query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Rows and columns of the bias of all positions up to the largest."""
    queries, keys = rows(query_positions, FARTHEST), rows(key_positions, FARTHEST)
    largest = max((int(each.max()) for each in (queries, keys) if each.numel()), default=0)
    bias = make(largest + 1)
    return bias.reshape(-1, *bias.shape[-2:])[:, queries][:, :, keys]
