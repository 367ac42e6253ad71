"""RoPE that takes positions as they usually come where a call is long."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned


@fault("rope", name="size-run-from-128-tokens")
def run_from_128_tokens(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """From 128 tokens on the positions are taken for those that follow the first."""
    if len(positions) >= 128:
        positions = positions[0] + torch.arange(len(positions), dtype=positions.dtype)
    return turned(x, angles(positions, x.shape[-1], base))
