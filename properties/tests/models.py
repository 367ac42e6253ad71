"""The settings of published models, as declarations: parameters as they are fixed, head sizes, numbers of heads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LLAMA3 = {"base": 5e5, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
PHI3_SHORT = tuple(1.0 + 0.05 * (i // 3) for i in range(48))
PHI3_LONG = tuple(1.05 + 1.3 * i for i in range(48))


@dataclass(frozen=True)
class Model:
    """A published model: its encoding, what is fixed, and its head size; `more` is what else is declared."""

    name: str
    encoding: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    size: int | None = None
    convention: str | None = None
    heads: tuple[tuple[int, int], ...] | None = None

    @property
    def declared(self) -> dict[str, Any]:
        """As the keywords of a declaration."""
        sizes = None if self.size is None else (self.size,)
        return {"name": self.name, "parameters": dict(self.parameters), "head_sizes": sizes, "heads": self.heads}


def _yarn(factor: float, original: int, base: float = 10000.0) -> dict[str, Any]:
    return {
        "base": base,
        "factor": factor,
        "original_max_position_embeddings": original,
        "beta_fast": 32,
        "beta_slow": 1,
    }


MODELS = (
    Model("llama-2-7b", "rope", {"base": 10000.0}, 128, heads=((32, 32),)),
    Model("llama-3-8b", "rope", {"base": 500000.0}, 128, heads=((32, 8),)),
    Model("code-llama", "rope", {"base": 1e6}, 128),
    Model("mistral-7b", "rope", {"base": 1e6}, 128, heads=((32, 8),)),
    Model("qwen2.5-7b", "rope", {"base": 1e6}, 128, heads=((28, 4),)),
    Model("gemma-7b", "rope", {"base": 10000.0}, 256),
    Model("gemma-3-local", "rope", {"base": 10000.0}, 256),
    Model("phi-3-mini-4k", "rope", {"base": 10000.0}, 96),
    Model("phi-4", "rope", {"base": 250000.0}, 128),
    Model("falcon-7b", "rope", {"base": 10000.0}, 64, heads=((71, 1),)),
    Model("command-r", "rope", {"base": 8e6}, 128),
    Model("llama-3.1-8b", "rope-llama3", {**LLAMA3, "factor": 8.0}, 128, heads=((32, 8),)),
    Model("llama-3.2-1b", "rope-llama3", {**LLAMA3, "factor": 32.0}, 64),
    Model("phi-2", "partial-rope", {"rotary_dim": 32}, 80),
    Model("glm-4", "partial-rope", {"rotary_dim": 64}, 128),
    Model("gpt-j", "partial-rope", {"rotary_dim": 64}, 256),
    Model("gpt-neox-20b", "partial-rope", {"rotary_dim": 24}, 96),
    Model("pythia-160m", "partial-rope", {"rotary_dim": 16}, 64),
    Model("persimmon-8b", "partial-rope", {"base": 25000.0, "rotary_dim": 32}, 64),
    Model("stablelm-2", "partial-rope", {"rotary_dim": 16}),
    Model("stablelm-3b", "partial-rope", {"rotary_dim": 20}),
    Model("tiny-partial", "partial-rope", {"rotary_dim": 8}),
    Model("qwen2-vl", "mrope", {"base": 1e6, "mrope_section": (16, 24, 24)}, 128),
    Model("qwen2-vl-inferred", "mrope", {"base": 1e6, "mrope_section": (16, 24, 24)}),
    Model("qwen3-vl", "mrope", {"base": 5e6, "mrope_section": (24, 20, 20)}, 128, "interleaved"),
    Model("gemma-3-global", "rope-linear", {"base": 1e6, "factor": 8.0}, 256),
    Model("llama-2-8k", "rope-linear", {"factor": 2.0}, 128),
    Model("longchat-13b-16k", "rope-linear", {"factor": 8.0}),
    Model("vicuna-interpolated", "rope-linear", {"factor": 16.0}, 128),
    Model("yarn-llama-2-64k", "rope-yarn", _yarn(16.0, 4096), 128),
    Model("qwen2.5-128k", "rope-yarn", _yarn(4.0, 32768, 1e6), 128),
    Model("yarn-not-lengthened", "rope-yarn", {**_yarn(40.0, 4096), "attention_factor": 1.0}, 64),
    Model(
        "phi-3-mini-128k",
        "rope-longrope",
        {
            "short_factor": PHI3_SHORT,
            "long_factor": PHI3_LONG,
            "original_max_position_embeddings": 4096,
            "max_position_embeddings": 131072,
        },
        96,
    ),
    Model("phi-3-inferred", "rope-longrope", {"short_factor": PHI3_SHORT, "long_factor": PHI3_LONG}),
    Model("llama-2-dynamic", "rope-dynamic-ntk", {"factor": 2.0, "max_position_embeddings": 4096}, 128),
    Model("internlm2", "rope-dynamic-ntk", {"base": 1e6, "factor": 2.0, "max_position_embeddings": 32768}, 128),
    Model("ntk-aware", "rope-ntk", {"factor": 8.0}, 128),
    Model("pixtral", "rope-2d", {"base": 10000.0}, 64, "pixtral"),
    Model("retnet", "xpos", {"scale_base": 512}, 256),
    Model("bloom-176b", "alibi", heads=((112, 112),)),
    Model("mpt-7b", "alibi", heads=((32, 32),)),
    Model("t5-encoder", "t5-bias", {"num_buckets": 32, "max_distance": 128}, heads=((8, 8),)),
    Model("t5-decoder", "t5-bias", {"bidirectional": False}, heads=((12, 12),)),
    Model("long-t5", "t5-bias", {"num_buckets": 32, "max_distance": 800}),
    Model("swin-t", "swin-bias", {"window_size": (7, 7)}, heads=((3, 3), (6, 6))),
    Model("swin-l-384", "swin-bias", {"window_size": (12, 12)}),
    Model("deberta-v3", "deberta", {"position_buckets": 256}, 64),
    Model("shaw-16", "shaw", {"max_relative_position": 16}, 64),
    Model("bert", "learned", {"max_position_embeddings": 512}),
    Model("gpt-2", "learned", {"max_position_embeddings": 1024}),
    Model("transformer-base", "sinusoidal", {"base": 10000.0}, 512),
    Model("tensor2tensor", "sinusoidal", {"base": 10000.0}, 512, "tensor2tensor"),
)
