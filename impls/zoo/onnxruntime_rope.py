"""ONNX Runtime: its CPU kernel of the RotaryEmbedding operator of ONNX, in float32 and float16.

The kernel looks positions up in tables that the caller hands in. There is none for bfloat16.
"""

from functools import partial
from typing import Any

from impls import implements
from impls.zoo.fitting import LARGEST
from impls.zoo.onnx_operator import Rope, Run, rotary

KERNELS = "https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/providers/cpu/llm"
register = partial(
    implements,
    form="fused",
    package="onnxruntime",
    factory=True,
    batched=True,
    positions="non-negative",
    max_position=LARGEST,
    dtypes=("float32", "float16"),
    source=f"{KERNELS}/rotary_embedding.cc",
)


@register("rope", layout="interleaved")
def onnxruntime_interleaved(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding with interleaved = 1."""
    return rotary(session, dim, base=base, interleaved=1)


@register("rope", layout="half")
def onnxruntime_half(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding with interleaved = 0."""
    return rotary(session, dim, base=base, interleaved=0)


@register("partial-rope", layout="interleaved")
def onnxruntime_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RotaryEmbedding with interleaved = 1 and rotary_embedding_dim."""
    return rotary(session, rotary_dim, base=base, interleaved=1, rotary_embedding_dim=rotary_dim)


def session(model: Any) -> Run:
    """A model, ready to be run on one thread."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda inputs: list(session.run(None, inputs))
