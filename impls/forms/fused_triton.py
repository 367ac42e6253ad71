"""RoPE in one kernel of Triton, in both layouts, forward and backward. It runs on a GPU, or in Triton's interpreter."""

import os
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float32", "bfloat16", "float16")
DEVICES: Final = None if os.environ.get("TRITON_INTERPRET") == "1" else ("cuda",)
register = partial(implements, "rope", form="fused", dtypes=DTYPES, devices=DEVICES)


class _Turn(torch.autograd.Function):
    """The gradient is turned back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, positions: Tensor, frequencies: Tensor, half: bool, sign: float) -> Tensor:
        ctx.save_for_backward(positions, frequencies)
        ctx.half, ctx.sign = half, sign
        return _turned(x.contiguous(), positions, frequencies, half, sign)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None, None]:
        (gradient,) = gradients
        turned = _Turn.apply(gradient, *ctx.saved_tensors, ctx.half, -ctx.sign)  # type: ignore[no-untyped-call]
        return turned, None, None, None, None


def _turned(x: Tensor, positions: Tensor, frequencies: Tensor, half: bool, sign: float) -> Tensor:
    import triton

    from impls.kernels import HEADS, TILE, turn

    y = torch.empty_like(x)
    tokens, dim = x.shape[-2:]
    if x.numel():
        rows = x.numel() // (tokens * dim)
        grid = (triton.cdiv(tokens, TILE.value), triton.cdiv(rows, HEADS.value))
        size = triton.next_power_of_2(dim // 2)
        turn[grid](x, y, positions, frequencies, rows, tokens, dim // 2, sign, PAIRS=size, HALF=half)
    return y


def _rope(half: bool, x: Tensor, positions: Tensor, base: float) -> Tensor:
    exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64, device=x.device) / x.shape[-1]
    turned: Tensor = _Turn.apply(x, positions.float(), (base**-exponents).float(), half, 1.0)  # type: ignore[no-untyped-call]
    return turned


@register(layout="half", name="rope-triton-half")
def half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(a, b) -> (a cos - b sin, b cos + a sin), a and b the halves of a row, in float32, rounded once."""
    return _rope(True, x, positions, base)


@register(layout="interleaved", name="rope-triton-interleaved")
def interleaved(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The same, where a and b are neighbours, which are read as one row."""
    return _rope(False, x, positions, base)
