"""segment-anything and sam2: decomposed relative positions, tables of rows and columns, and rotary ones.

What SAM adds to the products of queries and keys is added to nothing here, and the products to that; kornia has the
same two functions. SAM 2 turns by columns before rows, x in float32 by complex numbers, and casts back. Its table of
images is DETR's, in float32, by a method that takes an image for its sizes. That of object pointers has every
frequency twice, and is no encoding here.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import four_axes, rows
from impls.zoo.grids import SIDE, grid_of, met_in_window

Rope = Callable[[Tensor, Tensor], Tensor]
SAM = "https://github.com/facebookresearch/segment-anything/blob/main/segment_anything/modeling/image_encoder.py"
SAM_2 = "https://github.com/facebookresearch/sam2/blob/main/sam2/modeling"
GRID = (24, 36)


@implements("decomposed-2d", form="gather", package="segment-anything", positions="non-negative", source=SAM)
def segment_anything(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: tuple[int, int] = (4, 7),
) -> Tensor:
    """add_decomposed_rel_pos; kornia.models.sam.architecture.image_encoder has it too."""
    add = leaf("segment_anything.modeling.image_encoder").add_decomposed_rel_pos

    def bias(queries: Tensor) -> Tensor:
        nothing = queries.new_zeros(*queries.shape[:2], queries.shape[1])
        added: Tensor = add(nothing, queries, rel_pos_h, rel_pos_w, window_size, window_size)
        return added

    return q @ k.mT + met_in_window(bias, q, query_positions, key_positions, window_size)


sam2 = partial(implements, package="sam2", positions="non-negative")


@sam2(
    "rope-2d-same-theta",
    form="complex",
    layout="interleaved",
    convention="column-first",
    factory=True,
    max_position=SIDE - 1,
    source=f"{SAM_2}/position_encoding.py",
)
def sam2_axial(dim: int, *, base: float = 10000.0) -> Rope:
    """compute_axial_cis and apply_rotary_enc."""
    module = leaf("sam2.modeling.position_encoding")

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        (height, width), cells = grid_of(positions)
        freqs_cis = module.compute_axial_cis(dim, width, height, theta=base)[cells]
        query = four_axes(x)
        y: Tensor = module.apply_rotary_enc(query, query[:, :, :0], freqs_cis)[0]
        return y.reshape(x.shape)

    return rope


@sam2(
    "sinusoidal-2d",
    form="elementwise",
    layout="interleaved",
    convention="detr",
    max_position=GRID[0] - 1,
    parameters={"grid_size": GRID},
    source=f"{SAM_2}/position_encoding.py",
)
def sam2_sine(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionEmbeddingSine with normalize, of 24 rows and 36 columns."""
    row, column = rows(positions, GRID[0] - 1).unbind(1)
    module = leaf("sam2.modeling.position_encoding").PositionEmbeddingSine(dim, temperature=base, warmup_cache=False)
    table: Tensor = module(torch.empty(1, 1, *GRID))
    return table[0, :, row, column].T.to(dtype)
