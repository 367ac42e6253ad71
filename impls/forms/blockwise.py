"""RoPE inside blocks of one modality in four forms. No form uses another, or anything that another uses.

Places are (n, 2): the position and the number of the block, each whole or floating.
"""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_contents, expect_pairs

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


@implements("blockwise", form="naive", layout="interleaved", name="blockwise-naive", dtypes=DTYPES, strict=True)
def naive(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Two matrices of logits, with RoPE and without; the blocks choose between them."""
    expect_contents(q, k, query_positions, key_positions, axes=2)
    expect_pairs(q)
    theta = base ** (-torch.arange(0, q.shape[-1], 2, dtype=torch.float64, device=q.device) / q.shape[-1])
    turned = []
    for x, positions in ((q, query_positions[:, 0]), (k, key_positions[:, 0])):
        angles = positions.double()[:, None] * theta
        a, b, c, s = x[..., 0::2], x[..., 1::2], angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        turned.append(torch.stack([a * c - b * s, b * c + a * s], dim=-1).flatten(-2))
    same = query_positions[:, 1][:, None] == key_positions[:, 1]
    return torch.where(same, turned[0] @ turned[1].mT, q @ k.mT)


@implements("blockwise", form="toeplitz", layout="half", name="blockwise-toeplitz", dtypes=DTYPES, strict=True)
def toeplitz(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """One matrix: the offset n - m counts as 0 between blocks, and q . R_0 k is the plain product."""
    expect_contents(q, k, query_positions, key_positions, axes=2)
    expect_pairs(q)
    offsets = key_positions.double() - query_positions.double()[:, None]
    counted = torch.where(offsets[..., 1] == 0, offsets[..., 0], 0.0)
    theta = torch.exp(
        torch.arange(q.shape[-1] // 2, dtype=torch.float64, device=q.device) * (-2 * math.log(base) / q.shape[-1])
    )
    angles = counted[..., None] * theta
    wide = torch.promote_types(q.dtype, torch.float32)
    c, s = angles.cos().to(wide), angles.sin().to(wide)
    a, b = q.to(wide).unsqueeze(-2).chunk(2, dim=-1)
    x, y = k.to(wide).unsqueeze(-3).chunk(2, dim=-1)
    return ((a * x + b * y) * c + (b * x - a * y) * s).sum(-1).to(q.dtype)


@implements("blockwise", form="gather", layout="half", name="blockwise-gather", dtypes=DTYPES, strict=True)
def gather(q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The plain logits, in which block after block, its tokens gathered, is overwritten by RoPE's."""
    expect_contents(q, k, query_positions, key_positions, axes=2)
    expect_pairs(q)
    logits = torch.einsum("...md,...nd->...mn", q, k)
    inverse = torch.tensor(
        [base ** (-2 * i / q.shape[-1]) for i in range(q.shape[-1] // 2)], dtype=torch.float64, device=q.device
    )
    for block in query_positions[:, 1].unique():
        mine, theirs = (torch.where(p[:, 1] == block)[0] for p in (query_positions, key_positions))
        sides = []
        for x, tokens, places in ((q, mine, query_positions), (k, theirs, key_positions)):
            angles = torch.outer(places[tokens, 0].double(), inverse).tile(2)
            content = x[..., tokens, :]
            swapped = content.roll(content.shape[-1] // 2, dims=-1)
            signs = torch.tensor([-1.0, 1.0], dtype=x.dtype, device=x.device).repeat_interleave(content.shape[-1] // 2)
            sides.append(content * angles.cos().to(x.dtype) + swapped * signs * angles.sin().to(x.dtype))
        logits[..., mine[:, None], theirs] = sides[0] @ sides[1].mT
    return logits


@implements("blockwise", form="complex", layout="interleaved", name="blockwise-complex", dtypes=DTYPES, strict=True)
def complex_numbers(
    q: Tensor, k: Tensor, query_positions: Tensor, key_positions: Tensor, *, base: float = 10000.0
) -> Tensor:
    """Re(q_i e^(i m theta_i) conj(k_i e^(i n theta_i))) where blocks meet themselves, Re(q_i conj(k_i)) elsewhere."""
    expect_contents(q, k, query_positions, key_positions, axes=2)
    expect_pairs(q)
    wide = torch.promote_types(q.dtype, torch.float32)
    steps = torch.logspace(0, -1, q.shape[-1] // 2 + 1, base=base, dtype=torch.float64, device=q.device)[:-1]
    zs = [torch.view_as_complex(x.to(wide).unflatten(-1, (-1, 2)).contiguous()) for x in (q, k)]
    waves = [
        torch.exp(1j * torch.outer(p[:, 0].double(), steps)).to(zs[0].dtype) for p in (query_positions, key_positions)
    ]
    inside, across = (zs[0] * waves[0]) @ (zs[1] * waves[1]).mH, zs[0] @ zs[1].mH
    same = (query_positions[:, 1, None] == key_positions[None, :, 1]).to(wide)
    return (inside.real * same + across.real * (1 - same)).to(q.dtype)
