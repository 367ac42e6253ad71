"""vit-pytorch: sinusoidal tables, the column before the row, of frequencies that end at exactly 1 / base; in float32.

`posemb_sincos_2d` is copied into 19 files, of which vaat wants torchaudio; the others have six bodies, which take
patches or sizes, divide by a power or raise to a negative one, and multiply in three ways. A vector has 8 coordinates
at least, 4 in one dimension: below, an exponent is 0 / 0.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, rows
from impls.zoo.grids import SIDE, grid_of

Call = Callable[..., Tensor]
GITHUB = "https://github.com/lucidrains/vit-pytorch/blob/main/vit_pytorch"
register = partial(implements, form="elementwise", layout="half", package="vit-pytorch", positions="non-negative")


def _by_sizes(table: Call, sizes: Sequence[int], dim: int, base: float, dtype: torch.dtype) -> Tensor:
    return table(*sizes, dim=dim, temperature=base, dtype=dtype)


def _by_patches(table: Call, sizes: Sequence[int], dim: int, base: float, dtype: torch.dtype) -> Tensor:
    return table(torch.empty(1, *sizes, dim, dtype=dtype), temperature=base)


BODIES: tuple[tuple[str, Callable[..., Tensor], dict[str, Any]], ...] = (
    # and simple_vit_ with_fft, with_hyper_connections, with_patch_merger, ... (10 files in all)
    ("simple_vit", _by_sizes, {}),
    # and mp3, simple_vit_with_patch_dropout
    ("simple_flash_attn_vit", _by_patches, {}),
    # and jumbo_vit
    ("simple_uvit", _by_sizes, {}),
    ("look_vit", _by_patches, {"dtypes": ("float32",)}),
    ("attn_residual_with_dca_simple_vit", _by_sizes, {}),
    ("simple_vit_with_sparse_gating", _by_sizes, {}),
)
"""The file, how its function is called, and what is declared beside."""


def _table(file: str, call: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def table(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
        sizes, cells = grid_of(positions)
        return call(leaf(f"vit_pytorch.{file}").posemb_sincos_2d, sizes, dim, base, dtype)[cells]

    return table


for _file, _call, _more in BODIES:
    register(
        "sinusoidal-2d",
        convention="vit-pytorch",
        name=f"vit-pytorch-{_file.replace('_', '-')}",
        max_position=SIDE - 1,
        source=f"{GITHUB}/{_file}.py",
        **_more,
    )(_table(_file, _call))


@register("sinusoidal", convention="tensor2tensor", max_position=LARGEST, source=f"{GITHUB}/simple_vit_1d.py")
def vit_pytorch_1d(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """posemb_sincos_1d of simple_vit_1d."""
    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    posemb: Call = leaf("vit_pytorch.simple_vit_1d").posemb_sincos_1d
    return posemb(torch.empty(1, count, dim, dtype=dtype), temperature=base)[indices]
