"""ggml for longer contexts: `ggml_rope_ext` with `freq_scale`, and with YaRN, as llama.cpp calls them for NeoX layouts.

The angle of a pair is made of that of the pair before, in float32, and then scaled. YaRN lengthens by 0.1 ln factor
+ 1.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.ggml_rope import turned

Rope = Callable[[Tensor, Tensor], Tensor]
register = partial(
    implements,
    arithmetic="products",
    form="recurrence",
    layout="half",
    package="ggml-python",
    factory=True,
    positions="integers",
    max_position=torch.iinfo(torch.int32).max,
    dtypes=("float32", "float16"),
    source="https://github.com/ggml-org/ggml/blob/master/src/ggml-cpu/ops.cpp",
)


@register("rope-linear")
def ggml_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """ggml_rope_ext in mode 2 with freq_scale = 1 / factor."""
    return turned(dim, base, mode=2, scale=1 / factor)


@register("rope-yarn")
def ggml_yarn(
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
) -> Rope:
    """ggml_rope_ext in mode 2 with freq_scale = 1 / factor and ext_factor = 1."""
    return turned(
        dim,
        base,
        mode=2,
        original=original_max_position_embeddings,
        scale=1 / factor,
        extrapolated=1.0,
        betas=(beta_fast, beta_slow),
    )
