"""KerasHub's rotary embeddings of grids: Flux, Gemma 4's and SAM 3's image encoders, and Qwen3.5.

Angles are float32. SAM 3 has a table of a square, in float64 before it is rounded, of which rows are chosen; it rotates
in float32; Gemma 4 takes the column first.
"""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import integers, rows
from impls.zoo.keras_hub_code import SOURCE, by_dtype, module

Rope = Callable[[Tensor, Tensor], Tensor]
Pair = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
SIDE = 64
AXES_DIM = (16, 56, 56)
register = partial(implements, package="keras-hub", factory=True, positions="integers")


@register(
    "rope",
    form="elementwise",
    layout="interleaved",
    call="qk-positions",
    parameters={"axes_dim": AXES_DIM},
    head_sizes=(sum(AXES_DIM),),
    source=f"{SOURCE}/models/flux/flux_maths.py",
)
def keras_hub_flux(dim: int, *, base: float = 10000.0) -> Pair:
    """EmbedND and ApplyRoPE."""
    code, maths = module("models.flux.flux_layers"), module("models.flux.flux_maths")
    embed, layer = code.EmbedND(base, AXES_DIM), by_dtype(lambda dtype: maths.ApplyRoPE(dtype=dtype))

    def turn(q: Tensor, k: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        turned: tuple[Tensor, Tensor] = layer(q.dtype)(q, k, embed(integers(positions)[None].float()))
        return turned

    return turn


@register(
    "rope-2d-same-theta",
    form="rotate-half",
    layout="half",
    convention="column-first",
    axes="b n h d",
    source=f"{SOURCE}/models/gemma4/gemma4_attention.py",
)
def keras_hub_gemma4_vision(dim: int, *, base: float = 10000.0) -> Rope:
    """Gemma4VisionAttention._apply_rope."""
    layer = module("models.gemma4.gemma4_attention").Gemma4VisionAttention(dim, 1, 1, rope_wavelength=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = layer._apply_rope(x, integers(positions)[None].flip(-1))
        return y

    return rope


@register(
    "mrope",
    form="rotate-half",
    layout="half",
    convention="interleaved",
    axes="b n h d",
    source=f"{SOURCE}/models/qwen3_5/qwen3_5_attention.py",
)
def keras_hub_qwen3_5(dim: int, *, mrope_section: tuple[int, int, int], base: float = 10000.0) -> Rope:
    """_apply_mrope; the first of its four channels of positions is not looked at."""
    apply = module("models.qwen3_5.qwen3_5_attention")._apply_mrope
    layer = module("layers.modeling.rotary_embedding").RotaryEmbedding(max_wavelength=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        places = integers(positions).T
        y: Tensor = apply(x, layer, torch.cat([places[:1], places])[None], list(mrope_section), dim)
        return y

    return rope


@implements(
    "rope-2d-same-theta",
    form="elementwise",
    layout="interleaved",
    convention="column-first",
    axes="b n h d",
    package="keras-hub",
    factory=True,
    positions="non-negative",
    max_position=SIDE - 1,
    source=f"{SOURCE}/models/sam3/sam3_vision_encoder.py",
)
def keras_hub_sam3(dim: int, *, base: float = 10000.0) -> Rope:
    """SAM3ViTRotaryEmbedding and SAM3RoPEAttention.apply_rotary_pos_emb_2d."""
    embedding = module("models.sam3.sam3_vision_encoder").SAM3ViTRotaryEmbedding
    apply = module("models.sam3.sam3_layers").SAM3RoPEAttention.apply_rotary_pos_emb_2d
    layer = by_dtype(lambda dtype: embedding(base, dim, SIDE, SIDE, dtype=dtype))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        row, column = rows(positions, SIDE - 1).unbind(1)
        cos, sin = (table.value[row * SIDE + column] for table in layer(x.dtype)(x))
        attention = SimpleNamespace(num_heads=x.shape[2], height=x.shape[1], width=1, head_dim=dim)
        y: Tensor = apply(attention, x, x, cos, sin)[0]
        return y

    return rope
