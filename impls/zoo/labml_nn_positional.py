"""labml-nn, the annotated implementations of labml.ai: RoPE three times, ALiBi and the sinusoidal table.

RoPE turns coordinates i and i + d/2. The plain one has a table in float32 that is never cast, so that vectors in half
precision come back in float32. RETRO's forms its angles in the dtype of the model, and GPT-NeoX's in that of x, of
which it then takes the cosines in float32. ALiBi counts keys by a mask, from 1: right up to a constant in every row of
the products, and signed, as a causal mask would have it.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, behind_zeros, four_axes, offset, rows, same_length

Rope = Callable[[Tensor, Tensor], Tensor]
FARTHEST = 511
"""The largest position behind zeros."""
GITHUB = "https://github.com/labmlai/annotated_deep_learning_paper_implementations/blob/master/labml_nn"
register = partial(implements, package="labml-nn", positions="non-negative", max_position=LARGEST)
rope_of = partial(
    register, form="rotate-half", layout="half", factory=True, positions="contiguous", max_position=FARTHEST
)


@rope_of("partial-rope", source=f"{GITHUB}/transformers/rope/__init__.py")
def labml_nn(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RotaryPositionalEmbeddings; zeros stand before the first vector."""
    embedding = leaf("labml_nn.transformers.rope").RotaryPositionalEmbeddings(rotary_dim, base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        y: Tensor = embedding(behind_zeros(four_axes(x), positions, FARTHEST).permute(2, 0, 1, 3)).permute(1, 2, 0, 3)
        return y[..., y.shape[-2] - x.shape[-2] :, :].reshape(x.shape)

    return rope


@rope_of("rope", source=f"{GITHUB}/transformers/retro/model.py")
def labml_nn_retro(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryPositionalEmbeddings of RETRO, in a model of the dtype of x; zeros stand before the first vector."""
    made: dict[torch.dtype, torch.nn.Module] = {}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        if x.dtype not in made:
            kind = leaf("labml_nn.transformers.retro.model").RotaryPositionalEmbeddings
            made[x.dtype] = kind(dim, base).to(x.dtype)
        y: Tensor = made[x.dtype](behind_zeros(four_axes(x), positions, FARTHEST).transpose(1, 2)).transpose(1, 2)
        return y[..., y.shape[-2] - x.shape[-2] :, :].reshape(x.shape)

    return rope


@rope_of("partial-rope", max_position=LARGEST, source=f"{GITHUB}/neox/model.py")
def labml_nn_neox(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RoPE of GPT-NeoX with an offset, in a model of the dtype of x."""
    made: dict[torch.dtype, torch.nn.Module] = {}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions)
        rows(positions)
        if x.dtype not in made:
            made[x.dtype] = leaf("labml_nn.neox.model").RoPE(rotary_dim, base)
        y: Tensor = made[x.dtype](four_axes(x).transpose(1, 2), offset(positions)).transpose(1, 2)
        return y.reshape(x.shape)

    return rope


@register("alibi", form="elementwise", convention="causal", compare="softmax", source=f"{GITHUB}/transformers/alibi")
def labml_nn_alibi(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """get_alibi_biases of a mask that hides nothing."""
    n = rows(key_positions)
    mask = torch.ones(len(query_positions), int(n.max()) + 1 if n.numel() else 0)
    bias: Tensor = leaf("labml_nn.transformers.alibi").get_alibi_biases(heads, mask)
    return bias.permute(2, 0, 1)[..., n].to(dtype)


@register(
    "sinusoidal", form="elementwise", layout="interleaved", source=f"{GITHUB}/transformers/positional_encoding.py"
)
def labml_nn_sinusoidal(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """get_positional_encoding."""
    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    table: Tensor = leaf("labml_nn.transformers.positional_encoding").get_positional_encoding(dim, count)
    return table[indices, 0].to(dtype)
