"""kornia: a table of rows and columns, and a learned table on another grid.

RT-DETR's table has its angles, and even its frequencies, in the dtype that it is asked for: half precision is an
advisory. DeDoDe has DINOv2, whose learned table is resized, in float32, to a grid that is a tenth of a cell too wide.
The package wants kornia_rs.
"""

from functools import partial
from types import SimpleNamespace

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.grids import SIDE, cells_of, grid_of

GITHUB = "https://github.com/kornia/kornia/blob/main/kornia"
SQUARE, NEW = (6, 6), (9, 18)
register = partial(implements, package="kornia", positions="non-negative")


@register(
    "sinusoidal-2d",
    form="elementwise",
    layout="half",
    convention="column-first",
    dtypes=("float64", "float32"),
    max_position=SIDE - 1,
    source=f"{GITHUB}/models/rt_detr/architecture/hybrid_encoder.py",
)
def kornia_rt_detr(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """AIFI.build_2d_sincos_pos_emb, whose tokens go column by column."""
    build = leaf("kornia.models.rt_detr.architecture.hybrid_encoder").AIFI.build_2d_sincos_pos_emb
    (width, height), cells = grid_of(positions.flip(1))
    table: Tensor = build(width, height, dim, temp=base, dtype=dtype)
    return table[cells, 0]


@register(
    "learned-interpolated",
    form="gather",
    convention="dinov2",
    dtypes=("float32", "bfloat16", "float16"),
    parameters={"grid_size": SQUARE, "new_size": NEW, "num_prefix_tokens": 1},
    source=f"{GITHUB}/feature/dedode/transformer/dinov2.py",
)
def kornia_dinov2(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """DinoVisionTransformer.interpolate_pos_encoding, from 6 x 6 to 9 x 18 patches."""
    vit = leaf("kornia.feature.dedode.transformer.dinov2").DinoVisionTransformer
    own = SimpleNamespace(pos_embed=table[None], patch_size=1)
    tokens = torch.empty(1, 1 + NEW[0] * NEW[1], dim, dtype=dtype)
    resized: Tensor = vit.interpolate_pos_encoding(own, tokens, *NEW)[0]
    return resized[1 + cells_of(positions, NEW)].to(dtype)
