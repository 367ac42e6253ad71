"""SGLang's runtime for diffusion models: what makes and applies cosines and sines there, in torch.

Angles are float32, in Flux's class float64; two of the functions rotate in float32, Qwen3's in the dtype of x. A factor
of interpolation multiplies positions. The package wants CUDA; distribution, platforms and kernels are stand-ins here.
"""

from collections.abc import Callable
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from impls import implements
from impls.zoo.absent import alone

Pair = tuple[Tensor, Tensor]
Tables = Callable[[Tensor, Tensor], Pair]
LAYERS = "sglang.multimodal_gen.runtime.layers.rotary_embedding"
SOURCE = f"https://github.com/sgl-project/sglang/blob/main/python/{LAYERS.replace('.', '/')}"
ABSENT = (
    *("sglang.kernels", "sglang.kernels.ops", "sglang.kernels.ops.diffusion", "sglang.srt", "sglang.srt.utils"),
    "sglang.srt.utils.custom_op",
    *("sglang.multimodal_gen.runtime.distributed", "sglang.multimodal_gen.runtime.distributed.parallel_state"),
    "sglang.multimodal_gen.runtime.utils",
)
register = partial(implements, package="sglang")


@cache
def _code(name: str) -> Any:
    platform = SimpleNamespace(is_cuda=lambda: False, is_float64_supported=lambda: True)
    given: dict[str, dict[str, Any]] = {
        "sglang.multimodal_gen.runtime.platforms": {"current_platform": platform},
        "sglang.multimodal_gen.runtime.utils.logging_utils": {"init_logger": lambda name: None},
        "sglang.kernels.kernel_api_logging": {"debug_kernel_api": lambda function: function},
    }
    with patch("torch.compiler.assume_constant_result", lambda function: function):  # without importing the compiler
        return alone(f"{LAYERS}.{name}", absent=ABSENT, given=given)


@register("rope", layout="half", call="x-tables", axes="n h d", source=f"{SOURCE}/utils.py")
def sglang_diffusion(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """_apply_rotary_emb in halves, in float32."""
    turned: Tensor = _code("utils")._apply_rotary_emb(x, cos, sin, True)
    return turned


@register("rope", layout="interleaved", call="qk-complex", axes="b n h d", source=f"{SOURCE}/utils.py")
def sglang_diffusion_complex(q: Tensor, k: Tensor, freqs_cis: Tensor) -> Pair:
    """_apply_rotary_emb_complex."""
    apply, factors = _code("utils")._apply_rotary_emb_complex, freqs_cis[:, None]
    return apply(q, factors), apply(k, factors)


def _qwen3(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> Pair:
    turned: Pair = _code("mrope").qwen3_apply_rotary_pos_emb(q, k, cos[:, :, None], sin[:, :, None])
    return turned


@register(
    "mrope",
    convention="interleaved",
    call="module-tables",
    axes="b n h d",
    apply=_qwen3,
    factory=True,
    batched=True,
    source=f"{SOURCE}/mrope.py",
)
def sglang_diffusion_qwen3(dim: int, *, base: float, mrope_section: tuple[int, ...]) -> Tables:
    """Qwen3VLTextRotaryEmbedding and qwen3_apply_rotary_pos_emb."""
    module = _code("mrope").Qwen3VLTextRotaryEmbedding(dim, base, mrope_section)

    def tables(x: Tensor, position_ids: Tensor) -> Pair:
        made: Pair = module(x, position_ids)
        return made

    return tables


@register(
    "rope",
    layout="interleaved",
    call="qk-positions",
    axes="n h d",
    factory=True,
    parameters={"axes_dim": (16, 56, 56)},
    head_sizes=(128,),
    source=f"{SOURCE}/mrope.py",
)
def sglang_diffusion_flux(dim: int, *, base: float) -> Callable[..., Pair]:
    """FluxPosEmbed and _apply_rotary_emb_complex."""
    module, apply = _code("mrope").FluxPosEmbed(base, [16, 56, 56]), _code("utils")._apply_rotary_emb_complex

    def turned(q: Tensor, k: Tensor, positions: Tensor) -> Pair:
        factors = torch.complex(*module(positions))[:, None]
        return apply(q[None], factors)[0], apply(k[None], factors)[0]

    return turned
