"""A preset and the published class, configured as it says, agree on every cosine and sine, near and far."""

import numpy as np
import pytest
import torch
from einops import rearrange

from impls.door.bridges import bridge_of
from impls.registry import collected
from impls.zoo import transformers as zoo
from properties.tests.turns import in_turn
from spec import ENCODINGS, claimed
from spec.definitions.composition import is_rotary
from spec.numbers import bounds, exact
from spec.presets import PRESETS

pytest.importorskip("transformers", minversion="5.23")

ROWS = {
    "llama-family": "llama-2-7b llama-2-70b codellama-7b llama-3-8b llama-3-70b tinyllama-1.1b yi-6b deepseek-llm-7b "
    "smollm2-1.7b deepseek-coder-6.7b llama-3.1-8b llama-3.1-405b llama-3.2-1b llama-3.2-3b llama-3.3-70b "
    "yarn-llama-2-7b-128k",
    "llama-family mistral.MistralRotaryEmbedding": "mistral-7b-v0.1 mistral-7b-v0.3 mistral-nemo-12b "
    "yarn-mistral-7b-128k",
    "llama-family mixtral.MixtralRotaryEmbedding": "mixtral-8x7b mixtral-8x22b",
    "llama-family qwen2.Qwen2RotaryEmbedding": "qwen2-7b qwen2.5-0.5b qwen2.5-72b qwen2.5-yarn-128k",
    "llama-family qwen3.Qwen3RotaryEmbedding": "qwen3-0.6b qwen3-8b qwen3-yarn-128k",
    "llama-family qwen3_moe.Qwen3MoeRotaryEmbedding": "qwen3-30b-a3b",
    "llama-family gemma.GemmaRotaryEmbedding": "gemma-2b gemma-7b",
    "llama-family gemma2.Gemma2RotaryEmbedding": "gemma-2-2b gemma-2-27b",
    "llama-family falcon.FalconRotaryEmbedding": "falcon-7b falcon-40b",
    "llama-family starcoder2.Starcoder2RotaryEmbedding": "starcoder2-15b",
    "llama-family smollm3.SmolLM3RotaryEmbedding": "smollm3-3b",
    "llama-family apertus.ApertusRotaryEmbedding": "apertus-8b",
    "llama-family ministral3.Ministral3RotaryEmbedding": "ministral-3-8b",
    "gemma3-local": "gemma-3-4b-local",
    "gemma3-global": "gemma-3-1b-global gemma-3-4b-global",
    "gemma4-local": "gemma-4-local",
    "gemma4-global": "gemma-4-global",
    "modernbert-local": "modernbert-local",
    "modernbert-global": "modernbert-global",
    "cohere": "command-r",
    "olmo2": "olmo-2-7b",
    "olmo3-local": "olmo-3-7b-local",
    "olmo3-global": "olmo-3-7b-global",
    "helium": "helium-2b",
    "gpt-neox-family": "gpt-neox-20b pythia-6.9b",
    "gpt-neox-family glm4_moe.Glm4MoeRotaryEmbedding": "glm-4.5",
    "gpt-neox-family qwen3_next.Qwen3NextRotaryEmbedding": "qwen3-next-80b",
    "phi": "phi-1.5 phi-2",
    "persimmon": "persimmon-8b",
    "persimmon stablelm.StableLmRotaryEmbedding": "stablelm-3b",
    "glm glm4.Glm4RotaryEmbedding": "glm-4-9b",
    "llama4-text": "llama-4-scout",
    "gpt-oss": "gpt-oss-20b",
    "deepseek-v2": "deepseek-v2 deepseek-v2-lite",
    "deepseek-v3": "deepseek-v3 kimi-k2",
    "phi3": "phi-3-mini-4k phi-3-mini-128k phi-4-mini",
    "qwen2-vl": "qwen2-vl-7b",
    "qwen2-vl qwen2_5_vl.Qwen2_5_VLRotaryEmbedding": "qwen2.5-vl-7b",
    "qwen3-vl": "qwen3-vl-8b",
    "glm4v": "glm-4.1v-9b",
    "pixtral-vision": "pixtral-12b-vision",
    "qwen2-vl-vision": "qwen2-vl-vision",
}
"""The row whose class computes a preset, or whose body another class has, and the presets."""
OF = {preset: row for row, presets in ROWS.items() for preset in presets.split()}
DEFAULTS = {
    **{"llama-2-7b": "Llama", "mistral-7b-v0.1": "Mistral", "mixtral-8x7b": "Mixtral", "gemma-7b": "Gemma"},
    **{"gemma-2-2b": "Gemma2", "helium-2b": "Helium", "phi-3-mini-4k": "Phi3", "phi-1.5": "Phi"},
    **{"gpt-neox-20b": "GPTNeoX", "stablelm-3b": "StableLm", "glm-4-9b": "Glm4", "gpt-oss-20b": "GptOss"},
    **{"ministral-3-8b": "Ministral3", "pixtral-12b-vision": "PixtralVision"},
    **{"gemma-3-4b-local": "Gemma3Text sliding_attention", "modernbert-local": "ModernBert sliding_attention"},
    **{"modernbert-global": "ModernBert full_attention", "olmo-3-7b-local": "Olmo3 sliding_attention"},
    **{"gemma-4-local": "Gemma4Text sliding_attention", "gemma-4-global": "Gemma4Text full_attention"},
}
"""Configurations whose defaults are those of a model that is a preset, and the layers that are meant."""
ELSEWHERE = {
    "functions, see test_transformers_functions.py": "gpt-j-6b codegen-16b bloom-7b bloom-176b mpt-7b mpt-30b t5-base "
    "t5-11b swin-tiny deberta-v3-base gpt-2 bert-base",
    "no class of transformers": "chatglm3-6b internlm2.5-7b baichuan-13b transformer-base",
    "the class leaves rotary_dim out, see advisory transformers-minimax-rotary-dim": "minimax-text-01",
    "classes of diffusers": "flux-1 qwen-image hunyuan-video wan-2.1-1.3b wan-2.1-14b cogvideox-5b lumina-image-2 "
    "z-image cosmos-3 flux-2 helios-14b hunyuan-image-2.1 hunyuan-video-1.5 ideogram-4 kandinsky-5-lite kandinsky-6 "
    "krea-2 minimax-h3 motif-video-2b qwen-image-2.1",
    "centres of patches, see test_transformers_normalised.py": "dinov3-vits16 dinov3-vitb16 dinov3-vitl16",
}
"""The presets that no rotary class here computes, and why."""
POSITIONS = (0, 1, 31, 1000, 8191, 131071)
BUILT_FROM = {"qwen2_5_vl.Qwen2_5_VLRotaryEmbedding": "Qwen2_5_VLTextConfig"}
DECLARED = {one.name.removeprefix("transformers-"): one for one in collected(zoo)}


