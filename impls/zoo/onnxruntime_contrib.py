"""ONNX Runtime: its own RotaryEmbedding operator, com.microsoft, older than that of ONNX and with a kernel of its own.

It takes a position for every token, or the one at which all rows begin. Heads may lie side by side; how many there are
it reads off the width of the tables, or is told where only a part is turned.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.zoo.fitting import LARGEST, rows
from impls.zoo.onnx_operator import TYPES, Rope, model, rotary, tables_of, to_numpy, to_torch
from impls.zoo.onnxruntime_rope import session

register = partial(
    implements,
    form="fused",
    package="onnxruntime",
    factory=True,
    max_position=LARGEST,
    dtypes=("float32", "float16"),
    source="https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/contrib_ops/cpu/bert/rotary_embedding.cc",
)
by_token = partial(register, positions="non-negative", batched=True)


@by_token("rope", layout="interleaved")
def onnxruntime_contrib_interleaved(dim: int, *, base: float = 10000.0) -> Rope:
    """com.microsoft.RotaryEmbedding with interleaved = 1."""
    return rotary(session, dim, base=base, domain="com.microsoft", interleaved=1)


@by_token("rope", layout="half")
def onnxruntime_contrib_half(dim: int, *, base: float = 10000.0) -> Rope:
    """com.microsoft.RotaryEmbedding with interleaved = 0."""
    return rotary(session, dim, base=base, domain="com.microsoft", interleaved=0)


@register("rope", layout="half", call="offset", axes="b n (h d)", differentiable=False)
def onnxruntime_contrib_packed(dim: int, *, base: float = 10000.0) -> Callable[[Tensor, int], Tensor]:
    """com.microsoft.RotaryEmbedding of heads side by side, from one position on."""
    ranks, prepared = {"x": 3, "positions": 1, "cos": 2, "sin": 2}, {}

    def turn(x: Tensor, offset: int) -> Tensor:
        ends = rows(torch.tensor([offset, offset + max(x.shape[1], 1) - 1]))
        if x.dtype not in prepared:
            run = session(model(TYPES[x.dtype], ranks, {"interleaved": 0}, "com.microsoft"))
            prepared[x.dtype] = run, tables_of(dim, base, x.dtype)
        run, tables = prepared[x.dtype]
        (y,) = run({"x": to_numpy(x), "positions": torch.tensor([offset]).numpy(), **tables(ends)})
        return to_torch(y, x.dtype)

    return turn
