"""SGLang: what `get_rope` makes, in torch; float32 tables, rounded to the dtype of x, in which it is rotated.

Classes of which no table grows with the position are made long enough; that of the dynamic base fixes it beforehand,
for the longest sequence. LongRoPE takes the place of a token in one table or the other by the largest position of a
call. The kernels run elsewhere. The package wants CUDA; what asks after the device, and Triton, are stand-ins here: no
device but a CPU, without AMX. ERNIE's compiles what turns vectors, and is run without.
"""

from collections.abc import Callable
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn

from impls import implements
from impls.marker import Layout
from impls.zoo.absent import alone
from impls.zoo.fitting import LARGEST, enough, growing, rows

Pair = tuple[Tensor, Tensor]
Rope = Callable[[Tensor, Tensor, Tensor], Pair]
SRT = "https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/layers/rotary_embedding"
LAYERS = "sglang.srt.layers.rotary_embedding"
DEVICES = ("cuda", "hip", "npu", "xpu", "musa", "mps")
LAYOUTS: tuple[Layout, ...] = ("half", "interleaved")


class _Operator(nn.Module):
    """BaseFusedOp where no kernel is."""

    def forward(self, *given: Any) -> Any:
        return self.forward_native(*given)  # type: ignore[operator]


def _uncompiled() -> Any:
    """While this lasts nothing is compiled, and the compiler, which takes seconds, is not imported."""
    return patch("torch.compile", lambda *given, **named: lambda function: function)


@cache
def _code(name: str) -> Any:
    asked = {
        **{f"is_{device}": lambda: False for device in DEVICES},
        "is_cpu": lambda: True,
        "cpu_has_amx_support": lambda: False,
        "get_bool_env_var": lambda name: False,
        "get_compiler_backend": lambda: "eager",
        "get_device": lambda: "cpu",
    }
    given: dict[str, dict[str, Any]] = {
        "sglang.srt.utils": asked,
        "sglang.srt.platforms": {"current_platform": SimpleNamespace(is_out_of_tree=lambda: False)},
        "sglang.srt.runtime_context": {"publish_role": lambda: None},
        "sglang.kernels.fused_op": {"BaseFusedOp": _Operator},
    }
    kernels = ["sglang.kernels", "sglang.kernels.ops", "sglang.kernels.ops.attention"]
    kernels += [f"{kernels[-1]}.{each}" for each in ("rotary_triton", "mrope")]
    with _uncompiled():
        absent = [*kernels, "transformers", "transformers.configuration_utils"]
        return alone(f"{LAYERS}.{name}", absent=absent, given=given)


register = partial(
    implements,
    call="qk-positions",
    axes="(b n) (h d)",
    package="sglang",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
)


def _rope(
    dim: int,
    base: float,
    scaling: dict[str, Any] | None,
    *,
    half: bool = True,
    longest: int | None = None,
    reach: int = LARGEST,
    **more: Any,
) -> Rope:
    """`get_rope` for the dtype that is asked, which keeps what it has made, and the form in torch."""
    sizes = {"head_size": dim, "rotary_dim": dim, "base": base, "is_neox_style": half, "rope_scaling": scaling, **more}

    def rope(q: Tensor, k: Tensor, positions: Tensor) -> Pair:
        indices = rows(positions, reach)
        module = _code("factory").get_rope(**sizes, max_position=longest or enough(indices), dtype=q.dtype)
        if grown := GROW.get(type(module).__name__):
            getattr(module, grown)(enough(indices) - 1)
        places = indices.T if indices.ndim > 1 else indices
        turned: Pair = getattr(module, "forward_native", module)(places, q, k)
        return turned

    return rope


GROW = dict.fromkeys(("YaRNScalingRotaryEmbedding", "YaRNScalingMRotaryEmbedding"), "_ensure_cos_sin_cache_length")
"""Those whose table is that of the trained length times the factor, before it is told to be longer."""


