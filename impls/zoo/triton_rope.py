"""Kernels written in Triton: Liger's, in the layout half, and that of flash-linear-attention, in either.

They run on a GPU. Liger's also runs in Triton's interpreter; the other one asks for a driver before it is called.
"""

import os
from functools import partial

from torch import Tensor

from impls import implements
from impls.marker import Layout

ON_A_GPU = ("cuda",)
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"


@implements(
    "rope",
    form="fused",
    name="liger",
    call="qk-tables",
    package="liger-kernel",
    devices=None if INTERPRETED else ON_A_GPU,
    source="https://github.com/linkedin/Liger-Kernel/blob/main/src/liger_kernel/ops/rope.py",
)
def liger(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """q and k are transposed, and turned in place where they then lie one behind the other."""
    from liger_kernel.ops.rope import LigerRopeFunction

    turned: tuple[Tensor, Tensor] = LigerRopeFunction.apply(q, k, cos, sin)
    return turned


def flash_linear_attention(interleaved: bool, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Out of place."""
    from fla.modules.rotary import rotary_embedding

    turned: Tensor = rotary_embedding(x, cos, sin, interleaved=interleaved)
    return turned


LAYOUTS: tuple[Layout, ...] = ("half", "interleaved")
for layout in LAYOUTS:
    implements(
        "rope",
        form="fused",
        layout=layout,
        name=f"flash-linear-attention-{layout}",
        call="x-tables",
        axes="b n h d",
        package="flash-linear-attention",
        devices=ON_A_GPU,
        source="https://github.com/fla-org/flash-linear-attention/blob/main/fla/modules/rotary.py",
    )(partial(flash_linear_attention, layout == "interleaved"))
