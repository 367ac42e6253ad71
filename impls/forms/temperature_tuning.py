"""Temperature by the query's position, in two forms; keys are returned as they are."""

from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("temperature-tuning", form="elementwise", name="temperature-tuning-elementwise", dtypes=DTYPES)
def elementwise(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """Queries times 1 + a log1p(floor(p / f))."""
    if role == "key":
        return x.clone()
    stretches = torch.floor(positions.double() / floor_scale)
    return (x * (1 + attn_scale * torch.log1p(stretches))[:, None]).to(x.dtype)


@implements("temperature-tuning", form="matrix", name="temperature-tuning-matrix", dtypes=DTYPES)
def matrix(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """y = t_p I x, where the whole stretches behind p are counted in integers."""
    identity = torch.eye(x.shape[-1], dtype=torch.float64, device=x.device)
    behind = positions.long().div(floor_scale, rounding_mode="floor") + 1
    factor = attn_scale * behind.double().log() + 1 if role == "query" else torch.ones_like(positions).double()
    return torch.einsum("nij,...nj->...ni", (factor[:, None, None] * identity).to(x.dtype), x)


@implements(
    "temperature-tuning",
    form="elementwise",
    name="temperature-tuning-ends-elementwise",
    convention="ends",
    dtypes=DTYPES,
)
def ends(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """Queries times 1 + a ln(1 + floor((p + 1) / f))."""
    if role != "query":
        return x + 0
    ended = torch.div(positions.double() + 1, floor_scale).floor()
    temperature = 1 + attn_scale * torch.log(1 + ended)
    return x * temperature.to(x.dtype).unsqueeze(-1)


@implements(
    "temperature-tuning",
    form="matrix",
    name="temperature-tuning-ends-matrix",
    convention="ends",
    dtypes=DTYPES,
)
def ends_matrix(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """The product with a diagonal matrix for each position."""
    grown = torch.log1p(torch.floor_divide(positions.long() + 1, floor_scale).double()) * attn_scale + 1
    diagonal = torch.diag_embed(grown[:, None].expand(-1, x.shape[-1])).to(x.dtype)
    return (diagonal @ x.unsqueeze(-1)).squeeze(-1) if role == "query" else x.clone()
