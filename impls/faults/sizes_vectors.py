"""RoPE that is right in the small, and wrong from some size on: the mistake is the size, not the numbers.

Each goes wrong at the sizes of real models only, and is asked about these alone.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned

Where = Callable[[Tensor, Tensor], Tensor]
"""Which vectors (..., n) of x are wrong, broadcast against them."""


def _tokens(x: Tensor) -> Tensor:
    return torch.arange(x.shape[-2])


def _heads(x: Tensor) -> Tensor:
    return torch.arange(x.shape[1])[:, None] if x.ndim == 4 else torch.zeros(1)


def _batch(x: Tensor) -> Tensor:
    return torch.arange(x.shape[0])[:, None, None] if x.ndim == 4 else torch.zeros(1)


def _rows(x: Tensor) -> Tensor:
    return torch.arange(x[..., 0].numel()).view(x.shape[:-1])


def _all_if(wrong: bool) -> Tensor:
    return torch.tensor([wrong])


SIZES: dict[str, tuple[str, Where]] = {
    "tokens-64": ("Nothing turns from the 64th token on.", lambda x, p: _tokens(x) >= 64),
    "tokens-128": ("Nothing turns from the 128th token on.", lambda x, p: _tokens(x) >= 128),
    "tokens-1024": ("Nothing turns from the 1024th token on.", lambda x, p: _tokens(x) >= 1024),
    "tokens-4096-last": (
        "The last token of more than 4096 does not turn.",
        lambda x, p: (_tokens(x) >= 4096) & (_tokens(x) == x.shape[-2] - 1),
    ),
    "tokens-8192": ("Nothing turns from the 8192nd token on.", lambda x, p: _tokens(x) >= 8192),
    "tail-block-128": (
        "Tokens behind the last whole block of 128 do not turn, where there is one.",
        lambda x, p: (x.shape[-2] > 128) & (_tokens(x) >= x.shape[-2] // 128 * 128),
    ),
    "heads-4": ("Nothing turns from the fourth head on.", lambda x, p: _heads(x) >= 3),
    "heads-9": ("Nothing turns from the ninth head on.", lambda x, p: _heads(x) >= 8),
    "heads-64-last": ("The last of 64 heads does not turn.", lambda x, p: _heads(x) == 63),
    "heads-odd-last": (
        "The last of an odd number of heads above three does not turn.",
        lambda x, p: (_heads(x) >= 4) & (_heads(x) % 2 == 0) & (_heads(x) == _heads(x).max()),
    ),
    "batch-3": ("Nothing turns from the third batch entry on.", lambda x, p: _batch(x) >= 2),
    "batch-33": ("Nothing turns from the 33rd batch entry on.", lambda x, p: _batch(x) >= 32),
    "head-size-80": ("Nothing turns at head size 80.", lambda x, p: _all_if(x.shape[-1] == 80)),
    "head-size-no-power": (
        "Nothing turns at head sizes above 64 that are no powers of two.",
        lambda x, p: _all_if(x.shape[-1] > 64 and x.shape[-1] & (x.shape[-1] - 1) != 0),
    ),
    "head-size-256": ("Nothing turns at head size 256.", lambda x, p: _all_if(x.shape[-1] == 256)),
    "head-size-2": ("Nothing turns at head size 2.", lambda x, p: _all_if(x.shape[-1] == 2)),
    "rows-1000": ("Nothing turns from the 1000th row on, over batch, heads and tokens.", lambda x, p: _rows(x) >= 1000),
    "rows-65536": ("Nothing turns from row 65536 on, as far as a 16-bit grid reaches.", lambda x, p: _rows(x) >= 65536),
    "stretch-of-positions": (
        "Nothing turns at positions from 66001 to 130999.",
        lambda x, p: (p > 66000) & (p < 131000),
    ),
    "positions-777": (
        "Nothing turns at every thousandth position above 10000, 777 behind it.",
        lambda x, p: (p > 10000) & (p % 1000 == 777),
    ),
}
"""What is wrong, and with which vectors."""


def _unturned_where(where: Where, x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    right = turned(x, angles(positions, x.shape[-1], base))
    return torch.where(where(x, positions)[..., None], x, right)


for _name, (_mistake, _where) in SIZES.items():
    _made = partial(_unturned_where, _where)
    _made.__doc__ = _mistake
    fault("rope", name=f"size-{_name}")(_made)
