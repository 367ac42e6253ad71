"""kornia: rotary embeddings of its vision models.

MoonViT (Kimi-VL) turns columns and rows by turns, the column first, by complex numbers, in float32 or, where x is
float64, in float64 with a table of float32. PaliGemma has Gemma's, with tables in the dtype of x, in which it rotates.
LightGlue turns by learned frequencies; here its rotation is asked for alone, in the dtype of x. The package wants
kornia_rs.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import four_axes
from impls.zoo.grids import SIDE, grid_of

Rope = Callable[[Tensor, Tensor], Tensor]
GITHUB = "https://github.com/kornia/kornia/blob/main/kornia"
register = partial(implements, package="kornia")


@register(
    "rope-2d-same-theta",
    form="complex",
    layout="interleaved",
    convention="alternating-column-first",
    factory=True,
    positions="non-negative",
    max_position=SIDE - 1,
    source=f"{GITHUB}/models/kimi_vl/moonvit.py",
)
def kornia_moonvit(dim: int, *, base: float = 10000.0) -> Rope:
    """MoonViTRotaryEmbedding and apply_rotary_pos_emb."""
    module = leaf("kornia.models.kimi_vl.moonvit")
    embedding = module.MoonViTRotaryEmbedding(dim, theta=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        sizes, cells = grid_of(positions)
        cos, sin = (table[cells] for table in embedding(*sizes, x.device))
        y: Tensor = module.apply_rotary_pos_emb(x, cos, sin)
        return y

    return rope


@register(
    "rope",
    form="rotate-half",
    layout="half",
    factory=True,
    batched=True,
    source=f"{GITHUB}/models/paligemma/modeling_paligemma.py",
)
def kornia_paligemma(dim: int, *, base: float = 10000.0) -> Rope:
    """GemmaRotaryEmbedding and apply_rotary_pos_emb."""
    module = leaf("kornia.models.paligemma.modeling_paligemma")
    embedding = module.GemmaRotaryEmbedding(dim, base=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        query = four_axes(x)
        cos, sin = embedding(query, torch.atleast_2d(positions))
        y: Tensor = module.apply_rotary_pos_emb(query, query[:, :0], cos, sin)[0]
        return y.reshape(x.shape)

    return rope


@register(
    "rope",
    form="elementwise",
    layout="interleaved",
    call="x-tables",
    tables="n d",
    source=f"{GITHUB}/feature/lightglue.py",
)
def kornia_lightglue(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """apply_cached_rotary_emb of LightGlue."""
    y: Tensor = leaf("kornia.feature.lightglue").apply_cached_rotary_emb(torch.stack([cos, sin]), x)
    return y
