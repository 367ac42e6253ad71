"""timm: what its models have in files of their own. What they want of torchvision, and to be listed, are stand-ins.

Gemma 4's vision tower has a rotary embedding of columns and rows, tables in the dtype of x, in which it is rotated.
SAM's bias is made from half a grid of floating offsets, MViTv2's is added in place to the products, here to zeros; both
are added to the products of queries and keys. BEiT's table has three rows of a class token behind those of the offsets,
which stay as they were made. XCiT and EdgeNeXt have DETR's table in float32, and project it: here by the identity.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

import torch
from torch import Tensor

from impls import implements
from impls.zoo.absent import alone
from impls.zoo.fitting import four_axes, rows
from impls.zoo.grids import cells_of, met_in_window
from impls.zoo.learned import hand_in

SOURCE = "https://github.com/huggingface/pytorch-image-models/blob/main/timm/models"
DTYPES: Final = ("float32", "bfloat16", "float16")
GRID = (24, 36)
ABSENT = ("torchvision", "timm.data", "timm.models._builder", "timm.models._registry")
Size = tuple[int, int]
register = partial(implements, package="timm", positions="non-negative")
bias = partial(register, "swin-bias", form="gather", dtypes=DTYPES)
decomposed = partial(register, "decomposed-2d", form="gather")
detr = partial(
    register,
    "sinusoidal-2d",
    form="elementwise",
    layout="interleaved",
    convention="detr",
    max_position=GRID[0] - 1,
    parameters={"grid_size": GRID},
)


@cache
def _model(name: str) -> Any:
    return alone(f"timm.models.{name}", absent=ABSENT)


@implements(
    "rope-2d-same-theta",
    form="rotate-half",
    layout="half",
    convention="column-first",
    package="timm",
    factory=True,
    source=f"{SOURCE}/gemma4_vit.py",
)
def timm_gemma4(dim: int, *, base: float = 10000.0) -> Callable[[Tensor, Tensor], Tensor]:
    """Gemma4RotaryEmbedding2D and apply_multidimensional_rope."""
    module = _model("gemma4_vit")
    embedding = module.Gemma4RotaryEmbedding2D(dim, rope_theta=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        cos, sin = embedding(x, positions.flip(1)[None])
        y: Tensor = module.apply_multidimensional_rope(four_axes(x), cos, sin, unsqueeze_dim=1)
        return y.reshape(x.shape)

    return rope


@decomposed(source=f"{SOURCE}/vision_transformer_sam.py")
def timm_sam(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: Size = (4, 7),
) -> Tensor:
    """get_decomposed_rel_pos_bias."""
    made = _model("vision_transformer_sam").get_decomposed_rel_pos_bias
    sizes = {"q_size": window_size, "k_size": window_size}
    bias = partial(made, rel_pos_h=rel_pos_h, rel_pos_w=rel_pos_w, **sizes)
    return q @ k.mT + met_in_window(bias, q, query_positions, key_positions, window_size)


@decomposed(source=f"{SOURCE}/mvitv2.py")
def timm_mvitv2(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    window_size: Size = (4, 7),
) -> Tensor:
    """cal_rel_pos_type without a class token."""

    def bias(queries: Tensor) -> Tensor:
        nothing = queries.new_zeros(len(queries), 1, *[queries.shape[1]] * 2)
        sizes = (window_size, window_size)
        made: Tensor = _model("mvitv2").cal_rel_pos_type(nothing, queries[:, None], False, *sizes, rel_pos_h, rel_pos_w)
        return made[:, 0]

    return q @ k.mT + met_in_window(bias, q, query_positions, key_positions, window_size)


@bias(source=f"{SOURCE}/beit.py")
def timm_beit(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    window_size: Size = (9, 18),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """RelativePositionBias of Beit, without its class token."""
    module = _model("beit").RelativePositionBias(window_size, heads, dtype=dtype)
    of_class_token = module.relative_position_bias_table[len(table) :].detach()
    hand_in(module, relative_position_bias_table=torch.cat([table.to(dtype), of_class_token]))
    return _met(module()[:, 1:, 1:], query_positions, key_positions, window_size)


@bias(source=f"{SOURCE}/swin_transformer.py")
def timm_swin(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    window_size: Size = (9, 18),
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """WindowAttention of Swin, of which the bias alone is asked for."""
    module = _model("swin_transformer").WindowAttention(heads, heads, window_size=window_size, dtype=dtype)
    hand_in(module, relative_position_bias_table=table.to(dtype))
    return _met(module._get_rel_pos_bias()[0], query_positions, key_positions, window_size)


def _met(whole: Tensor, queries: Tensor, keys: Tensor, window: Size) -> Tensor:
    return whole[:, cells_of(queries, window)][:, :, cells_of(keys, window)]


@detr(source=f"{SOURCE}/xcit.py")
def timm_xcit(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncodingFourier of XCiT, of 24 rows and 36 columns."""
    return _projected("xcit", (1, *GRID), positions, dim, base, dtype)


@detr(source=f"{SOURCE}/edgenext.py")
def timm_edgenext(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncodingFourier of EdgeNeXt, of 24 rows and 36 columns."""
    return _projected("edgenext", ((1, *GRID),), positions, dim, base, dtype)


def _projected(
    name: str, sizes: tuple[Any, ...], positions: Tensor, dim: int, base: float, dtype: torch.dtype
) -> Tensor:
    row, column = rows(positions, GRID[0] - 1).unbind(1)
    module = _model(name).PositionalEncodingFourier(dim // 2, dim, base, dtype=dtype)
    torch.nn.init.dirac_(module.token_projection.weight)
    torch.nn.init.zeros_(module.token_projection.bias)
    table: Tensor = module(*sizes).detach()
    return table[0, :, row, column].T
