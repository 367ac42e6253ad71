"""Code that is right at its defaults, and beside each of them, but not at a setting of real models."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.partial_rope import rotated_size
from impls.faults.right import angles, turned
from impls.faults.scaling_yarn import encoded, mixed, right_ramp
from impls.faults.scores_buckets import buckets_of, t5_with


@fault("rope", name="setting-base-clamped")
def base_clamped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A base above 600000 is taken for a mistake, and 10000 in its place."""
    return turned(x, angles(positions, x.shape[-1], base if base <= 600000 else 10000.0))


@fault("rope", name="setting-positions-clamped")
def positions_clamped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions are clamped at 2^20 + 1."""
    return turned(x, angles(positions.clamp(max=2**20 + 1), x.shape[-1], base))


@fault("rope-yarn", name="setting-yarn-context-in-16-bits")
def context_in_16_bits(
    x: Tensor,
    positions: Tensor,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
) -> Tensor:
    """The original context is held in 16 bits, and wraps around from 32768 on."""
    context = torch.tensor(original_max_position_embeddings % 2**16).to(torch.int16).abs().item() or 1
    given = {"base": base, "factor": factor, "original_max_position_embeddings": context}
    theta = mixed(x.shape[-1], right_ramp(x.shape[-1], **given), base=base, factor=factor)
    return encoded(x, positions, theta, 0.1 * torch.log(torch.tensor(max(factor, 1.0)).double()).item() + 1)


@fault("rope-yarn", name="setting-yarn-factor-above-32-with-mscale")
def factor_above_32_with_mscale(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0, mscale: float = 1.0
) -> Tensor:
    """With both a factor above 32 and an mscale other than 1, the mscale is forgotten."""
    theta = mixed(x.shape[-1], right_ramp(x.shape[-1], base=base, factor=factor), base=base, factor=factor)
    kept = 1.0 if factor > 32 else mscale
    return encoded(x, positions, theta, 0.1 * kept * torch.log(torch.tensor(max(factor, 1.0)).double()).item() + 1)


@t5_with("buckets", name="setting-t5-many-buckets-far")
def _many_buckets_far(ahead: Tensor, bidirectional: bool, buckets: int, farthest: int) -> Tensor:
    """More than 32 buckets that reach beyond 512 are laid out as if they reached to 512."""
    return buckets_of(ahead, bidirectional, buckets, 512 if buckets > 32 and farthest > 512 else farthest)


@fault("partial-rope", name="setting-partial-half-of-an-odd-number-of-pairs")
def half_of_an_odd_number_of_pairs(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Of an odd number of pairs, above four, one more turns than half of them."""
    dim = x.shape[-1]
    more = 2 * (rotary_dim is None and dim % 4 == 2 and dim > 10)
    size = rotated_size(dim, rotary_dim) + more
    return torch.cat([turned(x[..., :size], angles(positions, size, base)), x[..., size:]], dim=-1)
