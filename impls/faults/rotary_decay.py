"""xPos with one mistake: in which side is scaled how, or in the scale itself."""

from collections.abc import Callable

import torch
from torch import Tensor

from impls import implements
from impls.faults.right import angles, frequencies, in_halves, in_pairs, turned

Call = Callable[..., Tensor]
SIGN = {"query": 1, "key": -1}


def _scale(exponent: Tensor, dim: int) -> Tensor:
    """zeta_i to the power of an exponent (n,), float64, shape (n, dim/2), all right."""
    zeta = (torch.arange(0, dim, 2, dtype=torch.float64) / dim + 0.4) / 1.4
    return zeta ** exponent.double()[:, None]


def _scaled(x: Tensor, positions: Tensor, scale: Tensor, base: float) -> Tensor:
    """Every pair turned, and lengthened by its scale (n, dim/2)."""
    y = turned(x, angles(positions, x.shape[-1], base))
    return (y * scale.repeat_interleave(2, dim=-1)).to(x.dtype)


@implements("xpos", form="elementwise", name="xpos-roles-exchanged")
def roles_exchanged(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """Queries grow and keys shrink, where it should be the other way round: logits grow with the distance."""
    return _scaled(x, positions, _scale(-SIGN[role] * positions / scale_base, x.shape[-1]), base)


@implements("xpos", form="elementwise", name="xpos-keys-scaled-like-queries")
def keys_scaled_like_queries(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """Keys are scaled as queries are, where they should be scaled inversely: logits depend on where both stand."""
    return _scaled(x, positions, _scale(positions / scale_base, x.shape[-1]), base)


@implements("xpos", form="elementwise", name="xpos-keys-not-scaled")
def keys_not_scaled(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """Only queries are scaled: keys are turned as they are."""
    power = positions * (1 / scale_base if role == "query" else 0.0)
    return _scaled(x, positions, _scale(power, x.shape[-1]), base)


@implements("xpos", form="elementwise", name="xpos-scale-left-out")
def scale_left_out(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """Nothing is scaled: that is RoPE."""
    return turned(x, angles(positions, x.shape[-1], base))


@implements("xpos", form="elementwise", name="xpos-sine-not-scaled")
def sine_not_scaled(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """The scale is multiplied into the table of cosines only: pairs are sheared."""
    angle = angles(positions, x.shape[-1], base)
    scale = _scale(SIGN[role] * positions / scale_base, x.shape[-1])
    c, s = (scale * angle.cos()).to(x.dtype), angle.sin().to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * c - b * s, b * c + a * s], dim=-1).flatten(-2)


@implements("xpos", form="elementwise", name="xpos-offset-without-dim")
def offset_without_dim(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """The 0.4 of the scale is not multiplied by the dimension: the first pairs fall off much faster."""
    dim = x.shape[-1]
    zeta = (torch.arange(0, dim, 2, dtype=torch.float64) + 0.4) / (1.4 * dim)
    return _scaled(x, positions, zeta ** (SIGN[role] * positions.double() / scale_base)[:, None], base)


@implements("xpos", form="elementwise", name="xpos-scale-base-ignored")
def scale_base_ignored(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """The scale base that is asked for is ignored: it is always 512."""
    return _scaled(x, positions, _scale(SIGN[role] * positions / 512, x.shape[-1]), base)


@implements("xpos", form="elementwise", layout="half", name="xpos-scale-in-neighbours")
def scale_in_neighbours(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """Neighbouring coordinates share a scale, where the two halves should: a pair is scaled by two numbers."""
    y = in_halves(turned(in_pairs(x), angles(positions, x.shape[-1], base)))
    scale = _scale(SIGN[role] * positions / scale_base, x.shape[-1])
    return (y * scale.repeat_interleave(2, dim=-1)).to(x.dtype)


@implements(
    "xpos",
    form="elementwise",
    name="xpos-centred-on-the-call",
    source="https://github.com/Dao-AILab/flash-attention/issues/522",
)
def centred_on_the_call(
    x: Tensor, positions: Tensor, *, role: str = "query", base: float = 10000.0, scale_base: float = 512
) -> Tensor:
    """The scale is counted from the middle of the call: a cached key and a new query do not fit."""
    power = SIGN[role] * (positions - len(positions) // 2) / scale_base
    return _scaled(x, positions, _scale(power, x.shape[-1]), base)


@implements("xpos", form="gather", name="xpos-cache-key-without-positions", factory=True)
def cache_key_without_positions(dim: int, *, base: float = 10000.0, scale_base: float = 512) -> Call:
    """The cached scale is looked up by the number of tokens: other positions of equal number get the same."""
    kept: dict[int, Tensor] = {}

    def call(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        scale = kept.setdefault(len(positions), _scale(positions / scale_base, x.shape[-1]))
        return _scaled(x, positions, scale ** SIGN[role], base)

    return call


@implements(
    "xpos",
    form="gather",
    name="xpos-cached-scale-overwritten",
    source="https://github.com/lucidrains/rotary-embedding-torch/commit/22cac59",
    factory=True,
)
def cached_scale_overwritten(dim: int, *, base: float = 10000.0, scale_base: float = 512) -> Call:
    """The frequencies are stored where the scale is looked up: once a length was seen twice, they are the scale."""
    seen: dict[int, int] = {}

    def call(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        seen[len(positions)] = seen.get(len(positions), 0) + 1
        scale = _scale(positions / scale_base, x.shape[-1])
        if seen[len(positions)] > 2:
            scale = 1 + frequencies(x.shape[-1], base).expand_as(scale)
        return _scaled(x, positions, scale ** SIGN[role], base)

    return call
