"""Presets whose published code is no rotary class: tables of GPT-J, biases of BLOOM, MPT, T5, Swin and DeBERTa."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from spec import claimed
from spec.numbers import bounds, exact, pairwise
from spec.numbers.coefficients import Setting
from spec.presets import PRESETS

pytest.importorskip("transformers", minversion="5.23")
UNIT = bounds.UNIT["float32"]
KEYS = (0, 1, 2, 7, 100, 2047)


def heads_of(preset):
    """The heads of queries."""
    heads = PRESETS[preset].heads
    assert heads is not None
    return heads[0]


def bias(preset, queries, keys, tables=None):
    """(heads, nq, nk), as the definition has it."""
    one = PRESETS[preset]
    encoding = claimed(one.encoding, one.convention, one.parameters)
    given = tuple(sorted(encoding.configured(one.head_size, one.parameters).items()))
    setting = Setting(encoding, one.head_size, given, heads_of(preset), 4096)
    pairs = np.zeros((1, 1), dtype=int)
    parts = pairwise.parts(setting, queries, keys, tables or {}, pairs, pairwise.Precision("float32", UNIT))
    return np.asarray(pairwise.bias(parts, lambda part: part.value), dtype=float)


@pytest.mark.parametrize(("preset", "folder", "rotary"), [("gpt-j-6b", "gptj", 64), ("codegen-16b", "codegen", 64)])
def test_tables_of_gpt_j(preset, folder, rotary):
    import importlib

    one, module = PRESETS[preset], importlib.import_module(f"transformers.models.{folder}.modeling_{folder}")
    encoding = claimed(one.encoding, one.convention, one.parameters)
    parameters = encoding.configured(one.head_size, one.parameters)
    sin, cos = (
        module.create_sinusoidal_positions(2048, rotary)
        .double()
        .numpy()
        .reshape(2048, 2, -1)[list(KEYS)]
        .swapaxes(0, 1)
    )
    wanted = exact.rows(encoding, [(p,) for p in KEYS], one.head_size, parameters)[..., 0]
    thetas = np.array([float(each) for each in exact.frequencies(encoding, one.head_size, parameters)])
    allowed = bounds.table(np.array(KEYS), thetas, "float32", UNIT)
    assert (np.abs(np.stack([cos, sin], -1) - wanted) <= allowed[..., None]).all()


@pytest.mark.parametrize("preset", ["bloom-7b", "bloom-176b"])
def test_alibi_of_bloom(preset):
    """It adds slope times the position of the key, which is ALiBi but for a number that every query has of its own."""
    from transformers.models.bloom.modeling_bloom import build_alibi_tensor

    heads = heads_of(preset)
    found = build_alibi_tensor(torch.ones(1, 2048), heads, torch.float32).reshape(heads, -1).double().numpy()
    wanted = bias(preset, [(2047,)], [(k,) for k in KEYS])[:, 0]
    relative = found[:, KEYS] - found[:, -1:]
    assert np.abs(relative - wanted).max() <= 4 * UNIT * np.abs(found).max()


@pytest.mark.parametrize("preset", ["mpt-7b", "mpt-30b"])
def test_alibi_of_mpt(preset):
    from transformers.models.mpt.modeling_mpt import build_mpt_alibi_tensor

    found = build_mpt_alibi_tensor(heads_of(preset), 2048)[:, 0].double().numpy()
    wanted = bias(preset, [(2047,)], [(k,) for k in KEYS])[:, 0]
    np.testing.assert_allclose(found[:, KEYS], wanted, rtol=4 * UNIT)


@pytest.mark.parametrize("preset", ["t5-base", "t5-11b"])
def test_buckets_of_t5(preset):
    from transformers.models.t5.modeling_t5 import T5Attention, T5Config

    one = PRESETS[preset]
    heads, buckets = heads_of(preset), one.parameters["num_buckets"]
    sizes = {"num_heads": heads, "d_kv": one.head_size, "d_model": 8}
    log = {"relative_attention_num_buckets": buckets, "relative_attention_max_distance": one.parameters["max_distance"]}
    attention = T5Attention(T5Config(**sizes, **log), has_relative_attention_bias=True)
    table = np.arange(buckets * heads, dtype=float).reshape(buckets, heads)
    attention.relative_attention_bias.weight.data = torch.tensor(table, dtype=torch.float32)
    places = [(p,) for p in range(0, 400, 7)]
    found = attention.compute_bias(400, 400)[0].detach().numpy()[:, ::7, ::7]
    assert np.array_equal(found, bias(preset, places, places, {"table": table}))


def test_windows_of_swin():
    from transformers.models.swin.modeling_swin import SwinRelativePositionBias

    one, heads = PRESETS["swin-tiny"], heads_of("swin-tiny")
    module = SwinRelativePositionBias(heads, one.parameters["window_size"])
    table = np.arange(module.relative_position_bias_table.numel(), dtype=float).reshape(-1, heads)
    module.relative_position_bias_table.data = torch.tensor(table, dtype=torch.float32)
    cells = [tuple(cell) for cell in np.ndindex(*one.parameters["window_size"])]
    assert np.array_equal(module()[0].detach().numpy(), bias("swin-tiny", cells, cells, {"table": table}))


def test_buckets_of_deberta():
    """The rows that a query behind its key by so much looks up, in whole numbers, up to the largest distance."""
    from transformers.models.deberta_v2.modeling_deberta_v2 import build_relative_position

    one = PRESETS["deberta-v3-base"]
    functions = claimed(one.encoding, one.convention, one.parameters).functions
    size, farthest = one.parameters["position_buckets"], one.parameters["max_relative_positions"]
    row = SimpleNamespace(size=lambda axis: farthest, device="cpu")
    found = build_relative_position(row, row, size, farthest)[0].long()
    wanted = [[functions["log_bucket"](m - n, size, farthest) for n in range(farthest)] for m in (0, farthest - 1)]
    assert found[[0, -1]].tolist() == wanted


def test_lengths_of_learned_tables():
    from transformers import BertConfig, GPT2Config

    found = {"gpt-2": GPT2Config(), "bert-base": BertConfig()}
    for name, config in found.items():
        rows = PRESETS[name].parameters["max_position_embeddings"]
        assert (config.max_position_embeddings, config.hidden_size) == (rows, PRESETS[name].head_size)