def turned(preset):
    """What becomes of vectors whose pairs are all (1, 0): (cos, sin) of every pair, as the class makes them."""
    one, (name, *other) = PRESETS[preset], OF[preset].split()
    row = {**zoo.ROWS[name], "encoding": one.encoding, "parameters": one.parameters}
    if other:
        row |= {"class": other[0], **({"built_from": BUILT_FROM[other[0]]} if other[0] in BUILT_FROM else {})}
    if one.encoding != "rope-longrope" and name == "phi3":
        row["config"] = {"pad_token_id": 0}
    encoding = claimed(one.encoding, one.convention, one.parameters)
    parameters = encoding.configured(one.head_size, one.parameters)
    given = {each: parameters[each] for each in parameters if each not in zoo.BESIDE or each in one.parameters}
    code = bridge_of(DECLARED[name])(zoo.tables_of(row, one.head_size, given))
    layout = DECLARED[name].layout
    ins, outs = (at(one.head_size, parameters, layout) for at in (encoding.coordinates, encoding.coordinates_out))
    x = torch.zeros(1, 1, len(POSITIONS), one.head_size)
    x[..., ins[:, 0].tolist()] = 1
    axes = DECLARED[name].axes or "b h n d"
    places = encoding.grid.lay(list(POSITIONS)) if encoding.grid.axes > 1 else [(p,) for p in POSITIONS]
    ids = torch.tensor(places).T[:, None] if encoding.grid.axes > 1 else torch.tensor([POSITIONS])
    q = rearrange(x, f"{'b' if 'b' in axes else '1'} h n d -> {axes}")
    y = rearrange(code(q, q.clone(), ids)[0], f"{axes} -> {'b' if 'b' in axes else '1'} h n d")[0, 0].double().numpy()
    return encoding, parameters, [tuple(each) for each in places], np.stack([y[:, outs[:, 0]], y[:, outs[:, 1]]], -1)


@pytest.mark.parametrize("preset", in_turn(OF, 6))
def test_the_class_computes_the_preset(preset):
    encoding, parameters, places, found = turned(preset)
    dim, length = PRESETS[preset].head_size, max(max(place) for place in places) + 1
    wanted = exact.rows(encoding, places, dim, parameters, length=length)[..., 0]
    thetas = np.array([float(each) for each in exact.frequencies(encoding, dim, parameters, length)])
    scales = np.array([float(each) for each in exact.scales(encoding, dim, parameters, length)])
    further = exact.frequency_roundings(encoding, dim, parameters, length)
    along = np.array(places, dtype=float)[:, encoding.axes_of(dim, parameters)]
    unit = bounds.UNIT["float32"]
    allowed = scales * (bounds.table(along, thetas, "float32", unit, further=further) + 4 * unit)
    assert (np.abs(found - wanted) <= allowed[..., None]).all()
    assert found.shape == wanted.shape


def test_every_preset_is_compared_or_told_why_not():
    told = [preset for presets in ELSEWHERE.values() for preset in presets.split()]
    rotary = {name for name, one in PRESETS.items() if is_rotary(ENCODINGS[one.encoding])}
    assert rotary <= {*OF, *told} <= set(PRESETS)
    assert len({*OF, *told}) == len([*OF, *told])


@pytest.mark.parametrize("preset", DEFAULTS)
def test_the_defaults_of_a_configuration_are_those_of_its_preset(preset):
    import transformers

    one, (name, *layer_type) = PRESETS[preset], DEFAULTS[preset].split()
    config = getattr(transformers, f"{name}Config")()
    rope = config.rope_parameters[layer_type[0]] if layer_type else config.rope_parameters
    if "gemma-4" in preset:
        config = config.per_layer_config[config.layer_types.index(layer_type[0])]
    heads, size = config.num_attention_heads, config.hidden_size // config.num_attention_heads
    size = getattr(config, "head_dim", None) or size
    partial = rope["rope_type"] != "proportional"
    turn = int(size * rope.get("partial_rotary_factor", 1.0)) if partial else size
    known = {**rope, "base": rope["rope_theta"], "rotary_dim": turn}
    assert one.parameters == {name: known[name] for name in one.parameters}
    assert (size, turn) == (one.head_size, one.parameters.get("rotary_dim", size))
    assert one.heads == (heads, getattr(config, "num_key_value_heads", None) or heads)
