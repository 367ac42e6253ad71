"""torchscale: neighbouring coordinates, xPos with its decay left out.

The angles are formed in float32 and rounded to the dtype of the model *before* their sines and cosines are taken.
The base is 10000. Positions are counted from 0; of one long table, rows are chosen.
"""

from collections.abc import Callable

from torch import Tensor

from impls import implements
from impls.zoo.fitting import LARGEST, rows, three_axes

Rope = Callable[[Tensor, Tensor], Tensor]


@implements(
    "rope",
    form="elementwise",
    layout="interleaved",
    package="torchscale",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source="https://github.com/microsoft/torchscale/blob/main/torchscale/component/xpos_relative_position.py",
)
def torchscale(dim: int) -> Rope:
    """fixed_pos_embedding and apply_rotary_pos_emb, in a model of the dtype of x."""
    from torchscale.component.xpos_relative_position import apply_rotary_pos_emb, fixed_pos_embedding

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        indices = rows(positions)
        count = int(indices.max()) + 1 if indices.numel() else 0
        sin, cos = fixed_pos_embedding(x.new_empty(count, dim // 2))
        y: Tensor = apply_rotary_pos_emb(three_axes(x), sin[indices], cos[indices])
        return y.reshape(x.shape)

    return rope
