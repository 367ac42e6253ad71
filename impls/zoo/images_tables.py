"""Tables of images in open_clip and lightly-train.

open_clip has MAE's, column first, in float64 by NumPy; of a square, places are chosen. lightly-train has the function
of VGGT's heads, which takes any places and gives float32. Both resize the learned table of a checkpoint that has
another grid, in the dtype of that table: here it is float32.
"""

from types import SimpleNamespace

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.grids import SIDE, cells_of, square_of

OPEN_CLIP = "https://github.com/mlfoundations/open_clip/blob/main/src/open_clip/pos_embed.py"
LIGHTLY = "https://github.com/lightly-ai/lightly-train/blob/main/src/lightly_train"
OLD, NEW = 6, 9


@implements(
    "sinusoidal-2d",
    form="elementwise",
    layout="half",
    convention="column-first",
    package="open-clip-torch",
    dtypes=("float64", "float32", "bfloat16", "float16"),
    positions="non-negative",
    max_position=SIDE - 1,
    source=OPEN_CLIP,
)
def open_clip_2d(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """get_2d_sincos_pos_embed."""
    size, cells = square_of(positions)
    return torch.from_numpy(leaf("open_clip.pos_embed").get_2d_sincos_pos_embed(dim, size))[cells].to(dtype)


@implements(
    "sinusoidal",
    form="elementwise",
    layout="half",
    package="open-clip-torch",
    dtypes=("float64", "float32", "bfloat16", "float16"),
    source=OPEN_CLIP,
)
def open_clip_1d(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """get_1d_sincos_pos_embed_from_grid, at any positions."""
    table = leaf("open_clip.pos_embed").get_1d_sincos_pos_embed_from_grid(dim, positions.numpy())
    return torch.from_numpy(table).to(dtype)


@implements(
    "learned-interpolated",
    form="gather",
    package="open-clip-torch",
    dtypes=("float32",),
    positions="non-negative",
    parameters={"grid_size": (OLD, OLD), "new_size": (NEW, NEW), "num_prefix_tokens": 1},
    source=OPEN_CLIP,
)
def open_clip_resampled(positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """interpolate_pos_embed, from 6 x 6 to 9 x 9 patches."""
    own = SimpleNamespace(
        pos_embed=torch.empty(1, 1 + NEW * NEW, dim), patch_embed=SimpleNamespace(num_patches=NEW * NEW)
    )
    checkpoint = {"pos_embed": table[None]}
    leaf("open_clip.pos_embed").interpolate_pos_embed(own, checkpoint)
    return checkpoint["pos_embed"][0, 1 + cells_of(positions, (NEW, NEW))].to(dtype)


@implements(
    "sinusoidal-2d",
    form="elementwise",
    layout="half",
    package="lightly-train",
    source=f"{LIGHTLY}/_task_models/depth_estimation_components/head_utils.py",
)
def lightly_train_positions(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """position_grid_to_embed, whose base is 100 unless it is told otherwise."""
    embed = leaf("lightly_train._task_models.depth_estimation_components.head_utils").position_grid_to_embed
    table: Tensor = embed(positions.float()[None], dim, omega_0=base)
    return table[0].to(dtype)


@implements(
    "learned-interpolated",
    form="gather",
    package="lightly-train",
    dtypes=("float32",),
    positions="non-negative",
    parameters={"grid_size": (OLD, OLD), "new_size": (NEW, NEW), "num_prefix_tokens": 1},
    source=f"{LIGHTLY}/_models/_model_helpers.py",
)
def lightly_train_resampled(
    positions: Tensor, dim: int, *, table: Tensor, dtype: torch.dtype = torch.float32
) -> Tensor:
    """interpolate_pos_embed_hook, from 6 x 6 to 9 x 9 patches."""
    own = SimpleNamespace(pos_embed=torch.empty(1, 1 + NEW * NEW, dim))
    checkpoint = {"pos_embed": table[None]}
    leaf("lightly_train._models._model_helpers").interpolate_pos_embed_hook(own, checkpoint, "")
    return checkpoint["pos_embed"][0, 1 + cells_of(positions, (NEW, NEW))].to(dtype)
