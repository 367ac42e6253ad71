"""No positional encoding, said twice: as nothing done, and as the identity matrix."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_matching(x: Tensor, positions: Tensor) -> None:
    if x.shape[-2:-1] != positions.shape:
        raise ValueError(f"x {tuple(x.shape)} and positions {tuple(positions.shape)} differ in their number of tokens")


@implements("nope", form="elementwise", name="nope-identity", dtypes=DTYPES, strict=True)
def identity(x: Tensor, positions: Tensor) -> Tensor:
    """y = x."""
    _expect_matching(x, positions)
    return x.clone()


@implements("nope", form="matrix", name="nope-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor) -> Tensor:
    """y = I x, at every position."""
    _expect_matching(x, positions)
    return x @ torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
