"""Between tensors and the arrays of MLX, on the CPU: bits are carried over, and no value is touched."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from impls.zoo.fitting import bits, rows

Turn = Callable[[Tensor, int | Tensor], Tensor]

INT32 = torch.iinfo(torch.int32).max


def to_mlx(tensor: Tensor) -> Any:
    """The tensor as an array of the same dtype, bfloat16 by way of its bits."""
    import mlx.core as mx

    plain = bits(tensor) if tensor.dtype == torch.bfloat16 else tensor
    array = mx.array(plain.numpy(), dtype=getattr(mx, str(plain.dtype).removeprefix("torch.")))
    return array if plain is tensor else array.view(mx.bfloat16)


def to_torch(array: Any) -> Tensor:
    """The array as a tensor of the same dtype, bfloat16 by way of its bits."""
    import mlx.core as mx
    import numpy as np

    if array.dtype == mx.bfloat16:
        return torch.from_numpy(np.array(array.view(mx.int16))).view(torch.bfloat16)
    return torch.from_numpy(np.array(array))


def by_offset(module: Callable[..., Any], call: Callable[[Any, Any], Any] | None = None) -> Turn:
    """A module of MLX that turns x (b, h, n, d), told at which position it begins, as a function of tensors.

    What a module has made is computed here: left for its first call, it could be called in this thread alone. The
    kernel takes int32, and would wrap what is larger. `call` is how it is called, if not as it is.
    """
    import mlx.core as mx

    mx.eval(module)
    rope = call or module

    def turned(x: Tensor, offset: int | Tensor) -> Tensor:
        first = rows(torch.as_tensor(offset), INT32)
        with mx.stream(mx.cpu):
            return to_torch(rope(to_mlx(x), to_mlx(first.int()) if first.ndim else int(first)))

    return turned
