"""MLX LM: the rotary modules that `initialize_rope` makes of a model's configuration, and those that models bring.

All end in `mx.fast.rope`: angles are float32, in any dtype of x. What YaRN and LongRoPE multiply by, they multiply
into x beforehand, in its dtype. LongRoPE takes the long factors at any length. The package wants a tokenizer and a
server; these files of it want MLX.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.mlx_arrays import Turn, by_offset

UNTOLD = 2048
"""The length that the configurations of these types have, and do not use."""
MODELS = "https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/models"
register = partial(
    implements,
    form="fused",
    layout="half",
    call="offset",
    package="mlx-lm",
    factory=True,
    max_position=2**31 - 1,
    differentiable=False,
    source=f"{MODELS}/rope_utils.py",
)


@register("rope-linear")
def mlx_lm_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Turn:
    """rope_type "linear": nn.RoPE with a scale."""
    return _initialized(dim, base, "linear", UNTOLD, {"factor": factor})


@register("rope-dynamic-ntk")
def mlx_lm_dynamic(
    dim: int, *, base: float = 10000.0, factor: float = 2.0, max_position_embeddings: int = 2048
) -> Turn:
    """rope_type "dynamic": DynamicNTKScalingRoPE."""
    return _initialized(dim, base, "dynamic", max_position_embeddings, {"factor": factor})


@register("rope-llama3", batched=True)
def mlx_lm_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Turn:
    """rope_type "llama3": Llama3RoPE."""
    scaling = {
        "factor": factor,
        "low_freq_factor": low_freq_factor,
        "high_freq_factor": high_freq_factor,
        "original_max_position_embeddings": original_max_position_embeddings,
    }
    return _initialized(dim, base, "llama3", UNTOLD, scaling)


@register("rope-yarn", batched=True)
def mlx_lm_yarn(
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
) -> Turn:
    """rope_type "yarn": YarnRoPE."""
    scaling = {
        "factor": factor,
        "original_max_position_embeddings": original_max_position_embeddings,
        "beta_fast": beta_fast,
        "beta_slow": beta_slow,
        "mscale": mscale,
        "mscale_all_dim": mscale_all_dim,
    }
    return _initialized(dim, base, "yarn", UNTOLD, scaling)


@register("rope-longrope", batched=True)
def mlx_lm_longrope(
    dim: int,
    *,
    short_factor: tuple[float, ...],
    long_factor: tuple[float, ...],
    base: float = 10000.0,
    original_max_position_embeddings: int = 4096,
    max_position_embeddings: int = 131072,
) -> Turn:
    """rope_type "longrope": SuScaledRoPE."""
    scaling = {
        "short_factor": list(short_factor),
        "long_factor": list(long_factor),
        "original_max_position_embeddings": original_max_position_embeddings,
    }
    return _initialized(dim, base, "longrope", max_position_embeddings, scaling)


@register(
    "rope-proportional",
    batched=True,
    parameters={"partial_rotary_factor": 0.25},
    head_sizes=(8, 64, 128, 256, 512),
)
def mlx_lm_proportional(dim: int, *, base: float = 10000.0, factor: float = 1.0) -> Turn:
    """rope_type "proportional": ProportionalRoPE; where a quarter is no whole number of pairs it turns one more."""
    scaling = {"factor": factor, "partial_rotary_factor": 0.25}
    return _initialized(dim, base, "proportional", UNTOLD, scaling)


@register("rope-ntk", batched=True, source=f"{MODELS}/hunyuan.py")
def mlx_lm_hunyuan(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Turn:
    """DynamicNTKAlphaRoPE of hunyuan, also in hunyuan_v1_dense."""
    return by_offset(leaf("mlx_lm.models.hunyuan").DynamicNTKAlphaRoPE(dim, base, factor))


@register("rope-yarn", layout="interleaved", batched=True, source=f"{MODELS}/deepseek_v2.py")
def mlx_lm_deepseek_v2(
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32,
    beta_slow: float = 1,
    mscale: float = 1.0,
    mscale_all_dim: float = 0.0,
) -> Turn:
    """DeepseekV2YarnRotaryEmbedding."""
    module = leaf("mlx_lm.models.deepseek_v2").DeepseekV2YarnRotaryEmbedding
    original = original_max_position_embeddings
    return by_offset(
        module(
            dim,
            base=base,
            scaling_factor=factor,
            original_max_position_embeddings=original,
            beta_fast=beta_fast,
            beta_slow=beta_slow,
            mscale=mscale,
            mscale_all_dim=mscale_all_dim,
        )
    )


@register(
    "rope-yarn",
    layout="interleaved",
    axes="b n h d",
    parameters={"rotary_dim": 64, "rotary_slice": "trailing"},
    source=f"{MODELS}/deepseek_v41.py",
)
def mlx_lm_deepseek_v41(
    dim: int, *, base: float = 10000.0, factor: float = 4.0, original_max_position_embeddings: int = 2048
) -> Turn:
    """_apply_rope: YarnRoPE of the trailing coordinates, in float32."""
    code, original = leaf("mlx_lm.models.deepseek_v41"), original_max_position_embeddings
    yarn = code.YarnRoPE(
        64, traditional=True, base=base, scaling_factor=factor, original_max_position_embeddings=original
    )
    return by_offset(yarn, lambda x, offset: code._apply_rope(x, yarn, rope_dim=64, offset=offset))


def _initialized(dim: int, base: float, kind: str, longest: int, scaling: dict[str, Any]) -> Turn:
    module: Callable[[Any, Any], Any] = leaf("mlx_lm.models.rope_utils").initialize_rope(
        dim, base, traditional=False, scaling_config={"rope_type": kind} | scaling, max_position_embeddings=longest
    )
    return by_offset(module)
