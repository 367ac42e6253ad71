"""ggml, through ggml-python: `ggml_rope_ext`, the kernel of llama.cpp, on the CPU.

Angles are float32: the position, multiplied once more by base^(-2/d) for each further pair, so that rounding
errors build up along the vector. float16 is rotated in float32. Where the C code finds fault it ends the process,
so that what it would not accept is refused here.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import rows, same_length, three_axes

Rope = Callable[[Tensor, Tensor], Tensor]
INT32 = torch.iinfo(torch.int32)
register = partial(
    implements,
    form="recurrence",
    package="ggml-python",
    factory=True,
    positions="integers",
    max_position=INT32.max,
    dtypes=("float32", "float16"),
    arithmetic="products",
    source="https://github.com/ggml-org/ggml/blob/master/src/ggml-cpu/ops.cpp",
)


@register("rope", layout="interleaved")
def ggml_interleaved(dim: int, *, base: float = 10000.0) -> Rope:
    """ggml_rope_ext in mode 0."""
    return turned(dim, base, mode=0)


@register("rope", layout="half")
def ggml_half(dim: int, *, base: float = 10000.0) -> Rope:
    """ggml_rope_ext in mode 2, NeoX."""
    return turned(dim, base, mode=2)


@register("partial-rope", layout="half")
def ggml_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """ggml_rope_ext in mode 2 with fewer n_dims than x has."""
    return turned(rotary_dim, base, mode=2)


def turned(
    rotated: int,
    base: float,
    *,
    mode: int,
    original: int = 0,
    scale: float = 1.0,
    extrapolated: float = 0.0,
    betas: tuple[float, float] = (32.0, 1.0),
) -> Rope:
    """ggml_rope_ext of so many coordinates, for the frequencies of a longer context where it is told how."""
    import ctypes

    import ggml as c

    if rotated % 2:
        raise ValueError(f"expected an even number of coordinates to rotate, got {rotated}: leave one out")
    types = {torch.float32: c.GGML_TYPE_F32, torch.float16: c.GGML_TYPE_F16}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions)
        if x.dtype not in types or x.shape[-1] < rotated:
            expected = f"float32 or float16 with {rotated} coordinates or more"
            raise ValueError(f"expected {expected}, got {x.dtype} {tuple(x.shape)}: convert x")
        tokens = three_axes(x).transpose(0, 1).contiguous()
        offsets = rows(positions, INT32.max, INT32.min).int().contiguous()
        y = torch.empty_like(tokens)
        size = 2**20 + 2 * (tokens.nbytes + offsets.nbytes)
        context = c.ggml_init(c.ggml_init_params(mem_size=size, mem_buffer=None, no_alloc=False))
        try:
            values = c.ggml_new_tensor_3d(context, types[x.dtype], *reversed(tokens.shape))
            places = c.ggml_new_tensor_1d(context, c.GGML_TYPE_I32, len(offsets))
            ctypes.memmove(c.ggml_get_data(values), tokens.numpy().ctypes.data, tokens.nbytes)
            ctypes.memmove(c.ggml_get_data(places), offsets.data_ptr(), offsets.nbytes)
            numbers = (rotated, mode, original, base, scale, extrapolated, 1, *betas)
            result = c.ggml_rope_ext(context, values, places, None, *numbers)
            graph = c.ggml_new_graph(context)
            c.ggml_build_forward_expand(graph, result)
            c.ggml_graph_compute_with_ctx(context, graph, 1)
            ctypes.memmove(y.data_ptr(), c.ggml_get_data(result), y.nbytes)
        finally:
            c.ggml_free(context)
        return y.transpose(0, 1).reshape(x.shape)

    return rope
