"""vit-pytorch: the relative bias of a square window of MaxViT, looked up in float32 from a table of its own."""

from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.grids import cells_of
from impls.zoo.learned import hand_in

SIDE = 9


@implements(
    "swin-bias",
    form="gather",
    package="vit-pytorch",
    dtypes=("float32",),
    positions="non-negative",
    parameters={"window_size": (SIDE, SIDE)},
    source="https://github.com/lucidrains/vit-pytorch/blob/main/vit_pytorch/max_vit.py",
)
def vit_pytorch_max_vit(query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor) -> Tensor:
    """Attention, of which what it looks up and where is asked for; max_vit_with_registers adds a row for registers."""
    attention = leaf("vit_pytorch.max_vit").Attention(heads, dim_head=1, window_size=SIDE)
    hand_in(attention.rel_pos_bias, weight=table)
    bias: Tensor = attention.rel_pos_bias(attention.rel_pos_indices).movedim(-1, 0)
    queries, keys = (cells_of(each, (SIDE, SIDE)) for each in (query_positions, key_positions))
    return bias[:, queries][:, :, keys]
