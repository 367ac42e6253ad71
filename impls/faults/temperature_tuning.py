"""A temperature by the query's position with one mistake: in what is counted, in the logarithm, or in what grows."""

import torch
from torch import Tensor

from impls.faults import fault


def _times(x: Tensor, factor: Tensor) -> Tensor:
    return (x * factor[:, None]).to(x.dtype)


@fault("temperature-tuning", strict=False)
def temperature_of_keys(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """Keys are lengthened as queries are."""
    return _times(x, 1 + attn_scale * torch.log1p(torch.floor(positions.double() / floor_scale)))


@fault("temperature-tuning", strict=False)
def temperature_without_steps(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """The factor grows from position to position: the quotient is not rounded down."""
    return _times(x, 1 + attn_scale * torch.log1p(positions.double() / floor_scale)) if role == "query" else x.clone()


@fault("temperature-tuning", strict=False)
def temperature_one_early(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """Stretches that have ended are counted: the last position of each has the factor of the next."""
    ended = torch.floor((positions.double() + 1) / floor_scale)
    return _times(x, 1 + attn_scale * torch.log1p(ended)) if role == "query" else x.clone()


@fault("temperature-tuning", convention="ends", strict=False)
def temperature_one_late(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """Where stretches that have ended should be counted, those that have begun are."""
    begun = torch.floor(positions.double() / floor_scale)
    return _times(x, 1 + attn_scale * torch.log1p(begun)) if role == "query" else x.clone()


@fault("temperature-tuning", strict=False)
def temperature_in_bits(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """The logarithm is that of base 2."""
    begun = torch.floor(positions.double() / floor_scale)
    return _times(x, 1 + attn_scale * torch.log2(1 + begun)) if role == "query" else x.clone()


@fault("temperature-tuning", strict=False)
def temperature_in_halves(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """Positions are held in bfloat16, which loses some ends of stretches."""
    begun = torch.floor(positions.bfloat16().double() / floor_scale)
    return _times(x, 1 + attn_scale * torch.log1p(begun)) if role == "query" else x.clone()


@fault("temperature-tuning", strict=False)
def temperature_scale_at_8192_alone(
    x: Tensor, positions: Tensor, *, role: str = "query", attn_scale: float = 0.1, floor_scale: int = 8192
) -> Tensor:
    """The scale is ignored where the length of a stretch is told."""
    scale = attn_scale if floor_scale == 8192 else 0.1
    begun = torch.floor(positions.double() / floor_scale)
    return _times(x, 1 + scale * torch.log1p(begun)) if role == "query" else x.clone()
