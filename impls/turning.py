"""What turns vectors is turned back by its gradient: the one derivative that all fused forms of RoPE have."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Turn = Callable[[Tensor, Tensor, Tensor], Tensor]
"""f(x, cosines, sines), or f(x, positions, frequencies): with the last one negative it turns the other way."""


class _Turned(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(turn: Turn, x: Tensor, first: Tensor, second: Tensor) -> Tensor:
        return turn(x.detach(), first, second)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.turn, _, *by = inputs
        ctx.save_for_backward(*by)
        ctx.save_for_forward(*by)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        first, second = ctx.saved_tensors
        return None, turned(ctx.turn, gradients[0], first, -second), None, None

    @staticmethod
    def jvp(ctx: Any, *tangents: Tensor) -> Tensor:
        return turned(ctx.turn, tangents[1], *ctx.saved_tensors)


def turned(turn: Turn, x: Tensor, *by: Tensor) -> Tensor:
    """turn(x, ...), whose derivatives are turned as well, at the cost of another call.

    Raises ValueError for tables, or positions, that require a gradient: none would come back to them.
    """
    if any(each.requires_grad for each in by):
        raise ValueError("tables and positions get no gradient here; expected such as require none: detach them")
    result: Tensor = _Turned.apply(turn, x, *by)  # type: ignore[no-untyped-call]
    return result
