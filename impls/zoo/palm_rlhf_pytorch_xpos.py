"""palm-rlhf-pytorch: xPos of halves; the scale counts from the middle of the sequence, the angles from its start.

Frequencies, scales and positions have the dtype of the model: where that is cast to half precision, they are rounded to
it. Queries are scaled by the table, keys by its inverse. palm-rlhf's is the body of
block-recurrent-transformer-pytorch, less what that keeps from call to call.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from impls import implements
from impls.zoo.absent import stand_ins
from impls.zoo.bare import leaf
from impls.zoo.fitting import rows, same_length

Rope = Callable[..., Tensor]
ABSENT = ("accelerate", "adam_atan2_pytorch", "hl_gauss_pytorch")
LONGEST = 4095


@implements(
    "xpos",
    form="rotate-half",
    layout="half",
    compare="score",
    origin=(LONGEST + 1) // 2,
    package="palm-rlhf-pytorch",
    factory=True,
    positions="non-negative",
    max_position=LONGEST,
    source="https://github.com/lucidrains/PaLM-rlhf-pytorch/blob/main/palm_rlhf_pytorch/palm.py",
)
def palm_rlhf_pytorch(dim: int, *, scale_base: float = 512) -> Rope:
    """RotaryEmbedding and apply_rotary_pos_emb of a sequence of 4096, in a model of the dtype of x."""
    with stand_ins(*ABSENT):
        module = leaf("palm_rlhf_pytorch.palm")
    made: dict[torch.dtype, tuple[Tensor, Tensor]] = {}

    def rope(x: Tensor, positions: Tensor, *, role: str = "query") -> Tensor:
        same_length(x, positions)
        indices = rows(positions, LONGEST)
        if x.dtype not in made:
            embedding = module.RotaryEmbedding(dim, scale_base=scale_base, use_xpos=True).to(x.dtype)
            made[x.dtype] = embedding(LONGEST + 1, device="cpu")
        angles, scale = (table[indices] for table in made[x.dtype])
        y: Tensor = module.apply_rotary_pos_emb(angles, x, scale if role == "query" else scale**-1)
        return y

    return rope
