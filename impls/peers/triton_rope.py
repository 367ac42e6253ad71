"""Kernels written in Triton: Liger's, in the layout half, and that of flash-linear-attention, in either.

They run on a GPU. Liger's also runs in Triton's interpreter; the other one asks for a driver before it is called.
"""

import os

from torch import Tensor

from impls import implements

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


@implements(
    "rope",
    form="fused",
    layout="half",
    name="flash-linear-attention-half",
    call="x-tables",
    axes="b n h d",
    package="flash-linear-attention",
    devices=ON_A_GPU,
    source="https://github.com/fla-org/flash-linear-attention/blob/main/fla/modules/rotary.py",
)
def flash_linear_attention_half(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Halves, out of place."""
    from fla.modules.rotary import rotary_embedding

    turned: Tensor = rotary_embedding(x, cos, sin)
    return turned


@implements(
    "rope",
    form="fused",
    layout="interleaved",
    name="flash-linear-attention-interleaved",
    call="x-tables",
    axes="b n h d",
    package="flash-linear-attention",
    devices=ON_A_GPU,
    source="https://github.com/fla-org/flash-linear-attention/blob/main/fla/modules/rotary.py",
)
def flash_linear_attention_interleaved(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Neighbours, out of place."""
    from fla.modules.rotary import rotary_embedding

    turned: Tensor = rotary_embedding(x, cos, sin, interleaved=True)
    return turned
