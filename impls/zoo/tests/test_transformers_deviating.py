"""Where a published class computes something else than what it is called: each with the smallest case that shows it."""

import math

import pytest
import torch

pytest.importorskip("transformers", minversion="5.23")

BASE = {"rope_type": "default", "rope_theta": 10000.0}


def of(folder, name, config, sizes, rope):
    """The code of a model, and its class at one head of these sizes."""
    from impls.zoo.transformers import module_of

    code = module_of(folder)
    every = {"num_attention_heads": 1, "num_key_value_heads": 1, **sizes}
    return code, getattr(code, name)(getattr(code, config)(**every, rope_parameters=rope))


def turned(code, module, x, position_ids):
    q = x.reshape(1, 1, -1, x.shape[-1])
    return code.apply_rotary_pos_emb(q, q, *module(q, position_ids))[0].flatten()


def test_nanochat_turns_clockwise():
    """(1, 0) at position 1 becomes (cos 1, -sin 1), so that scores are those of the negative distance."""
    sizes = {"hidden_size": 2, "head_dim": 2}
    code, module = of("nanochat", "NanoChatRotaryEmbedding", "NanoChatConfig", sizes, BASE)
    y = turned(code, module, torch.tensor([1.0, 0.0]), torch.tensor([[1]]))
    assert y.tolist() == pytest.approx([math.cos(1), -math.sin(1)])


def test_hunyuan_vl_turns_no_pair_by_one_angle():
    """With sections (1, 1) coordinate 0 follows the first axis, and coordinate 2, its partner, the second."""
    rope = {**BASE, "mrope_section": [1, 1]}
    sizes = {"hidden_size": 4, "head_dim": 4}
    code, module = of("hunyuan_vl", "HunYuanVLRotaryEmbedding", "HunYuanVLTextConfig", sizes, rope)
    y = turned(code, module, torch.tensor([1.0, 0.0, 1.0, 0.0]), torch.tensor([[[1]], [[0]]]))
    assert y.tolist() == pytest.approx([math.cos(1) - math.sin(1), 0.0, 1.0, 0.0])
    alike = turned(code, module, torch.tensor([1.0, 0.0, 1.0, 0.0]), torch.tensor([[[1]], [[1]]]))
    assert alike.norm().item() == pytest.approx(math.sqrt(2))


def test_phimoe_never_uses_its_long_factors():
    """Beyond the original context the frequencies stay those of the short factors; those of Phi-3 do not."""
    factors = {"short_factor": [1.0], "long_factor": [2.0], "original_max_position_embeddings": 4}
    rope = {**BASE, "rope_type": "longrope", **factors}
    sizes = {"hidden_size": 2, "head_dim": 2, "max_position_embeddings": 8}
    scales = {"short_mscale": 1.0, "long_mscale": 1.0}
    _, module = of("phimoe", "PhimoeRotaryEmbedding", "PhimoeConfig", sizes, rope | scales)
    _, phi3 = of(
        "phi3",
        "Phi3RotaryEmbedding",
        "Phi3Config",
        {**sizes, "original_max_position_embeddings": 4, "pad_token_id": 0},
        rope,
    )
    places = torch.tensor([[1, 6]])
    x = torch.ones(1, 1, 2, 2)
    sines = module(x, places)[1][0, :, 0]
    assert sines.tolist() == pytest.approx([math.sin(1), math.sin(6)])
    attention = math.sqrt(1 + math.log(2) / math.log(4))
    assert phi3(x, places)[1][0, :, 0].tolist() == pytest.approx([attention * math.sin(0.5), attention * math.sin(3)])


def test_minimax_turns_all_coordinates_whatever_its_configuration_says():
    """MiniMax-Text-01 is published with `rotary_dim` 64 of 128; the class makes 64 frequencies, and not 32."""
    sizes = {"hidden_size": 128, "head_dim": 128, "rotary_dim": 64}
    _, module = of("minimax", "MiniMaxRotaryEmbedding", "MiniMaxConfig", sizes, {**BASE, "partial_rotary_factor": 0.5})
    assert len(module.inv_freq) == 64


def test_yarn_of_a_layer_type_is_truncated_whatever_it_says():
    """`truncate` is read beside the types of layers, and not of the one that is meant."""
    yarn = {**BASE, "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}
    sizes = {"hidden_size": 32, "head_dim": 32}
    layered = {**sizes, "layer_types": ["full_attention"], "num_hidden_layers": 1}
    plain = [
        of("gpt_oss", "GptOssRotaryEmbedding", "GptOssConfig", sizes, {**yarn, "truncate": each})[1]
        for each in (True, False)
    ]
    told = [
        of("olmo3", "Olmo3RotaryEmbedding", "Olmo3Config", layered, {"full_attention": {**yarn, "truncate": each}})[1]
        for each in (True, False)
    ]
    assert not torch.equal(plain[0].inv_freq, plain[1].inv_freq)
    assert torch.equal(told[0].full_attention_inv_freq, told[1].full_attention_inv_freq)
    assert torch.equal(told[1].full_attention_inv_freq, plain[0].inv_freq)


@pytest.mark.parametrize(
    ("folder", "name", "config"),
    [
        ("wav2vec2_bert", "Wav2Vec2Bert", "Wav2Vec2Bert"),
        ("wav2vec2_conformer", "Wav2Vec2Conformer", "Wav2Vec2Conformer"),
        ("seamless_m4t", "SeamlessM4TConformer", "SeamlessM4T"),
    ],
)
def test_conformers_keep_the_dtype_of_the_first_sequence_of_a_length(folder, name, config):
    """Two tokens in bfloat16, and the next two in float32 get cos 1 as bfloat16 holds it: dtype-independence fails."""
    from impls.zoo.transformers import module_of

    code = module_of(folder)
    heads = {"num_attention_heads": 1, "speech_encoder_attention_heads": 1}
    module = getattr(code, f"{name}RotaryPositionalEmbedding")(getattr(code, f"{config}Config")(hidden_size=2, **heads))
    module(torch.zeros(1, 2, 2, dtype=torch.bfloat16))
    later = module(torch.zeros(1, 2, 2))[0, 1].flatten()[0].item()
    assert later == torch.tensor(math.cos(1)).bfloat16().item()
    assert module(torch.zeros(1, 3, 2))[0, 1].flatten()[0].item() == pytest.approx(math.cos(1), abs=1e-7)
