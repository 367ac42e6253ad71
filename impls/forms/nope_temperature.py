"""NoPE with a temperature, said three times: the logits are multiplied, the queries are, or a matrix stands between."""

from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_contents

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("nope-temperature", form="naive", name="nope-temperature-logits", dtypes=DTYPES, strict=True)
def logits(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, temperature: float = 1.2) -> Tensor:
    """temperature * (q . k)."""
    expect_contents(q, k, query_positions, key_positions)
    return temperature * (q @ k.mT)


@implements("nope-temperature", form="elementwise", name="nope-temperature-queries", dtypes=DTYPES, strict=True)
def queries(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, temperature: float = 1.2
) -> Tensor:
    """(temperature * q) . k, the product then summed up coordinate by coordinate."""
    expect_contents(q, k, query_positions, key_positions)
    return torch.einsum("...md,...nd->...mn", q.mul(temperature), k)


@implements("nope-temperature", form="matrix", name="nope-temperature-matrix", dtypes=DTYPES, strict=True)
def matrix(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, temperature: float = 1.2) -> Tensor:
    """q (temperature I) k."""
    expect_contents(q, k, query_positions, key_positions)
    between = torch.diag(torch.full((q.shape[-1],), temperature, dtype=torch.float64, device=q.device)).to(q.dtype)
    return torch.matmul(torch.matmul(q, between), k.transpose(-1, -2))
