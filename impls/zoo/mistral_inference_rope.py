"""mistral-inference: neighbouring coordinates as complex numbers, angles and factors in float32, one cast at the end.

In two dimensions, for Pixtral: pairs 0, 2, 4, ... of RoPE's ladder follow the row and come first, 1, 3, 5, ... the
column.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, growing, rows, three_axes

Rope = Callable[[Tensor, Tensor], Tensor]
SIDE = 512
"""The most rows and columns of a grid that is built."""
register = partial(
    implements,
    form="complex",
    layout="interleaved",
    package="mistral-inference",
    factory=True,
    positions="non-negative",
    source="https://github.com/mistralai/mistral-inference/blob/main/src/mistral_inference/rope.py",
)


@register("rope", max_position=LARGEST)
def mistral_inference(dim: int, *, base: float = 10000.0) -> Rope:
    """precompute_freqs_cis and apply_rotary_emb."""
    module = leaf("mistral_inference.rope")
    factors = growing(lambda length: module.precompute_freqs_cis(dim, length, base))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices = rows(positions)
        return _turned(module, x, factors(indices)[indices])

    return rope


@register("rope-2d", convention="pixtral", max_position=SIDE - 1)
def mistral_inference_2d(dim: int, *, base: float = 10000.0) -> Rope:
    """precompute_freqs_cis_2d and apply_rotary_emb."""
    module = leaf("mistral_inference.rope")
    factors = module.precompute_freqs_cis_2d(dim, SIDE, SIDE, base)

    return lambda x, positions: _turned(module, x, factors[rows(positions, SIDE - 1).unbind(1)])


def _turned(module: object, x: Tensor, factors: Tensor) -> Tensor:
    """Vectors (n, heads, d) as query and as key, of which one is taken."""
    vectors = three_axes(x).transpose(0, 1)
    y: Tensor = module.apply_rotary_emb(vectors, vectors, factors)[0]  # type: ignore[attr-defined]
    return y.transpose(0, 1).reshape(x.shape)
