"""What turns vectors is turned back by its gradient: the one derivative that all fused forms of RoPE have."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Turn = Callable[[Tensor, Tensor, Tensor], Tensor]
"""f(x, cosines, sines), or f(x, positions, frequencies): with the last one negative it turns the other way."""


class _Turned(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, turn: Turn, x: Tensor, *by: Tensor) -> Tensor:
        ctx.save_for_backward(*by)
        ctx.turn = turn
        return turn(x.detach(), *by)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        first, second = ctx.saved_tensors
        return None, turned(ctx.turn, gradients[0], first, -second), None, None


def turned(turn: Turn, x: Tensor, *by: Tensor) -> Tensor:
    """turn(x, ...), whose gradient is turned back at the cost of another call."""
    result: Tensor = _Turned.apply(turn, x, *by) if x.requires_grad else turn(x, *by)  # type: ignore[no-untyped-call]
    return result
