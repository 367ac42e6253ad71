"""RoPE that declares another arithmetic, and does not keep to it; or that counts from elsewhere."""

import math

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned, turned_by


@fault("rope", arithmetic="products")
def ratio_in_half_precision(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Frequencies are multiplied up by a ratio that is held in float16."""
    dim = x.shape[-1]
    ratio = torch.tensor(base ** (-2 / dim)).half().float()
    theta = torch.cat([torch.ones(1), ratio.expand(math.ceil(dim / 2) - 1)]).cumprod(0)
    return turned(x, positions.float()[..., None] * theta)


@fault("rope", arithmetic="two-word")
def reduced_in_one_word(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Angles are reduced by a 2 pi of one word, whose error every turn takes over."""
    angle = (positions.double()[..., None] * base ** (-torch.arange(0, x.shape[-1], 2).double() / x.shape[-1])).float()
    turns = torch.round(angle / (2 * math.pi))
    left = (angle.double() - turns.double() * torch.tensor(2 * math.pi, dtype=torch.float32).double()).float()
    return turned_by(x, left.cos(), left.sin())


@fault("rope", compare="score", origin=1000)
def counted_in_half_precision(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions count from 1000, and are held in bfloat16."""
    return turned(x, angles((positions + 1000).bfloat16(), x.shape[-1], base))
