"""Penzai, in JAX: ApplyRoPE, and ApplyRoPEToSubset of the first coordinates, over arrays whose axes have names.

Every token is turned by itself, compiled, in float32 where its dtype is narrower, and cast back. `deprecated.v1` has
both again.
"""

from functools import cache, partial
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
    return _compiled()(x, positions, "ApplyRoPE", base)


@register("partial-rope")
def penzai_partial(x: Any, positions: Any, *, rotary_dim: int, base: float = 10000.0) -> Any:
    """ApplyRoPEToSubset."""
    return _compiled()(x, positions, "ApplyRoPEToSubset", base, rotary_dim)


@cache
def _compiled() -> Any:
    import jax
    from penzai.core.named_axes import wrap
    from penzai.nn import embeddings

    def turn(x: Any, positions: Any, layer: str, *given: float) -> Any:
        places = wrap(positions).tag(*"bn"[-positions.ndim :])
        rope = getattr(embeddings, layer)("d", *given, "positions")
        return rope(wrap(x).tag(*"bnhd"), positions=places).untag(*"bnhd").unwrap()

    return jax.jit(turn, static_argnums=(2, 3, 4))
