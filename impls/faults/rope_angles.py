"""RoPE with a wrong angle: the sign, the frequencies, the base, or the positions that enter."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, frequencies, turned

TABLE_ROWS = 4096


@fault("rope")
def sine_sign_flipped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The sine has the wrong sign: pairs turn clockwise."""
    return turned(x, -angles(positions, x.shape[-1], base))


@fault("rope")
def base_10001(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The base is 10001 where it should be 10000."""
    return turned(x, angles(positions, x.shape[-1], base * 1.0001))


@fault("rope")
def base_defaults_to_10001(x: Tensor, positions: Tensor, *, base: float = 10001.0) -> Tensor:
    """The default of the base is 10001 where it should be 10000."""
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope", source="https://github.com/vllm-project/vllm/pull/29111")
def base_ignored(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The base that is asked for is ignored: it is always 10000."""
    return turned(x, angles(positions, x.shape[-1], 10000.0))


@fault("rope")
def exponent_i_over_d(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The exponent of the base is -i/d where it should be -2i/d."""
    return turned(x, positions.double()[:, None] * frequencies(x.shape[-1], base).sqrt())


@fault("rope")
def last_frequency_1_over_base(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The exponent is divided by d - 2 where it should be divided by d: the last frequency is 1/base."""
    exponents = torch.linspace(0, -1, x.shape[-1] // 2, dtype=torch.float64)
    return turned(x, positions.double()[:, None] * torch.pow(base, exponents))


@fault("rope", source="https://github.com/sgl-project/sglang-jax/issues/1472")
def frequencies_in_bfloat16(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The frequencies are rounded to bfloat16: the error grows with the position."""
    return turned(x, positions.double()[:, None] * frequencies(x.shape[-1], base).bfloat16().double())


@fault("rope", source="https://github.com/Dao-AILab/flash-attention/commit/62e98144")
def positions_in_bfloat16(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The positions are rounded to bfloat16: beyond 256, neighbours fall together."""
    return turned(x, angles(positions.bfloat16(), x.shape[-1], base))


@fault("rope", source="https://github.com/fla-org/flash-linear-attention/issues/477")
def positions_off_by_one(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The positions are off by one: they are counted from 1."""
    return turned(x, angles(positions + 1, x.shape[-1], base))


@fault("rope")
def positions_wrap_at_4096(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The positions wrap around: 4096 acts like 0."""
    return turned(x, angles(positions.fmod(TABLE_ROWS), x.shape[-1], base))


@fault("rope")
def positions_end_at_4095(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The table ends: all positions from 4095 on act alike."""
    return turned(x, angles(positions.clamp(max=TABLE_ROWS - 1), x.shape[-1], base))


@fault("rope")
def sign_of_position_lost(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The sign of the position is lost: -p acts like p."""
    return turned(x, angles(positions.abs(), x.shape[-1], base))


@fault("rope")
def logarithm_of_position(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The angle is formed through the logarithm of the position: negative positions give NaN."""
    return turned(x, (positions.double().log()[:, None] + frequencies(x.shape[-1], base).log()).exp())


@fault("rope")
def positions_truncated(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The positions are cut to integers: 2.75 acts like 2."""
    return turned(x, angles(positions.long(), x.shape[-1], base))


@fault("rope")
def positions_interpolated(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Linear interpolation was left switched on: the positions are divided by 4."""
    return turned(x, angles(positions / 4, x.shape[-1], base))


@fault("rope")
def positions_ignored(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The positions are ignored: tokens are counted 0, 1, 2, ... in every call."""
    return turned(x, angles(torch.arange(len(positions)), x.shape[-1], base))


@fault("rope")
def positions_taken_for_consecutive(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Only the first position is read: the others are taken to follow it one by one."""
    return turned(x, angles(positions[:1] + torch.arange(len(positions)), x.shape[-1], base))


@fault("rope")
def positions_sorted(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The positions are sorted before they are used."""
    return turned(x, angles(positions.sort().values, x.shape[-1], base))


@fault("rope")
def positions_made_unique(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A position that occurs again is moved by the number of times that it has occurred before."""
    again = (positions[:, None] == positions).tril(-1).sum(-1)
    return turned(x, angles(positions + again, x.shape[-1], base))


@fault("rope", source="https://github.com/Blaizzy/mlx-vlm/issues/1983")
def decode_restarts_at_zero(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A token that comes alone is put at position 0: decoding does not go on from the prompt."""
    return turned(x, angles(positions if len(positions) > 1 else 0 * positions, x.shape[-1], base))


@fault("rope", source="https://github.com/huggingface/transformers/pull/27033")
def base_grows_with_length(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The base grows with the number of tokens, beyond 16: a token's angle depends on those after it."""
    return turned(x, angles(positions, x.shape[-1], base * max(1.0, len(positions) / 16)))


@fault("rope", position_dtypes=("int64", "int32", "float64", "float32"))
def positions_must_be_int64(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions of another dtype than int64 are ignored: tokens are counted 0, 1, 2, ... instead."""
    known = positions if positions.dtype == torch.int64 else torch.arange(len(positions))
    return turned(x, angles(known, x.shape[-1], base))
