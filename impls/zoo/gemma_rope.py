"""Gemma of Google DeepMind, in JAX: `gm.math.apply_rope`, compiled; angles are float32, and so is the rotation.

`scale_factor` divides positions; `rope_proportion` leaves the slower pairs of the whole head unturned, as Gemma 4 has
it. The package wants Flax and TensorFlow data sets; this one file of it wants JAX.
"""

from functools import cache, partial
from typing import Any

from impls import implements
from impls.zoo.bare import leaf

register = partial(
    implements,
    form="elementwise",
    layout="half",
    arrays="jax",
    axes="b n h d",
    batched=True,
    positions="integers",
    dtypes=("float32", "bfloat16", "float16"),
    package="gemma",
    source="https://github.com/google-deepmind/gemma/blob/main/gemma/gm/math/_positional_embeddings.py",
)


@register("rope")
def gemma(x: Any, positions: Any, *, base: float = 10000.0) -> Any:
    """apply_rope."""
    return _apply(x, positions, base)


@register("rope-linear")
def gemma_linear(x: Any, positions: Any, *, base: float = 10000.0, factor: float = 4.0) -> Any:
    """apply_rope with scale_factor."""
    return _apply(x, positions, base, scale_factor=factor)


@register("rope-proportional")
def gemma_proportional(
    x: Any, positions: Any, *, base: float = 10000.0, factor: float = 1.0, partial_rotary_factor: float = 0.25
) -> Any:
    """apply_rope with rope_proportion."""
    return _apply(x, positions, base, scale_factor=factor, rope_proportion=partial_rotary_factor)


def _apply(x: Any, positions: Any, base: float, **given: float) -> Any:
    return _compiled()(x, positions, base_frequency=base, **given)


@cache
def _compiled() -> Any:
    import jax

    apply_rope = leaf("gemma.gm.math._positional_embeddings").apply_rope
    return jax.jit(apply_rope, static_argnames=("base_frequency", "scale_factor", "rope_proportion"))
