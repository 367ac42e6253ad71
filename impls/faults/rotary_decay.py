"""xPos with one mistake: in which side is scaled how, or in the scale itself."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault, fault_in
from impls.faults.right import angles, frequencies, in_halves, in_pairs, turned, turned_by

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


def _right(dim: int, positions: Tensor, sign: int, scale_base: float) -> Tensor:
    return _scale(sign * positions / scale_base, dim)


RIGHT: Steps = {"scale": _right, "scaled": _scaled}


def _encoded(
    wrong: Steps,
    x: Tensor,
    positions: Tensor,
    *,
    role: str = "query",
    base: float = 10000.0,
    scale_base: float = 512,
) -> Tensor:
    steps = RIGHT | wrong
    scale = steps["scale"](x.shape[-1], positions, SIGN[role], scale_base)
    y: Tensor = steps["scaled"](x, positions, scale, base)
    return y


_wrong = partial(fault_in, _encoded, encoding="xpos")


@_wrong("scale", name="xpos-roles-exchanged")
def _roles_exchanged(dim: int, positions: Tensor, sign: int, scale_base: float) -> Tensor:
    """Queries grow and keys shrink, where it should be the other way round: logits grow with the distance."""
    return _scale(-sign * positions / scale_base, dim)


@_wrong("scale", name="xpos-keys-scaled-like-queries")
def _keys_scaled_like_queries(dim: int, positions: Tensor, sign: int, scale_base: float) -> Tensor:
    """Keys are scaled as queries are, where they should be scaled inversely: logits depend on where both stand."""
    return _scale(positions / scale_base, dim)


@_wrong("scale", name="xpos-keys-not-scaled")
def _keys_not_scaled(dim: int, positions: Tensor, sign: int, scale_base: float) -> Tensor:
    """Only queries are scaled: keys are turned as they are."""
    return _scale(positions * (1 / scale_base if sign > 0 else 0.0), dim)


@_wrong("scaled", name="xpos-scale-left-out")
def _scale_left_out(x: Tensor, positions: Tensor, scale: Tensor, base: float) -> Tensor:
    """Nothing is scaled: that is RoPE."""
    return turned(x, angles(positions, x.shape[-1], base))


@_wrong("scaled", name="xpos-sine-not-scaled")
def _sine_not_scaled(x: Tensor, positions: Tensor, scale: Tensor, base: float) -> Tensor:
    """The scale is multiplied into the table of cosines only: pairs are sheared."""
    angle = angles(positions, x.shape[-1], base)
    return turned_by(x, scale * angle.cos(), angle.sin())


@_wrong("scale", name="xpos-offset-without-dim")
def _offset_without_dim(dim: int, positions: Tensor, sign: int, scale_base: float) -> Tensor:
    """The 0.4 of the scale is not multiplied by the dimension: the first pairs fall off much faster."""
    zeta = (torch.arange(0, dim, 2, dtype=torch.float64) + 0.4) / (1.4 * dim)
    return zeta ** (sign * positions.double() / scale_base)[:, None]


@_wrong("scale", name="xpos-scale-base-ignored")
def _scale_base_ignored(dim: int, positions: Tensor, sign: int, scale_base: float) -> Tensor:
    """The scale base that is asked for is ignored: it is always 512."""
    return _scale(sign * positions / 512, dim)


@_wrong("scaled", name="xpos-scale-in-neighbours", layout="half")
def _scale_in_neighbours(x: Tensor, positions: Tensor, scale: Tensor, base: float) -> Tensor:
    """Neighbouring coordinates share a scale, where the two halves should: a pair is scaled by two numbers."""
    y = in_halves(turned(in_pairs(x), angles(positions, x.shape[-1], base)))
    return (y * scale.repeat_interleave(2, dim=-1)).to(x.dtype)


@_wrong("scale", name="xpos-centred-on-the-call", source="https://github.com/Dao-AILab/flash-attention/issues/522")
def _centred_on_the_call(dim: int, positions: Tensor, sign: int, scale_base: float) -> Tensor:
    """The scale is counted from the middle of the call: a cached key and a new query do not fit."""
    return _scale(sign * (positions - len(positions) // 2) / scale_base, dim)


@fault("xpos", name="xpos-cache-key-without-positions", factory=True)
def cache_key_without_positions(dim: int, *, base: float = 10000.0, scale_base: float = 512) -> Call:
    """The cached scale is looked up by the number of tokens: other positions of equal number get the same."""
    kept: dict[int, Tensor] = {}

    def call(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        scale = kept.setdefault(len(positions), _scale(positions / scale_base, x.shape[-1]))
        return _scaled(x, positions, scale ** SIGN[role], base)

    return call


@fault(
    "xpos",
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
