"""KERPLE in both of its kernels, each in two forms. No form uses another, or anything that another uses."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect(query_positions: Tensor, key_positions: Tensor, heads: int, **numbers: Tensor) -> None:
    """Positions (n,), and a positive number for every head."""
    for positions in (query_positions, key_positions):
        if positions.ndim != 1:
            raise ValueError(f"positions have the shape {tuple(positions.shape)}; expected (n,)")
    for name, each in numbers.items():
        if tuple(each.shape) != (heads,) or not bool((each > 0).all()):
            raise ValueError(f"{name} is {each.tolist()}; expected a positive number for each of {heads} heads")


@implements("kerple", form="elementwise", name="kerple-elementwise", dtypes=DTYPES, strict=True)
def elementwise(query_positions: Tensor, key_positions: Tensor, heads: int, *, r1: Tensor, r2: Tensor) -> Tensor:
    """-r1 log(1 + r2 |m - n|), entry by entry."""
    _expect(query_positions, key_positions, heads, r1=r1, r2=r2)
    distance = (query_positions.double()[:, None] - key_positions.double()).abs()
    first, second = r1.double()[:, None, None], r2.double()[:, None, None]
    return (-first * torch.log1p(second * distance)).to(r1.dtype)


@implements("kerple", form="toeplitz", name="kerple-toeplitz", dtypes=DTYPES, strict=True)
def toeplitz(query_positions: Tensor, key_positions: Tensor, heads: int, *, r1: Tensor, r2: Tensor) -> Tensor:
    """One value for every different offset, r1 log(1 / (1 + r2 |o|)) head by head, gathered into a matrix."""
    _expect(query_positions, key_positions, heads, r1=r1, r2=r2)
    offsets = torch.sub(query_positions.double().unsqueeze(1), key_positions.double())
    different, place = torch.unique(offsets, return_inverse=True)
    apart = torch.maximum(different, -different)
    values = torch.stack([torch.log(1 / (1 + apart * each)) for each in r2.double()]) * r1.double()[:, None]
    return values[:, place].to(r1.dtype)


@implements(
    "kerple", form="elementwise", name="kerple-power-elementwise", convention="power", dtypes=DTYPES, strict=True
)
def power_elementwise(query_positions: Tensor, key_positions: Tensor, heads: int, *, r1: Tensor, r2: Tensor) -> Tensor:
    """-r1 |m - n|^r2, entry by entry."""
    _expect(query_positions, key_positions, heads, r1=r1, r2=r2)
    distance = torch.cdist(query_positions.double()[:, None], key_positions.double()[:, None], p=1)
    return torch.einsum("h,hmn->hmn", -r1.double(), distance ** r2.double()[:, None, None]).to(r1.dtype)


@implements(
    "kerple", form="exponential", name="kerple-power-exponential", convention="power", dtypes=DTYPES, strict=True
)
def power_exponential(query_positions: Tensor, key_positions: Tensor, heads: int, *, r1: Tensor, r2: Tensor) -> Tensor:
    """-exp(ln r1 + r2 ln |m - n|), and 0 where query and key stand in one place, which no logarithm meets.

    There an exponential of -inf would be 0 as well, but its gradient not a number.
    """
    _expect(query_positions, key_positions, heads, r1=r1, r2=r2)
    apart = query_positions.double().unsqueeze(1) - key_positions.double()
    logs = apart.masked_fill(apart == 0, 1).square().log() / 2
    found = [torch.exp(scale.double().log() + power.double() * logs) for scale, power in zip(r1, r2, strict=True)]
    return -torch.stack(found).masked_fill(apart == 0, 0).to(r1.dtype)
