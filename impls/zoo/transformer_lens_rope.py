"""TransformerLens: what its bridges turn vectors with, so that hooks see them, and its own rotary module.

`NativeRotary` has a float32 table for positions 0..max, rounded to the dtype of x, in which neighbours are rotated; it
is the others' cosines and sines that the bridges take, of which those for neighbours are in halves. The package wants
much; these files of it want torch and einops.
"""

from collections.abc import Callable
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

from torch import Tensor

from impls import implements
from impls.zoo.absent import alone
from impls.zoo.fitting import LARGEST, growing, rows

Pair = tuple[Tensor, Tensor]
Rope = Callable[[Tensor, Tensor, Tensor], Pair]
BRIDGE = "transformer_lens.model_bridge"
PARTS = f"{BRIDGE}.generalized_components"
ABSENT = (
    *(f"{PARTS}.{name}" for name in ("attention", "base", "joint_qkv_attention", "position_embedding_hooks_mixin")),
    *(f"transformer_lens.{name}" for name in ("config", "hook_points", "utilities", "utilities.activation_functions")),
    *(f"transformer_lens.utilities.{name}" for name in ("attention", "heterogeneous_config", "hf_utils")),
    "transformer_lens.conversion_utils.conversion_steps.base_tensor_conversion",
)
MAIN = "https://github.com/TransformerLensOrg/TransformerLens/blob/main"
register = partial(implements, package="transformer-lens")


@cache
def _code(name: str) -> Any:
    return alone(name, absent=ABSENT)


def _part(name: str) -> Any:
    return _code(f"{PARTS}.{name}")


def _of(part: str, name: str, **told: Any) -> Callable[..., Pair]:
    def apply(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> Pair:
        turned: Pair = getattr(_part(part), name)(q, k, cos, sin, **told)
        return turned

    return apply


def _joint(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> Pair:
    """A method that does not look at its object."""
    kind = _part("joint_qkv_position_embeddings_attention").JointQKVPositionEmbeddingsAttentionBridge
    turned: Pair = kind._apply_rotary_pos_emb(None, q, k, cos, sin)
    return turned


def _complex(q: Tensor, k: Tensor, freqs_cis: Tensor) -> Pair:
    turned: Pair = _part("mla_attention")._apply_rotary_complex(q, k, freqs_cis[None])
    return turned


def _codegen(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    turned: Tensor = _part("codegen_attention")._apply_rotary_pos_emb(x, sin, cos)
    return turned


def _single(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    turned: Tensor = _part("glm_moe_dsa_attention")._apply_rotary_pos_emb_single(x, cos, sin, 1)
    return turned


PAIRS = ("position_embeddings_attention", "_apply_rotary_pos_emb_adjacent_pairs")
applied = partial(register, "rope", source=f"{MAIN}/{PARTS.replace('.', '/')}")
halves = partial(applied, call="qk-tables", layout="half")
halves(name="transformer-lens-joint")(_joint)
halves(name="transformer-lens-mla")(_of("mla_attention", "_apply_rotary_pos_emb"))
to_halves = partial(applied, layout="interleaved-to-half")
to_halves(name="transformer-lens-mla-interleaved", call="qk-tables")(
    _of("mla_attention", "_apply_rotary_pos_emb_interleave")
)
to_halves(name="transformer-lens-glm-moe-dsa", call="x-tables", tables="b n d")(_single)
pairs = partial(applied, layout="interleaved")
pairs(name="transformer-lens-pairs", call="qk-tables")(_of(*PAIRS, relayout_cos_sin=False))
pairs(name="transformer-lens-mla-complex", call="qk-complex")(_complex)
pairs(name="transformer-lens-codegen", call="x-tables", tables="b n d/2")(_codegen)

native = partial(
    register,
    form="elementwise",
    layout="interleaved",
    call="qk-positions",
    factory=True,
    batched=True,
    positions="non-negative",
    max_position=LARGEST,
    source=f"{MAIN}/{BRIDGE.replace('.', '/')}/sources/native/model.py",
)


@native("rope")
def transformer_lens(dim: int, *, base: float = 10000.0) -> Rope:
    """NativeRotary."""
    return _native(dim, dim, base, None)


@native("partial-rope")
def transformer_lens_partial(dim: int, *, rotary_dim: int, base: float = 10000.0) -> Rope:
    """NativeRotary with rotary_dim."""
    return _native(dim, rotary_dim, base, None)


@native("rope-linear")
def transformer_lens_linear(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """NativeRotary with rope_scaling "linear"."""
    return _native(dim, dim, base, {"rope_type": "linear", "factor": factor})


@native("rope-ntk")
def transformer_lens_ntk(dim: int, *, base: float = 10000.0, factor: float = 4.0) -> Rope:
    """NativeRotary with rope_scaling "ntk", which is also what it does for "dynamic"."""
    return _native(dim, dim, base, {"rope_type": "ntk", "factor": factor})


@native("rope-llama3")
def transformer_lens_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Rope:
    """NativeRotary with rope_scaling "llama3"."""
    scaling = {
        "rope_type": "llama3",
        "factor": factor,
        "low_freq_factor": low_freq_factor,
        "high_freq_factor": high_freq_factor,
        "original_max_position_embeddings": original_max_position_embeddings,
    }
    return _native(dim, dim, base, scaling)


def _native(dim: int, rotary_dim: int, base: float, scaling: dict[str, Any] | None) -> Rope:
    kind = _code(f"{BRIDGE}.sources.native.model").NativeRotary
    given = {"rotary_dim": rotary_dim, "d_head": dim, "rotary_base": base, "rope_scaling": scaling}
    module = growing(lambda length: kind(SimpleNamespace(n_ctx=length, **given)))

    def rope(q: Tensor, k: Tensor, positions: Tensor) -> Pair:
        indices = rows(positions)
        turned: Pair = module(indices).apply_rope(q, k, position_ids=indices.expand(q.shape[0], -1))
        return turned

    return rope
