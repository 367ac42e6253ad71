"""Presets of image and video models set what the classes of diffusers have by default, and what the zoo's rows set."""

import inspect

import pytest

from impls.zoo import diffusers as zoo
from spec.presets import PRESETS

pytest.importorskip("diffusers")

MODELS = {
    "flux-1": ("flux", "transformer_flux:FluxTransformer2DModel"),
    "flux-2": ("flux-2", "transformer_flux2:Flux2Transformer2DModel"),
    "krea-2": (None, "transformer_krea2:Krea2Transformer2DModel"),
    "qwen-image": ("qwen-image", "transformer_qwenimage:QwenImageTransformer2DModel"),
    "qwen-image-2.1": ("qwen-image-21", "transformer_qwenimage21:QwenImage21Transformer2DModel"),
    "hunyuan-video": ("hunyuan-video", "transformer_hunyuan_video:HunyuanVideoTransformer3DModel"),
    "hunyuan-video-1.5": ("hunyuan-video-15", "transformer_hunyuan_video15:HunyuanVideo15Transformer3DModel"),
    "hunyuan-image-2.1": ("hunyuan-image", "transformer_hunyuanimage:HunyuanImageTransformer2DModel"),
    "wan-2.1-14b": ("wan", "transformer_wan:WanTransformer3DModel"),
    "lumina-image-2": ("lumina-2", "transformer_lumina2:Lumina2Transformer2DModel"),
    "z-image": ("z-image", "transformer_z_image:ZImageTransformer2DModel"),
    "helios-14b": ("helios", "transformer_helios:HeliosTransformer3DModel"),
    "motif-video-2b": ("motif-video", "transformer_motif_video:MotifVideoTransformer3DModel"),
    "kandinsky-5-lite": ("kandinsky-5-video", "transformer_kandinsky:Kandinsky5Transformer3DModel"),
    "kandinsky-6": ("kandinsky-6-video", "transformer_kandinsky6:Kandinsky6Transformer3DModel"),
    "minimax-h3": ("minimax-h3", "transformer_minimax_h3:MiniMaxH3Transformer3DModel"),
    "ideogram-4": ("ideogram-4", "transformer_ideogram4:Ideogram4Transformer2DModel"),
    "cosmos-3": ("cosmos-3", "transformer_cosmos3:Cosmos3OmniTransformer"),
}
"""Of each preset the row in which its class is run, if there is one, and the model whose defaults it has."""
NAMES = {
    "base": ("rope_theta",),
    "sections": ("axes_dims_rope", "rope_axes_dim", "axes_dim_rope", "axes_dims", "rope_dim"),
    "head_size": ("attention_head_dim", "head_dim"),
    "heads": ("num_attention_heads", "n_heads"),
    "keys": ("num_key_value_heads", "num_kv_heads", "n_kv_heads"),
}
"""What the models call these."""


@pytest.mark.parametrize("preset", MODELS)
def test_a_preset_is_what_its_row_sets(preset):
    one, (name, _) = PRESETS[preset], MODELS[preset]
    if name is None:
        return
    row = zoo.ROWS[name]
    parameters = {key: tuple(each) if isinstance(each, list) else each for key, each in row.parameters.items()}
    assert (one.encoding, one.convention, one.head_size) == (row.encoding, row.convention, row.dim)
    assert one.parameters == {"base": 10000.0, **parameters}


@pytest.mark.parametrize("preset", MODELS)
def test_a_preset_is_the_default_of_its_model(preset):
    one, defaults = PRESETS[preset], _defaults(MODELS[preset][1])
    said = {
        "base": one.parameters["base"],
        "sections": one.parameters.get("axes_dim"),
        "head_size": one.head_size,
        "heads": (one.heads or (None, None))[0],
        "keys": (one.heads or (None, None))[1],
    }
    compared = {name: given for name, given in defaults.items() if given is not None and said[name] is not None}
    assert compared
    assert {name: said[name] for name in compared} == compared


def _defaults(path):
    signature = inspect.signature(zoo.found(f"models.transformers.{path}").__init__).parameters
    given = {
        name: next((signature[each].default for each in names if each in signature), None)
        for name, names in NAMES.items()
    }
    return {name: tuple(each) if isinstance(each, list) else each for name, each in given.items()}
