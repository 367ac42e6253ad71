"""What stands between tensors and code that takes something else: a module that makes tables, other arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from impls.calls import tables_of
from impls.door.misbehaviour import Malformed
from impls.marker import Declaration

Bridge = Callable[[Callable[..., Any]], Callable[..., Any]]


def bridge_of(one: Declaration) -> Bridge:
    """From the callable that is registered to one that takes tensors, and gives back what they became."""
    if one.call == "module-tables":
        return lambda module: _Turning(module, one)
    if one.arrays != "torch":
        return lambda function: _Converting(function, one.arrays)
    return lambda function: function


class _Turning:
    """q and k turned by the tables that a module makes: by the function that belongs to it, or in float64."""

    def __init__(self, module: Callable[..., Any], one: Declaration) -> None:
        self.module, self.one = module, one

    def __call__(self, q: Tensor, k: Tensor, position_ids: Tensor) -> Any:
        """(batch, heads, n, dim) both; positions (batch, n), or (axes, batch, n) on a grid."""
        tables = self.module(q, position_ids)
        if not (isinstance(tables, tuple | list) and len(tables) == 2):
            raise Malformed(f"returned {type(tables).__name__}; expected the tables cos and sin")
        if self.one.apply is not None:
            return self.one.apply(q, k, *tables)
        return tuple(self._turned(x, *tables) for x in (q, k))

    def _turned(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        a_column_a_pair = (tables_of(self.one) or "").endswith("/2")
        half = self.one.layout != "interleaved"
        a, b = (each.double().unsqueeze(-3) for each in (cos, sin))
        if not a_column_a_pair:
            pairs = a.shape[-1] // 2
            a, b = (each[..., :pairs] if half else each[..., ::2] for each in (a, b))
        size = 2 * a.shape[-1]
        turning, rest = x[..., :size].double(), x[..., size:]
        if half:
            first, second = turning.chunk(2, dim=-1)
            turned = torch.cat([first * a - second * b, second * a + first * b], dim=-1)
        else:
            first, second = turning[..., ::2], turning[..., 1::2]
            turned = torch.stack([first * a - second * b, second * a + first * b], dim=-1).flatten(-2)
        return torch.cat([turned.to(x.dtype), rest], dim=-1)


class _Converting:
    """Code for arrays of another library."""

    def __init__(self, function: Callable[..., Any], kind: str) -> None:
        self.function, self.kind = function, kind

    def __call__(self, *given: Any, **named: Any) -> Any:
        """What it does with arrays, as tensors."""
        arrays = [self._array(each) for each in given]
        result = self.function(*arrays, **{name: self._array(each) for name, each in named.items()})
        return tuple(map(self._tensor, result)) if isinstance(result, tuple | list) else self._tensor(result)

    def _array(self, given: Any) -> Any:
        if isinstance(given, torch.dtype):
            return str(given).removeprefix("torch.")
        if not isinstance(given, Tensor):
            return given
        if given.requires_grad:
            raise Malformed(f"takes arrays of {self.kind}, which carry no gradient")
        if self.kind == "jax":
            import jax

            return jax.dlpack.from_dlpack(given.contiguous())
        if given.dtype == torch.bfloat16:
            import ml_dtypes

            return given.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
        return given.numpy()

    def _tensor(self, result: Any) -> Any:
        if self.kind == "jax":
            return torch.utils.dlpack.from_dlpack(result)
        if isinstance(result, np.ndarray) and result.dtype.name == "bfloat16":
            return torch.from_numpy(np.ascontiguousarray(result).view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(np.ascontiguousarray(result)) if isinstance(result, np.ndarray) else result
