"""RoPE in one kernel of Triton, in both layouts, forward and backward, of positions or of tables, also in place.

It runs on a GPU, or in Triton's interpreter.
"""

import os
from functools import partial
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.turning import turned

DTYPES: Final = ("float32", "bfloat16", "float16")
DEVICES: Final = None if os.environ.get("TRITON_INTERPRET") == "1" else ("cuda",)
register = partial(implements, "rope", form="fused", dtypes=DTYPES, devices=DEVICES)
of_tables = partial(register, call="x-tables", table_dtype="float32")


def _launch(x: Tensor, y: Tensor, first: Tensor, second: Tensor, half: bool) -> Tensor:
    """Turn x into y, by tables (n, dim/2), or by positions (n,) and frequencies (dim/2,)."""
    import triton

    from impls.kernels import HEADS, TILE, turn

    tokens, dim = x.shape[-2:]
    if x.numel():
        rows = x.numel() // (tokens * dim)
        grid = (triton.cdiv(tokens, TILE.value), triton.cdiv(rows, HEADS.value))
        size = triton.next_power_of_2(dim // 2)
        first, second = first.contiguous(), second.contiguous()
        turn[grid](x, y, first, second, rows, tokens, dim // 2, PAIRS=size, HALF=half, TABLES=first.ndim == 2)
    return y


def _turn(half: bool, x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    x = x.contiguous()
    return _launch(x, torch.empty_like(x), first, second, half)


def _turn_in_place(half: bool, x: Tensor, first: Tensor, second: Tensor) -> None:
    dense = x.contiguous()
    _launch(dense, dense, first, second, half)
    if dense is not x:
        x.copy_(dense)


turn_half, turn_interleaved = partial(_turn, True), partial(_turn, False)


def _frequencies(x: Tensor, base: float) -> Tensor:
    exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64, device=x.device) / x.shape[-1]
    return (base**-exponents).float()


@register(layout="half", name="rope-triton-half")
def half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(a, b) -> (a cos - b sin, b cos + a sin), a and b the halves of a row, in float32, rounded once."""
    return turned(turn_half, x, positions.float(), _frequencies(x, base))


@register(layout="interleaved", name="rope-triton-interleaved")
def interleaved(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The same, where a and b are neighbours, which are read as one row."""
    return turned(turn_interleaved, x, positions.float(), _frequencies(x, base))


@of_tables(layout="half", name="rope-triton-half-tables")
def half_tables(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x (batch, heads, n, dim); tables (n, dim/2), which a program reads once for its heads."""
    return turned(turn_half, x, cos, sin)


@of_tables(layout="interleaved", name="rope-triton-interleaved-tables")
def interleaved_tables(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The same, where a and b are neighbours."""
    return turned(turn_interleaved, x, cos, sin)


@of_tables(layout="half", name="rope-triton-half-in-place", inplace=True, differentiable=False)
def half_in_place(x: Tensor, cos: Tensor, sin: Tensor) -> None:
    """A program has read a vector before it writes it, and no other reads it."""
    _turn_in_place(True, x, cos, sin)


@of_tables(layout="interleaved", name="rope-triton-interleaved-in-place", inplace=True, differentiable=False)
def interleaved_in_place(x: Tensor, cos: Tensor, sin: Tensor) -> None:
    """The same, where a and b are neighbours."""
    _turn_in_place(False, x, cos, sin)
