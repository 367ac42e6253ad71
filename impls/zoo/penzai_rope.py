"""Penzai, in JAX: ApplyRoPE, and ApplyRoPEToSubset of the first coordinates, over arrays whose axes have names.

Every token is turned by itself, in float32 where its dtype is narrower, and cast back. `deprecated.v1` has both again.
"""

from functools import partial
from typing import Any

from impls import implements

register = partial(
    implements,
    form="elementwise",
    layout="half",
    arrays="jax",
    axes="b n h d",
    batched=True,
    positions="integers",
    dtypes=("float32", "bfloat16", "float16"),
    package="penzai",
    source="https://github.com/google-deepmind/penzai/blob/main/penzai/nn/embeddings.py",
)


@register("rope")
def penzai(x: Any, positions: Any, *, base: float = 10000.0) -> Any:
    """ApplyRoPE."""
    from penzai.nn.embeddings import ApplyRoPE

    return _named(ApplyRoPE("d", base, "positions"), x, positions)


@register("partial-rope")
def penzai_partial(x: Any, positions: Any, *, rotary_dim: int, base: float = 10000.0) -> Any:
    """ApplyRoPEToSubset."""
    from penzai.nn.embeddings import ApplyRoPEToSubset

    return _named(ApplyRoPEToSubset("d", base, rotary_dim, "positions"), x, positions)


def _named(layer: Any, x: Any, positions: Any) -> Any:
    from penzai.core.named_axes import wrap

    places = wrap(positions).tag(*"bn"[-positions.ndim :])
    return layer(wrap(x).tag(*"bnhd"), positions=places).untag(*"bnhd").unwrap()
