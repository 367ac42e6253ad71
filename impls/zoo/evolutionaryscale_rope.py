"""ESM3 and ESM C: a float32 table from position 0 on, rounded to the dtype of x, in which it is rotated.

Its form for neighbouring coordinates lays the table as halves. The distribution `esm` has its modules in a package that
fair-esm calls by the same name; this file, which takes nothing of either, is not in the other. A model counts from 0.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf

Turn = Callable[[Tensor, int], Tensor]
register = partial(
    implements,
    call="offset",
    axes="b n h d",
    package="esm",
    factory=True,
    source="https://github.com/evolutionaryscale/esm/blob/main/esm/layers/rotary.py",
)


@register("rope", form="rotate-half")
def evolutionaryscale(dim: int, *, base: float = 10000.0) -> Turn:
    """RotaryEmbedding."""
    return _of(dim, base=base)


@register("rope", form="elementwise", layout="interleaved")
def evolutionaryscale_interleaved(dim: int, *, base: float = 10000.0) -> Turn:
    """RotaryEmbedding with interleaved."""
    return _of(dim, base=base, interleaved=True)


@register("rope-linear", form="rotate-half")
def evolutionaryscale_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Turn:
    """RotaryEmbedding with scaling_factor."""
    return _of(dim, base=base, scaling_factor=factor)


def _of(dim: int, **given: float) -> Turn:
    module = leaf("esm.layers.rotary").RotaryEmbedding(dim, **given)

    def turn(x: Tensor, offset: int) -> Tensor:
        turned: Tensor = module(x, x, seqlen_offset=offset)[0]
        return turned

    return turn
