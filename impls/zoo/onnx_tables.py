"""The RotaryEmbedding operator of ONNX (opset 23) without positions: cosines and sines of every token come with it.

Of heads that have an axis of their own, and of heads side by side, which it is told the number of. By the reference
evaluator, NumPy in the dtype of x, and by the CPU kernel of ONNX Runtime. Every row of a batch has tables of its own.
"""

from functools import lru_cache, partial
from typing import Any

from impls import implements
from impls.marker import Dtype, Layout
from impls.zoo.onnx_operator import Run, model
from impls.zoo.onnx_rope import evaluated
from impls.zoo.onnxruntime_rope import session

PREPARED = {"onnx": evaluated, "onnxruntime": session}
DTYPES: dict[str, tuple[Dtype, ...]] = {
    "onnx": ("float32", "bfloat16", "float16"),
    "onnxruntime": ("float32", "float16"),
}
SOURCES = {
    "onnx": "https://github.com/onnx/onnx/blob/main/onnx/reference/ops/op_rotary_embedding.py",
    "onnxruntime": "https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/providers/cpu/llm/rotary_embedding.cc",
}
LAYOUTS: tuple[Layout, ...] = ("half", "interleaved")
AXES = {"heads": "b h n d", "packed": "b n (h d)"}


@lru_cache(maxsize=64)
def _prepared(package: str, dtype: str, interleaved: int, heads: int) -> Run:
    ranks = {"x": 3 if heads else 4, "cos": 3, "sin": 3}
    attributes = {"interleaved": interleaved} | ({"num_heads": heads} if heads else {})
    return PREPARED[package](model(dtype.upper(), ranks, attributes))


def _turn(package: str, layout: str, x: Any, cos: Any, sin: Any) -> Any:
    heads = x.shape[-1] // (2 * cos.shape[-1]) if x.ndim == 3 else 0
    run = _prepared(package, x.dtype.name.replace("float32", "float"), int(layout == "interleaved"), heads)
    rows = 1 if len(cos) == len(x) else len(x)
    return run({"x": x, "cos": cos.repeat(rows, axis=0), "sin": sin.repeat(rows, axis=0)})[0]


for package in PREPARED:
    for layout in LAYOUTS:
        for lying, axes in AXES.items():
            implements(
                "rope",
                form="fused" if package == "onnxruntime" else "elementwise",
                layout=layout,
                name=f"{package}-tables-{layout}-{lying}",
                call="x-tables",
                axes=axes,
                tables="b n d/2",
                arrays="numpy",
                dtypes=DTYPES[package],
                package=package,
                source=SOURCES[package],
            )(partial(_turn, package, layout))
