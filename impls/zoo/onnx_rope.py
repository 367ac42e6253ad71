"""The RotaryEmbedding operator of ONNX, by the reference evaluator that comes with its specification.

NumPy rotates, in the dtype of x, with tables that the caller hands in.
"""

from functools import partial
from typing import Any

from impls import implements
from impls.zoo.fitting import LARGEST
from impls.zoo.onnx_operator import Rope, Run, rotary

register = partial(
    implements,
    form="elementwise",
    package="onnx",
    factory=True,
    batched=True,
    positions="non-negative",
    max_position=LARGEST,
    dtypes=("float32", "bfloat16", "float16"),
    source="https://github.com/onnx/onnx/blob/main/onnx/reference/ops/op_rotary_embedding.py",
)


@register("rope", layout="interleaved")
def onnx_interleaved(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding with interleaved = 1."""
    return rotary(evaluated, dim, base=base, interleaved=1)


@register("rope", layout="half")
def onnx_half(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding with interleaved = 0."""
    return rotary(evaluated, dim, base=base, interleaved=0)


@register("partial-rope", layout="half")
def onnx_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RotaryEmbedding with interleaved = 0 and rotary_embedding_dim."""
    return rotary(evaluated, rotary_dim, base=base, interleaved=0, rotary_embedding_dim=rotary_dim)


def evaluated(model: Any) -> Run:
    """A model, ready to be run by NumPy."""
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(model)
    return lambda inputs: list(evaluator.run(None, inputs))
