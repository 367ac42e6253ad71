"""audiocraft: neighbouring coordinates as complex numbers from an offset, in float32 whatever x is; xPos as well.

Factors are kept and made anew where a sequence ends later. xPos decays queries from position 0, and keys by its
inverse.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, four_axes, offset, rows, same_length

Rope = Callable[..., Tensor]
register = partial(
    implements,
    form="complex",
    layout="interleaved",
    package="audiocraft",
    factory=True,
    positions="contiguous",
    max_position=LARGEST,
    source="https://github.com/facebookresearch/audiocraft/blob/main/audiocraft/modules/rope.py",
)


@register("rope")
def audiocraft(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding.rotate with a start."""
    return _rope(dim, base, xpos=False)


@register("xpos", parameters={"scale_base": 512})
def audiocraft_xpos(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding.rotate with xpos and a start; keys with invert_decay."""
    return _rope(dim, base, xpos=True)


def _rope(dim: int, base: float, *, xpos: bool) -> Rope:
    embedding = leaf("audiocraft.modules.rope").RotaryEmbedding(dim, base, xpos=xpos)

    def rope(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        same_length(x, positions)
        rows(positions)
        y: Tensor = embedding.rotate(four_axes(x), offset(positions), 2, invert_decay=xpos and role == "key")
        return y.reshape(x.shape)

    return rope
