"""RoPE with the right angles, wrongly applied: other pairs, another matrix, not everywhere, not to both sides."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, in_halves, in_pairs, turned, turned_by


@fault("rope")
def cosine_sine_swapped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Cosine and sine are exchanged."""
    angle = angles(positions, x.shape[-1], base)
    return turned_by(x, angle.sin(), angle.cos())


@fault("rope")
def minus_sign_missing(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The minus sign is missing: (a, b) becomes (a cos + b sin, b cos + a sin), which is no rotation."""
    angle = angles(positions, x.shape[-1], base)
    a, b, c, s = x[..., 0::2], x[..., 1::2], angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    return torch.stack([a * c + b * s, b * c + a * s], dim=-1).flatten(-2)


@fault("rope", layout="interleaved")
def interleaved_rotation_half_tables(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Adjacent coordinates are rotated with tables made for halves: the two of a pair get different angles."""
    table = angles(positions, x.shape[-1], base).tile(1, 2)
    partner = torch.stack([-x[..., 1::2], x[..., 0::2]], dim=-1).flatten(-2)
    return x * table.cos().to(x.dtype) + partner * table.sin().to(x.dtype)


@fault("rope", layout="half", source="https://github.com/raiyanyahya/how-to-train-your-gpt/pull/7")
def half_rotation_interleaved_tables(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Halves are rotated with tables made for adjacent coordinates: the two of a pair get different angles."""
    table = angles(positions, x.shape[-1], base).repeat_interleave(2, dim=-1)
    a, b = x.chunk(2, dim=-1)
    return x * table.cos().to(x.dtype) + torch.cat([-b, a], dim=-1) * table.sin().to(x.dtype)


@fault("rope", layout="interleaved", source="https://github.com/lucidrains/rotary-embedding-torch/commit/204cb02")
def pairs_put_back_in_halves(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Adjacent coordinates are rotated and put back in halves: the result lies elsewhere than its vector."""
    return in_halves(turned(x, angles(positions, x.shape[-1], base)))


@fault("rope", layout="interleaved", source="https://github.com/ggml-org/llama.cpp/pull/13261")
def half_layout_called_interleaved(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The layout is half (i, i + d/2), where adjacent pairs (2i, 2i + 1) are declared."""
    return in_halves(turned(in_pairs(x), angles(positions, x.shape[-1], base)))


@fault("rope", layout="half", source="https://github.com/huggingface/pytorch-image-models/pull/2692")
def interleaved_layout_called_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The layout is adjacent pairs (2i, 2i + 1), where half (i, i + d/2) is declared."""
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope", layout="interleaved")
def layouts_mixed(x: Tensor, positions: Tensor, *, base: float = 10000.0, role: str = "query") -> Tensor:
    """Queries and keys are rotated in different layouts: queries as declared, keys in the other one."""
    if role == "query":
        return turned(x, angles(positions, x.shape[-1], base))
    return half_layout_called_interleaved(x, positions, base=base)


@fault("rope")
def keys_not_rotated(x: Tensor, positions: Tensor, *, base: float = 10000.0, role: str = "query") -> Tensor:
    """Only the queries are rotated; the keys stay as they are."""
    return turned(x, (role == "query") * angles(positions, x.shape[-1], base))


@fault("rope")
def last_pair_not_rotated(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The last pair is not rotated."""
    y = turned(x, angles(positions, x.shape[-1], base))
    return torch.cat([y[..., :-2], x.expand(y.shape)[..., -2:]], dim=-1)


@fault("rope")
def rotation_dropped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The rotation is dropped: the vectors come back as they are."""
    return turned(x, 0 * angles(positions, x.shape[-1], base))


@fault("rope", name="scaled-by-1.001")
def scaled_by_1_001(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The result is too long: it is scaled by 1.001."""
    return 1.001 * turned(x, angles(positions, x.shape[-1], base))


@fault("rope")
def table_added(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Cosines and sines are added to the vectors, which should be rotated by them."""
    angle = angles(positions, x.shape[-1], base)
    return x + torch.stack([angle.cos(), angle.sin()], dim=-1).flatten(-2).to(x.dtype)


@fault("rope")
def vectors_normalised(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The vectors are scaled to unit length before they are rotated."""
    return turned(torch.nn.functional.normalize(x, dim=-1), angles(positions, x.shape[-1], base))


@fault("rope", source="https://github.com/KellerJordan/modded-nanogpt/issues/39")
def tables_in_bfloat16(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Cosines and sines are held in bfloat16, whatever the dtype of the vectors."""
    angle = angles(positions, x.shape[-1], base)
    return turned_by(x, angle.cos().bfloat16(), angle.sin().bfloat16())


@fault("rope")
def clamped_to_float16(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The result is clamped to the range of float16 in every dtype."""
    return turned(x, angles(positions, x.shape[-1], base)).clamp(-65504.0, 65504.0)


@fault("rope", dtypes=("float16",))
def overflow_in_float16(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The vectors are multiplied by 64 before they are rotated and divided by 64 after: float16 overflows."""
    return turned(64 * x, angles(positions, x.shape[-1], base)) / 64


@fault("rope", layout="interleaved-to-half")
def pairs_left_as_neighbours(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Pairs are declared to go out in halves, and go out as neighbours."""
    return turned(x, angles(positions, x.shape[-1], base))
