"""Code that is right at its defaults, and beside each of them, but not at a setting of real models."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned
from impls.faults.scaling_yarn import _encoded as _yarn
from impls.faults.scaling_yarn import _mixed, _right_ramp
from impls.faults.scores_buckets import _ahead, _buckets, _picked


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
    theta = _mixed(x.shape[-1], _right_ramp(x.shape[-1], **given), base=base, factor=factor)
    return _yarn(x, positions, theta, 0.1 * torch.log(torch.tensor(max(factor, 1.0)).double()).item() + 1)


@fault("rope-yarn", name="setting-yarn-factor-above-32-with-mscale")
def factor_above_32_with_mscale(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, factor: float = 4.0, mscale: float = 1.0
) -> Tensor:
    """With both a factor above 32 and an mscale other than 1, the mscale is forgotten."""
    theta = _mixed(x.shape[-1], _right_ramp(x.shape[-1], base=base, factor=factor), base=base, factor=factor)
    kept = 1.0 if factor > 32 else mscale
    return _yarn(x, positions, theta, 0.1 * kept * torch.log(torch.tensor(max(factor, 1.0)).double()).item() + 1)


@fault("t5-bias", name="setting-t5-many-buckets-far")
def many_buckets_far(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """More than 32 buckets that reach beyond 512 are laid out as if they reached to 512."""
    farthest = 512 if num_buckets > 32 and max_distance > 512 else max_distance
    return _picked(table, _buckets(_ahead(query_positions, key_positions), bidirectional, num_buckets, farthest))


@fault("partial-rope", name="setting-partial-half-of-an-odd-number-of-pairs")
def half_of_an_odd_number_of_pairs(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, rotary_dim: int | None = None
) -> Tensor:
    """Of an odd number of pairs, above four, one more turns than half of them."""
    dim = x.shape[-1]
    size = rotary_dim if rotary_dim is not None else dim // 4 * 2 + 2 * (dim % 4 == 2 and dim > 10)
    return torch.cat([turned(x[..., :size], angles(positions, size, base)), x[..., size:]], dim=-1)
