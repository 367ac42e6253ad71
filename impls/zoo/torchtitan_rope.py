"""torchtitan: a float32 table for positions 0..max, complex or of cosines and sines, rotated in float32, cast back.

Neighbours are rotated by complex numbers, i and i + d/2 by cosines and sines. YaRN lengthens nothing: that is left to
the scale of the softmax. M-RoPE is interleaved, and refuses a section of no pairs. The package wants tyro and more;
these files of it want spmd-types, and a base class `Module`, for which that of torch stands in. Positions beyond the
table are refused.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from torch import Tensor, nn

from impls import implements
from impls.zoo.absent import alone
from impls.zoo.fitting import LARGEST, growing, rows

Rope = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
PACKAGE = "https://github.com/pytorch/torchtitan/blob/main/torchtitan/models"
register = partial(
    implements,
    call="qk-positions",
    axes="b n h d",
    package="torchtitan",
    factory=True,
    batched=True,
    positions="non-negative",
    max_position=LARGEST,
    source=f"{PACKAGE}/common/rope.py",
)


@cache
def _code(name: str) -> Any:
    class Module(nn.Module):
        Config = type("Config", (), {})

    common = ["torchtitan.models.common"]
    return alone(
        f"torchtitan.models.{name}", hollowed=common, given={"torchtitan.protocols.module": {"Module": Module}}
    )


@register("rope", form="complex", layout="interleaved")
def torchtitan_complex(dim: int, *, base: float = 10000.0) -> Rope:
    """ComplexRoPE."""
    return _of("common.rope", "ComplexRoPE", dim, theta=base)


@register("rope", form="rotate-half", layout="half")
def torchtitan_half(dim: int, *, base: float = 10000.0) -> Rope:
    """CosSinRoPE."""
    return _of("common.rope", "CosSinRoPE", dim, theta=base)


@register("rope-llama3", form="complex", layout="interleaved")
def torchtitan_llama3(
    dim: int,
    *,
    base: float = 500000.0,
    factor: float = 8.0,
    low_freq_factor: float = 1.0,
    high_freq_factor: float = 4.0,
    original_max_position_embeddings: int = 8192,
) -> Rope:
    """ComplexRoPE with scaling "llama"."""
    given = {
        "scaling_factor": factor,
        "low_freq_factor": low_freq_factor,
        "high_freq_factor": high_freq_factor,
        "original_max_position_embeddings": original_max_position_embeddings,
    }
    return _of("common.rope", "ComplexRoPE", dim, theta=base, scaling="llama", **given)


def _yarn(
    kind: str,
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 4.0,
    original_max_position_embeddings: int = 2048,
    beta_fast: float = 32.0,
    beta_slow: float = 1.0,
) -> Rope:
    """Either with scaling "yarn"."""
    given = {
        "rope_factor": factor,
        "original_seq_len": original_max_position_embeddings,
        "beta_fast": beta_fast,
        "beta_slow": beta_slow,
    }
    return _of("common.rope", kind, dim, theta=base, scaling="yarn", **given)


yarn = partial(register, "rope-yarn", convention="deepseek")
yarn(form="complex", layout="interleaved", name="torchtitan-yarn-complex")(partial(_yarn, "ComplexRoPE"))
yarn(form="rotate-half", layout="half", name="torchtitan-yarn-half")(partial(_yarn, "CosSinRoPE"))


@register(
    "mrope",
    form="rotate-half",
    layout="half",
    convention="interleaved",
    head_sizes=(64, 128),
    source=f"{PACKAGE}/qwen3_5/rope.py",
)
def torchtitan_mrope(dim: int, *, base: float = 10000.0, mrope_section: tuple[int, ...]) -> Rope:
    """MRoPE of Qwen3.5."""
    return _of("qwen3_5.rope", "MRoPE", dim, theta=base, mrope_section=list(mrope_section))


def _of(module: str, name: str, dim: int, **given: Any) -> Rope:
    kind = getattr(_code(module), name)
    rope = growing(lambda length: kind(kind.Config(dim=dim, max_seq_len=length, **given)))
    axes = 3 if name == "MRoPE" else 1

    def turned(q: Tensor, k: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        indices = rows(positions)
        batch = indices[None] if indices.ndim == (1 if axes == 1 else 2) else indices
        return rope(indices)(q, k, batch)  # type: ignore[no-any-return]

    return turned
