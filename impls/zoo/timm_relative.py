"""timm: relative biases of a window, and a learned table resampled with its channels last.

`RelPosBias` looks every pair up, as Swin does; `RelPosBiasTf`, of MaxViT, multiplies by one-hot matrices, and counts
the offsets from key to query: it gets the table backwards. `PosEmbedRel`, of BoTNet, counts so too; it makes what is
added to the products of queries and keys, which is done here. The package wants torchvision; these files of it want
torch.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.grids import cells_of, met_in_window
from impls.zoo.learned import hand_in

SOURCE = "https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers"
DTYPES: Final = ("float32", "bfloat16", "float16")
NEW = (9, 18)
Size = tuple[int, int]
register = partial(implements, package="timm", positions="non-negative")
bias = partial(register, "swin-bias", form="gather", dtypes=DTYPES, source=f"{SOURCE}/pos_embed_rel.py")


@bias()
def timm_rel_pos_bias(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    window_size: Size = (9, 18),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """RelPosBias."""
    module = leaf("timm.layers.pos_embed_rel").RelPosBias(window_size, heads, dtype=dtype)
    hand_in(module, relative_position_bias_table=table.to(dtype))
    return _met(module.get_bias, query_positions, key_positions, window_size)


@bias(form="matrix")
def timm_rel_pos_bias_tf(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    window_size: Size = (9, 18),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """RelPosBiasTf."""
    module = leaf("timm.layers.pos_embed_rel").RelPosBiasTf(window_size, heads, dtype=dtype)
    sizes = tuple(2 * size - 1 for size in window_size)
    hand_in(module, relative_position_bias_table=table.to(dtype).flip(0).T.reshape(heads, *sizes))
    return _met(module.get_bias, query_positions, key_positions, window_size)


def _met(get_bias: Callable[[], Tensor], queries: Tensor, keys: Tensor, window: Size) -> Tensor:
    whole = get_bias()
    return whole.reshape(-1, *whole.shape[-2:])[:, cells_of(queries, window)][:, :, cells_of(keys, window)]


@register("decomposed-2d", form="skewed", source=f"{SOURCE}/bottleneck_attn.py")
def timm_botnet(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: Size = (4, 7),
) -> Tensor:
    """PosEmbedRel of BottleneckAttn."""
    module = leaf("timm.layers.bottleneck_attn").PosEmbedRel(window_size, q.shape[-1], 1.0, dtype=q.dtype)
    hand_in(module, height_rel=rel_pos_h.flip(0), width_rel=rel_pos_w.flip(0))
    return q @ k.mT + met_in_window(module, q, query_positions, key_positions, window_size)


@register(
    "learned-interpolated",
    form="gather",
    dtypes=DTYPES,
    parameters={"new_size": NEW},
    source=f"{SOURCE}/pos_embed.py",
)
def timm_resampled_nhwc(
    positions: Tensor,
    dim: int,
    *,
    table: Tensor,
    grid_size: Size = (6, 10),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """resample_abs_pos_embed_nhwc without antialias, to 9 x 18 patches."""
    resample = leaf("timm.layers.pos_embed").resample_abs_pos_embed_nhwc
    image: Tensor = resample(table.unflatten(0, grid_size)[None], list(NEW), antialias=False)[0]
    return image.flatten(0, 1)[cells_of(positions, NEW)].to(dtype)
