"""Multiplication by the position in two forms. Float16 is not declared: products with large positions overflow it."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16")


@implements("multiplicative", form="elementwise", name="multiplicative-elementwise", dtypes=DTYPES, strict=True)
def elementwise(x: Tensor, positions: Tensor) -> Tensor:
    """y = p x."""
    return x * positions.to(x.dtype)[:, None]


@implements("multiplicative", form="matrix", name="multiplicative-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor) -> Tensor:
    """y = (p I) x."""
    scaled = torch.diag_embed(positions.double()[:, None].expand(-1, x.shape[-1])).to(x.dtype)
    return torch.einsum("nij,...nj->...ni", scaled, x)
