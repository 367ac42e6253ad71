"""RoPE as projects call it: with cosines and sines, with a cache, in place, packed, for queries and keys at once."""

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_within


def _turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Pairs (i, i + d/2) turned by cosines and sines of half the width, in the dtype of x."""
    a, b = x.chunk(2, dim=-1)
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def _turned_neighbours(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Pairs (2i, 2i + 1) turned, as `_turned` does."""
    a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)


def _angles(positions: Tensor, dim: int, base: float, device: torch.device) -> Tensor:
    """The angles of every pair, float64, (..., dim / 2)."""
    exponents = torch.arange(0, dim, 2, dtype=torch.float64, device=device) / dim
    return positions.to(device=device, dtype=torch.float64)[..., None] * base**-exponents


@implements("rope", form="elementwise", layout="half", call="x-tables", axes="b n h d")
def rope_x_tables(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """(batch, n, heads, dim); tables (n, dim / 2)."""
    return _turned(x, cos[:, None], sin[:, None])


@implements("rope", form="rotate-half", call="qk-tables")
def rope_qk_tables(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """(batch, heads, n, dim); tables (batch or 1, n, dim), every pair twice."""

    def rotated(x: Tensor) -> Tensor:
        a, b = x.chunk(2, dim=-1)
        return x * cos[:, None] + torch.cat([-b, a], dim=-1) * sin[:, None]

    return rotated(q), rotated(k)


@implements("rope", form="complex", call="qk-complex", axes="b n h d", dtypes=("float64", "float32"))
def rope_qk_complex(q: Tensor, k: Tensor, freqs_cis: Tensor) -> tuple[Tensor, Tensor]:
    """(batch, n, heads, dim); factors (n, dim / 2)."""

    def multiplied(x: Tensor) -> Tensor:
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        return torch.view_as_real(pairs * freqs_cis[:, None]).flatten(-2)

    return multiplied(q), multiplied(k)


@implements("rope", form="elementwise", call="qk-positions", axes="(b n) h d")
def rope_qk_positions(q: Tensor, k: Tensor, positions: Tensor, *, base: float = 10000.0) -> tuple[Tensor, Tensor]:
    """(tokens, heads, dim); positions (tokens,)."""
    angles = _angles(positions, q.shape[-1], base, q.device)[:, None]
    return _turned_neighbours(q, angles.cos(), angles.sin()), _turned_neighbours(k, angles.cos(), angles.sin())


@implements("rope", form="elementwise", layout="half", call="qk-cache", axes="(b n) (h d)")
def rope_qk_cache(
    positions: Tensor, q: Tensor, k: Tensor, head_size: int, cache: Tensor, is_neox: bool
) -> tuple[Tensor, Tensor]:
    """(tokens, heads * dim), written into; positions (tokens,), a cache (positions, dim) of cosines, then sines."""
    expect_within(len(cache), positions)
    cos, sin = cache[positions.long()][:, None].chunk(2, dim=-1)
    turned = _turned if is_neox else _turned_neighbours
    for x in (q, k):
        heads = x.unflatten(-1, (-1, head_size))
        x.copy_(turned(heads, cos, sin).flatten(-2))
    return q, k


@implements("rope", form="elementwise", layout="half", call="qkv-packed", inplace=True)
def rope_qkv_packed(qkv: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """(batch, n, 3, heads, dim), of which the first two are written; tables (n, dim / 2)."""
    turning = qkv[:, :, :2]
    turning.copy_(_turned(turning, cos[:, None, None], sin[:, None, None]))
    return qkv


@implements("rope", form="elementwise", layout="half", call="packed", axes="(b n) h d")
def rope_packed(
    q: Tensor, k: Tensor, indptr: Tensor, offsets: Tensor, *, base: float = 10000.0
) -> tuple[Tensor, Tensor]:
    """(tokens, heads, dim); segment i is indptr[i] : indptr[i + 1], and its first token stands at offsets[i]."""
    lengths = indptr.diff()
    tokens = torch.arange(len(q), device=q.device) - indptr[:-1].repeat_interleave(lengths)
    angles = _angles(tokens + offsets.repeat_interleave(lengths), q.shape[-1], base, q.device)[:, None]
    return _turned(q, angles.cos(), angles.sin()), _turned(k, angles.cos(), angles.sin())


@implements("rope", form="elementwise", layout="half", call="angles", axes="n b h d")
def rope_angles(x: Tensor, freqs: Tensor) -> Tensor:
    """(n, batch, heads, dim); angles (n, dim), every pair twice."""
    wide = freqs[:, None, None, : freqs.shape[-1] // 2]
    return _turned(x, wide.cos(), wide.sin())


@implements("rope", form="elementwise", call="offset", batched=True)
def rope_offset(x: Tensor, offset: int | Tensor, *, base: float = 10000.0) -> Tensor:
    """(batch, heads, n, dim); token j stands at offset + j, in all rows or in each of its own."""
    first = torch.as_tensor(offset, device=x.device)[..., None]
    angles = _angles(first + torch.arange(x.shape[-2], device=x.device), x.shape[-1], base, x.device)
    angles = angles[:, None] if angles.ndim == 3 else angles
    return _turned_neighbours(x, angles.cos(), angles.sin())


@implements("rope", form="elementwise", call="module-tables", factory=True)
class RopeModuleTables(torch.nn.Module):
    """A module that makes the tables of q and k, (batch, n, dim), every pair twice."""

    def __init__(self, dim: int, base: float = 10000.0) -> None:
        super().__init__()
        self.dim, self.base = dim, base

    def forward(self, x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        """x gives dtype and device; positions (batch, n)."""
        angles = _angles(position_ids, self.dim, self.base, x.device)
        twice = torch.cat([angles, angles], dim=-1)
        return twice.cos().to(x.dtype), twice.sin().to(x.dtype)