def _plain(half: bool, dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding."""
    return _rope(dim, base, None, half=half)


def _partial(half: bool, dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """RotaryEmbedding of rotary_dim."""
    return _rope(dim, base, None, half=half, rotary_dim=rotary_dim)


for _layout in LAYOUTS:
    _end, _half = "" if _layout == "half" else "-interleaved", _layout == "half"
    _as = partial(register, layout=_layout, source=f"{SRT}/base.py")
    _as("rope", name=f"sglang{_end}")(partial(_plain, _half))
    _as("partial-rope", name=f"sglang-partial{_end}")(partial(_partial, _half))


@register("rope-linear", layout="half", source=f"{SRT}/base.py")
def sglang_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """LinearScalingRotaryEmbedding."""
    return _rope(dim, base, {"rope_type": "linear", "factor": factor})


@register("rope-llama3", layout="half", source=f"{SRT}/rope_variant.py")
def sglang_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Rope:
    """Llama3RotaryEmbedding."""
    scaling = {
        "rope_type": "llama3",
        "factor": factor,
        "low_freq_factor": low_freq_factor,
        "high_freq_factor": high_freq_factor,
        "original_max_position_embeddings": original_max_position_embeddings,
    }
    return _rope(dim, base, scaling)


def _yarn(
    kind: str,
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
) -> Rope:
    """YaRNScalingRotaryEmbedding in halves, or DeepseekScalingRotaryEmbedding of neighbours."""
    given = {
        "original_max_position_embeddings": original_max_position_embeddings,
        "beta_fast": beta_fast,
        "beta_slow": beta_slow,
        "mscale": mscale,
        "mscale_all_dim": mscale_all_dim,
    }
    return _rope(dim, base, {"rope_type": kind, "factor": factor, **given}, half=kind == "yarn")


LENGTHS = {"factor": 4.0, "original_max_position_embeddings": 2048}
"""A table has so many rows as their product: those of the longest published models take gigabytes."""
yarn = partial(register, "rope-yarn", parameters=LENGTHS)
yarn(layout="half", name="sglang-yarn", source=f"{SRT}/yarn.py")(partial(_yarn, "yarn"))
yarn(
    layout="interleaved",
    axes="(b n) h d",
    name="sglang-deepseek",
    source=f"{SRT}/rope_variant.py",
)(partial(_yarn, "deepseek_yarn"))
GROW["DeepseekScalingRotaryEmbedding"] = "_ensure_cos_sin_cache_length"


@yarn(layout="half", convention="untruncated", source=f"{SRT}/yarn.py")
def sglang_yarn_untruncated(
    dim: int, *, base: float = 10000.0, factor: float = 4.0, original_max_position_embeddings: int = 2048
) -> Rope:
    """YaRNScalingRotaryEmbedding with truncate=False."""
    given = {"original_max_position_embeddings": original_max_position_embeddings, "truncate": False}
    return _rope(dim, base, {"rope_type": "yarn", "factor": factor, **given})


@register("rope-ntk", layout="half", source=f"{SRT}/rope_variant.py")
def sglang_ntk(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """DynamicNTKAlphaRotaryEmbedding, whose alpha is the factor."""
    return _rope(dim, base, {"rope_type": "dynamic", "factor": 1.0, "alpha": factor})


@register(
    "rope-dynamic-ntk",
    layout="half",
    axes="n (h d)",
    max_position=4095,
    parameters={"factor": 2.0, "max_position_embeddings": 2048},
    source=f"{SRT}/rope_variant.py",
)
def sglang_dynamic(dim: int, *, base: float = 10000.0) -> Rope:
    """DynamicNTKScalingRotaryEmbedding."""
    return _rope(dim, base, {"rope_type": "dynamic", "factor": 2.0}, longest=2048, reach=4095)


@register(
    "rope-longrope",
    layout="half",
    axes="n (h d)",
    parameters={"original_max_position_embeddings": 4096, "max_position_embeddings": 16384},
    max_position=16383,
    source=f"{SRT}/rope_variant.py",
)
def sglang_longrope(
    dim: int, *, short_factor: tuple[float, ...], long_factor: tuple[float, ...], base: float = 10000.0
) -> Rope:
    """Phi3LongRoPEScaledRotaryEmbedding."""
    given = {"short_factor": list(short_factor), "long_factor": list(long_factor)}
    scaling = {"rope_type": "longrope", "original_max_position_embeddings": 4096, **given}
    return _rope(dim, base, scaling, longest=16384, reach=16383)


@register("rope-proportional", layout="half", parameters={"factor": 1.0}, source=f"{SRT}/rope_variant.py")
def sglang_gemma4(dim: int, *, base: float = 10000.0, partial_rotary_factor: float = 0.25) -> Rope:
    """Gemma4RotaryEmbedding."""
    return _rope(dim, base, {"rope_type": "proportional"}, partial_rotary_factor=partial_rotary_factor)


def _mrope(interleaved: bool, dim: int, *, base: float = 10000.0, mrope_section: tuple[int, ...]) -> Rope:
    """MRotaryEmbedding."""
    scaling = {"rope_type": "default", "mrope_section": list(mrope_section), "mrope_interleaved": interleaved}
    return _rope(dim, base, scaling)


mrope = partial(register, "mrope", layout="half", axes="n (h d)", source=f"{SRT}/mrope.py")
mrope(name="sglang-mrope")(partial(_mrope, False))
mrope(name="sglang-mrope-interleaved", convention="interleaved")(partial(_mrope, True))


@mrope(convention="time-slowest")
def sglang_ernie(dim: int, *, base: float = 10000.0, mrope_section: tuple[int, ...]) -> Rope:
    """Ernie4_5_VLRotaryEmbedding, whose sections are of rows, columns and time."""
    kind, (time, row, column) = _code("mrope").Ernie4_5_VLRotaryEmbedding, mrope_section
    given = {"mrope_section": [row, column, time]}
    modules: dict[torch.dtype, Callable[[Tensor], Any]] = {}

    def made(dtype: torch.dtype, length: int) -> Any:
        with _uncompiled():
            return kind(dim, dim, length, base, True, dtype, **given)

    def rope(q: Tensor, k: Tensor, positions: Tensor) -> Pair:
        if q.dtype not in modules:
            modules[q.dtype] = growing(partial(made, q.dtype))
        indices = rows(positions)
        turned: Pair = modules[q.dtype](indices).forward_native(indices.T, q, k)
        return turned

    return rope


@register("rope", layout="half", axes="(b n) (h d)", positions="integers", source=f"{SRT}/bailing_mrope.py")
def sglang_bailing(dim: int, *, base: float = 10000.0) -> Rope:
    """BailingMRotaryEmbedding of text, the table of which goes as far below zero as above."""
    scaling = {"rope_type": "default", "mrope_section": [dim // 2, 0, 0], "video_rope": True}
    sizes = {"head_size": dim, "rotary_dim": dim, "base": base, "rope_scaling": scaling}

    def rope(q: Tensor, k: Tensor, positions: Tensor) -> Pair:
        indices = rows(positions, smallest=-LARGEST)
        module = _code("factory").get_rope(**sizes, max_position=enough(indices.abs()), dtype=q.dtype)
        turned: Pair = module(indices, q, k)
        return turned

    return rope


@implements(
    "rope",
    call="qk-tables",
    axes="n h d",
    tables="n d",
    package="sglang",
    source=f"{SRT}/utils.py",
)
def sglang_vision(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> Pair:
    """apply_rotary_pos_emb_native_eager, in float32."""
    turned: Pair = _code("utils").apply_rotary_pos_emb_native_eager(q, k, cos, sin)
    return turned
