"""Learned tables that transformers and timm resample to another grid, in float32; both keep the class token apart.

ViT resizes the table by its size, bicubic. DINOv2 does so as well in transformers. timm smooths against aliasing unless
it is told otherwise, and is asked not to.
"""

from types import SimpleNamespace

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_cells
from impls.zoo.bare import leaf

SQUARE, NEW = (6, 6), (9, 18)
"""transformers reads the table as a square."""
TRANSFORMERS = "https://github.com/huggingface/transformers/blob/main/src/transformers/models"
TIMM = "https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers/pos_embed.py"


@implements(
    "learned-interpolated",
    form="gather",
    package="transformers",
    dtypes=("float32",),
    positions="non-negative",
    parameters={"grid_size": SQUARE, "new_size": NEW, "num_prefix_tokens": 1},
    source=f"{TRANSFORMERS}/vit/modeling_vit.py",
)
def transformers_vit(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """ViTEmbeddings.interpolate_pos_encoding, from 6 x 6 to 9 x 18 patches."""
    from transformers.models.vit.modeling_vit import ViTEmbeddings

    own = SimpleNamespace(position_embeddings=table[None], patch_size=1)
    patches = torch.empty(1, 1 + NEW[0] * NEW[1], dim)
    return _cells(ViTEmbeddings.interpolate_pos_encoding(own, patches, *NEW)[0], positions, dtype)


@implements(
    "learned-interpolated",
    form="gather",
    package="transformers",
    dtypes=("float32", "bfloat16", "float16"),
    positions="non-negative",
    parameters={"grid_size": SQUARE, "new_size": NEW, "num_prefix_tokens": 1},
    source=f"{TRANSFORMERS}/dinov2/modeling_dinov2.py",
)
def transformers_dinov2(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Dinov2Embeddings.interpolate_pos_encoding, from 6 x 6 to 9 x 18 patches."""
    from transformers.models.dinov2.modeling_dinov2 import Dinov2Embeddings

    own = SimpleNamespace(position_embeddings=table[None], patch_embeddings=SimpleNamespace(patch_size=(1, 1)))
    own.patch_size = 1
    patches = torch.empty(1, 1 + NEW[0] * NEW[1], dim)
    return _cells(Dinov2Embeddings.interpolate_pos_encoding(own, patches, *NEW)[0], positions, dtype)


@implements(
    "learned-interpolated",
    form="gather",
    package="timm",
    dtypes=("float32", "bfloat16", "float16"),
    positions="non-negative",
    parameters={"num_prefix_tokens": 1, "new_size": NEW},
    source=TIMM,
)
def timm_resampled(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: tuple[int, int] = (6, 10),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """resample_abs_pos_embed without antialias, to 9 x 18 patches."""
    resample = leaf("timm.layers.pos_embed").resample_abs_pos_embed

    table = resample(table[None], list(NEW), list(grid_size), antialias=False)[0]
    return _cells(table, positions, dtype)


def _cells(table: Tensor, positions: Tensor, dtype: torch.dtype) -> Tensor:
    """The rows of cells of the new grid, behind that of the class token."""
    expect_cells(positions, NEW)
    row, column = positions.long().unbind(1)
    return table[1 + NEW[1] * row + column].to(dtype)
