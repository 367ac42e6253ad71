"""timm: both layouts over a grid of one axis, table and angles in float32, one cast at the end.

The package wants torchvision; this one file of it wants torch. The grid is 0..max, of which rows are chosen.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, growing, rows

Rope = Callable[[Tensor, Tensor], Tensor]
register = partial(
    implements,
    "rope",
    package="timm",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers/pos_embed_sincos.py",
)


@register(form="elementwise", layout="interleaved")
def timm_interleaved(dim: int, *, base: float = 10000.0) -> Rope:
    """build_rotary_pos_embed and apply_rot_embed."""
    return _rope(dim, base, half=False)


@register(form="rotate-half", layout="half")
def timm_half(dim: int, *, base: float = 10000.0) -> Rope:
    """build_rotary_pos_embed with rotate_half, and apply_rot_embed with half."""
    return _rope(dim, base, half=True)


def _rope(dim: int, base: float, *, half: bool) -> Rope:
    module = leaf("timm.layers.pos_embed_sincos")
    bands = module.freq_bands(dim // 2, temperature=base, step=1)
    given = {"bands": bands, "in_pixels": False, "rotate_half": half}
    tables = growing(lambda length: module.build_rotary_pos_embed([length], **given))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices = rows(positions)
        sin, cos = (table[indices] for table in tables(indices))
        turned: Tensor = module.apply_rot_embed(x, sin, cos, half=half)
        return turned

    return rope
