"""RoPE of rescaled phases, or of lengths alone, with one mistake: in the phase, the length, or their order."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles


def _polar(x: Tensor) -> tuple[Tensor, Tensor]:
    """Length and phase of every pair (2i, 2i + 1), float64, (..., dim/2) each."""
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    return torch.hypot(a, b), torch.atan2(b, a)


def _written(length: Tensor, angle: Tensor, dtype: torch.dtype) -> Tensor:
    return torch.stack([length * angle.cos(), length * angle.sin()], dim=-1).flatten(-2).to(dtype)


@fault("eulerformer", name="eulerformer-phase-after-position")
def phase_after_position(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, phase_scale: float = 0.5, phase_shift: float = 0.25
) -> Tensor:
    """The phase is rescaled after the position has turned it: positions are stretched as well."""
    length, phase = _polar(x)
    angle = phase_scale * (phase + angles(positions, x.shape[-1], base)) + phase_shift
    return _written(length, angle, x.dtype)


@fault("eulerformer", name="eulerformer-half-plane")
def half_plane(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, phase_scale: float = 0.5, phase_shift: float = 0.25
) -> Tensor:
    """The phase is the arctangent of b / a: opposite contents get the same."""
    length, _ = _polar(x)
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    phase = torch.atan(b / torch.where(a == 0, torch.full_like(a, 1e-300), a))
    return _written(length, phase_scale * phase + phase_shift + angles(positions, x.shape[-1], base), x.dtype)


@fault("eulerformer", name="eulerformer-shift-left-out")
def shift_left_out(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, phase_scale: float = 0.5, phase_shift: float = 0.25
) -> Tensor:
    """The shift of the phase is left out, which no logit of equally treated queries and keys shows."""
    length, phase = _polar(x)
    return _written(length, phase_scale * phase + angles(positions, x.shape[-1], base), x.dtype)


@fault("eulerformer", name="eulerformer-divided-by-the-scale")
def divided_by_the_scale(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, phase_scale: float = 0.5, phase_shift: float = 0.25
) -> Tensor:
    """The phase is divided by its scale, where it should be multiplied."""
    length, phase = _polar(x)
    return _written(length, phase / phase_scale + phase_shift + angles(positions, x.shape[-1], base), x.dtype)


@fault("eulerformer", name="eulerformer-not-rescaled")
def not_rescaled(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, phase_scale: float = 0.5, phase_shift: float = 0.25
) -> Tensor:
    """The phase is left as it is: that is RoPE."""
    length, phase = _polar(x)
    return _written(length, phase + angles(positions, x.shape[-1], base), x.dtype)


@fault("coca", name="coca-phase-kept")
def phase_kept(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The phase of every pair is kept: that is RoPE."""
    length, phase = _polar(x)
    return _written(length, phase + angles(positions, x.shape[-1], base), x.dtype)


@fault("coca", name="coca-first-coordinate")
def first_coordinate(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The first coordinate of every pair is taken for its length: the second is lost."""
    return _written(x[..., 0::2].double().abs(), angles(positions, x.shape[-1], base), x.dtype)


@fault("coca", name="coca-length-squared")
def length_squared(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The square of the length is turned, where the root was forgotten."""
    length, _ = _polar(x)
    return _written(length.square(), angles(positions, x.shape[-1], base), x.dtype)


@fault("coca", name="coca-sign-kept")
def sign_kept(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The length has the sign of the first coordinate: pairs may still point in opposite directions."""
    length, _ = _polar(x)
    sign = torch.where(x[..., 0::2] < 0, -1.0, 1.0)
    return _written(length * sign, angles(positions, x.shape[-1], base), x.dtype)
