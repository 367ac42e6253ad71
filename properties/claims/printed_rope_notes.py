"""What the code in the notes on rotary position embedding does, with its shapes, its axes and its cache."""

import torch
from torch import Tensor


def rotate_every_two(x: Tensor) -> Tensor:
    """(-x1, x0, -x3, x2, ...) for three axes: the slices name the third axis, not the last."""
    evens, odds = x[:, :, ::2], x[:, :, 1::2]
    return torch.stack((-odds, evens), dim=-1).flatten(-2)


def rotate_half(x: Tensor) -> Tensor:
    """(-second half, first half) of the last axis."""
    pairs = x.shape[-1] // 2
    return torch.cat((-x[..., pairs:], x[..., :pairs]), dim=-1)


def doubled(frequencies: Tensor) -> Tensor:
    """The frequencies of all pairs, twice over."""
    return torch.cat((frequencies, frequencies), dim=-1)


class Rotary(torch.nn.Module):
    """Tables of cosines and sines, (length, 1, 1, dim): for the sequence in front, though it is looked for on axis 1.

    They are kept until the length changes, whatever else does.
    """

    inv_freq: Tensor

    def __init__(self, dim: int, base: float = 10000) -> None:
        super().__init__()
        self.register_buffer("inv_freq", 1.0 / (base ** (torch.arange(0, dim, 2).float() / dim)))
        self.length: int | None = None
        self.tables: tuple[Tensor, Tensor] | None = None

    def forward(self, x: Tensor, seq_dim: int = 1) -> tuple[Tensor, Tensor]:
        """Cosines and sines for the length of x along an axis."""
        if self.tables is None or x.shape[seq_dim] != self.length:
            self.length = x.shape[seq_dim]
            places = torch.arange(self.length, device=x.device).type_as(self.inv_freq)
            angles = doubled(torch.einsum("i,j->ij", places, self.inv_freq))[:, None, None, :]
            self.tables = angles.cos(), angles.sin()
        return self.tables


def apply_rotary(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Both products, and their sum."""
    return (x * cosines) + (rotate_half(x) * sines)
