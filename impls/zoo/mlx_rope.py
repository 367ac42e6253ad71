"""MLX: `mx.fast.rope`, the fused kernel of Apple's array library, on the CPU.

Angles are formed in float32 whatever the dtype of x, from frequencies exp(-2i/d log(base)). The kernel takes one
int32 offset for each batch row, so that every token goes in as a batch row of length one.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import bits, rows, same_length, three_axes

Rope = Callable[[Tensor, Tensor], Tensor]
INT32 = torch.iinfo(torch.int32)
register = partial(
    implements,
    form="fused",
    package="mlx",
    factory=True,
    positions="integers",
    max_position=INT32.max,
    source="https://github.com/ml-explore/mlx/blob/main/mlx/fast.cpp",
)


@register("rope", layout="interleaved")
def mlx_interleaved(dim: int, *, base: float = 10000.0) -> Rope:
    """mx.fast.rope with traditional=True."""
    return _rope(dim, base, traditional=True)


@register("rope", layout="half")
def mlx_half(dim: int, *, base: float = 10000.0) -> Rope:
    """mx.fast.rope with traditional=False."""
    return _rope(dim, base, traditional=False)


@register("partial-rope", layout="half")
def mlx_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """mx.fast.rope with fewer dims than x has."""
    return _rope(rotary_dim, base, traditional=False)


def _rope(rotated: int, base: float, *, traditional: bool) -> Rope:
    import mlx.core as mx
    import numpy as np

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions)
        offset = mx.array(rows(positions, INT32.max, INT32.min).int().numpy())
        tokens = three_axes(x).transpose(0, 1)[:, :, None]
        plain = bits(tokens) if x.dtype == torch.bfloat16 else tokens
        dtype = getattr(mx, str(plain.dtype).removeprefix("torch."))
        with mx.stream(mx.cpu):
            array = mx.array(plain.numpy(), dtype=dtype).view(mx.bfloat16 if plain is not tokens else dtype)
            turned = mx.fast.rope(array, rotated, traditional=traditional, base=base, scale=1.0, offset=offset)
            y = torch.from_numpy(np.array(turned.view(dtype))).view(x.dtype)
        return y[:, :, 0].transpose(0, 1).reshape(x.shape)

    return rope
