"""Sinusoidal tables of rows and columns in diffusers, transformers and timm: of one large grid, places are chosen.

Code that follows MAE puts the column first, and calls it h; timm has the sines of both axes before all cosines unless
it is told otherwise; DETR alternates sines and cosines, and counts cells from 1.
"""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import rows

SIDE = 512
"""The most rows and columns of a grid that is built."""
DIFFUSERS = "https://github.com/huggingface/diffusers/blob/main/src/diffusers/models/embeddings.py"
TRANSFORMERS = "https://github.com/huggingface/transformers/blob/main/src/transformers/models"
TIMM = "https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers/pos_embed_sincos.py"


@implements(
    "sinusoidal-2d", form="gather", layout="half", convention="column-first", package="diffusers", source=DIFFUSERS
)
def diffusers_sincos_2d(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """get_2d_sincos_pos_embed_from_grid: any places, angles in the dtype of these."""
    from diffusers.models.embeddings import get_2d_sincos_pos_embed_from_grid

    table: Tensor = get_2d_sincos_pos_embed_from_grid(dim, positions.double().T.flip(0), output_type="pt")
    return table.to(dtype)


@implements(
    "sinusoidal-2d",
    form="elementwise",
    layout="half",
    package="transformers",
    dtypes=("float64", "float32", "bfloat16", "float16"),
    positions="non-negative",
    max_position=SIDE - 1,
    source=f"{TRANSFORMERS}/vit_mae/modeling_vit_mae.py",
)
def transformers_sinusoidal_2d(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """build_2d_sinusoidal_position_embedding of ViTMAE and RT-DETR; ViTMAE exchanges its halves afterwards."""
    from transformers.models.vit_mae.modeling_vit_mae import build_2d_sinusoidal_position_embedding

    row, column = rows(positions, SIDE - 1).unbind(1)
    height, width = (int(along.max()) + 1 if len(along) else 1 for along in (row, column))
    table: Tensor = build_2d_sinusoidal_position_embedding(height, width, dim, temperature=base, dtype=dtype)
    return table[row * width + column]


@implements(
    "sinusoidal-2d",
    form="elementwise",
    layout="half",
    convention="whole-vector",
    package="timm",
    positions="non-negative",
    max_position=SIDE - 1,
    source=TIMM,
)
def timm_sincos_2d(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """build_sincos2d_pos_embed."""
    return _of_timm(positions, dim, base, dtype, interleave_sin_cos=False)


@implements(
    "sinusoidal-2d",
    form="elementwise",
    layout="half",
    package="timm",
    positions="non-negative",
    max_position=SIDE - 1,
    source=TIMM,
)
def timm_sincos_2d_by_axis(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """build_sincos2d_pos_embed with interleave_sin_cos, which keeps the sines and cosines of an axis together."""
    return _of_timm(positions, dim, base, dtype, interleave_sin_cos=True)


@implements(
    "sinusoidal-2d",
    form="elementwise",
    layout="interleaved",
    convention="detr",
    package="transformers",
    positions="non-negative",
    max_position=23,
    parameters={"grid_size": (24, 36)},
    source=f"{TRANSFORMERS}/detr/modeling_detr.py",
)
def transformers_detr(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """DetrSinePositionEmbedding with normalize, of 24 rows and 36 columns, in float32."""
    from transformers.models.detr.modeling_detr import DetrSinePositionEmbedding

    row, column = rows(positions, 23).unbind(1)
    module = DetrSinePositionEmbedding(dim // 2, temperature=base, normalize=True)
    table: Tensor = module(torch.Size((1, 1, 24, 36)), "cpu", torch.float32)
    return table[0, :, row, column].T.to(dtype)


def _of_timm(positions: Tensor, dim: int, base: float, dtype: torch.dtype, *, interleave_sin_cos: bool) -> Tensor:
    build = leaf("timm.layers.pos_embed_sincos").build_sincos2d_pos_embed

    row, column = rows(positions, SIDE - 1).unbind(1)
    shape = [int(row.max()) + 1, int(column.max()) + 1] if len(positions) else [1, 1]
    table: Tensor = build(shape, dim, temperature=base, interleave_sin_cos=interleave_sin_cos, dtype=dtype)
    return table[row * shape[1] + column]
