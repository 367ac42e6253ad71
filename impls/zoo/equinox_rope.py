"""Equinox, in JAX: RotaryPositionalEmbedding, of one sequence (n, d) that begins at 0, over batch and heads, compiled.

Tables are computed in float32 and kept, rounded to the dtype of the module, for all modules of one size and dtype.
What comes before the first position is filled up with zeros.
"""

from functools import cache
from typing import Any

from impls import implements

LARGEST = 1023


@implements(
    "rope",
    form="rotate-half",
    layout="half",
    call="offset",
    arrays="jax",
    max_position=LARGEST,
    dtypes=("float32", "bfloat16", "float16"),
    package="equinox",
    source="https://github.com/patrick-kidger/equinox/blob/main/equinox/nn/_embedding.py",
)
def equinox(x: Any, offset: int, *, base: float = 10000.0) -> Any:
    """RotaryPositionalEmbedding of the dtype of x."""
    if offset + x.shape[2] > LARGEST + 1:
        raise ValueError(f"positions must lie in 0..{LARGEST}, got {offset + x.shape[2] - 1}: shift them there")
    return _compiled()(x, offset, base)


@cache
def _compiled() -> Any:
    import jax
    import jax.numpy as jnp
    from equinox.nn import RotaryPositionalEmbedding

    def turn(x: Any, offset: int, base: float) -> Any:
        module = RotaryPositionalEmbedding(x.shape[-1], theta=base, dtype=x.dtype)
        filled = jnp.pad(x, ((0, 0), (0, 0), (offset, 0), (0, 0)))
        return jax.vmap(jax.vmap(module))(filled)[:, :, offset:]

    return jax.jit(turn, static_argnums=(1, 2))
