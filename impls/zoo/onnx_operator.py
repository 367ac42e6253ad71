"""The RotaryEmbedding operators of ONNX (opset 23) and Microsoft as models of one node, and the tables they are given.

The operator looks positions up in cosines and sines of the dtype of x. Here they are computed in float64 and
rounded once, so that what is seen is the operator. It exists for float32, float16 and bfloat16.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from impls.zoo.fitting import bits, four_axes, growing, rows

Rope = Callable[[Tensor, Tensor], Tensor]
Run = Callable[[dict[str, Any]], list[Any]]
"""From named input arrays to the output arrays of one model."""
INPUTS = {"": ("x", "cos", "sin", "positions"), "com.microsoft": ("x", "positions", "cos", "sin")}
"""Of the operator of each domain, in order."""
TYPES = {torch.float32: "FLOAT", torch.float16: "FLOAT16", torch.bfloat16: "BFLOAT16"}


def tables_of(rotated: int, base: float, dtype: torch.dtype) -> Callable[[Tensor], dict[str, Any]]:
    """Cosines and sines of every position and pair, of angles in float64."""

    def build(length: int) -> dict[str, Any]:
        angles = torch.arange(length).double()[:, None] * base ** (-torch.arange(0, rotated, 2).double() / rotated)
        return {"cos": to_numpy(angles.cos().to(dtype)), "sin": to_numpy(angles.sin().to(dtype))}

    return growing(build)


def rotary(prepare: Callable[[Any], Run], rotated: int, *, base: float, domain: str = "", **attributes: int) -> Rope:
    """RoPE of `rotated` coordinates by an operator with these attributes; one model a dtype, when first needed."""
    ranks = {"x": 4, "cos": 2, "sin": 2, "positions": 2}
    ready: dict[torch.dtype, tuple[Run, Callable[[Tensor], dict[str, Any]]]] = {}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        if x.dtype not in TYPES:
            raise ValueError(f"RotaryEmbedding takes {', '.join(map(str, TYPES))}, got {x.dtype}: convert x")
        if x.dtype not in ready:
            run = prepare(model(TYPES[x.dtype], ranks, attributes, domain))
            ready[x.dtype] = run, tables_of(rotated, base, x.dtype)
        run, tables = ready[x.dtype]
        query = four_axes(x)
        indices = rows(positions).expand(len(query), -1)
        (y,) = run({"x": to_numpy(query), "positions": indices.numpy(), **tables(indices)})
        return to_torch(y, x.dtype).reshape(x.shape)

    return rope


def to_numpy(tensor: Tensor) -> Any:
    """The tensor as an array, bfloat16 by way of its bits."""
    if tensor.dtype != torch.bfloat16:
        return tensor.numpy()
    from ml_dtypes import bfloat16

    return bits(tensor).numpy().view(bfloat16)


def to_torch(array: Any, dtype: torch.dtype) -> Tensor:
    """The array as a tensor of the same `dtype`, bfloat16 by way of its bits."""
    return torch.from_numpy(array.view("int16") if dtype == torch.bfloat16 else array).view(dtype)


def model(dtype: str, ranks: dict[str, int], attributes: dict[str, int], domain: str = "") -> Any:
    """A model of one node, of inputs with so many axes; positions are int64."""
    from onnx import TensorProto, helper

    inputs = [name for name in INPUTS[domain] if name in ranks]
    node = helper.make_node("RotaryEmbedding", inputs, ["y"], domain=domain, **attributes)
    kinds = {name: TensorProto.DataType.Value("INT64" if name == "positions" else dtype) for name in inputs}
    *given, y = (
        helper.make_tensor_value_info(name, kind, [None] * rank)
        for name, kind, rank in [
            *((name, kinds[name], ranks[name]) for name in inputs),
            ("y", kinds["x"], ranks["x"]),
        ]
    )
    graph = helper.make_graph([node], "rotary", given, [y])
    opsets = [helper.make_opsetid("", 23), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)
