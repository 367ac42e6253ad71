"""Every rotary class of the installed transformers stands in a row, or is missing, with the word that it waits for."""

import math
import tomllib
from importlib import metadata

import pytest
import torch

from impls.registry import collected
from impls.zoo import transformers as zoo

MADE_FOR = "5.23"
try:
    VERSION = metadata.version("transformers")
except metadata.PackageNotFoundError:
    VERSION = "none"
pytestmark = pytest.mark.skipif(
    not VERSION.startswith(MADE_FOR), reason=f"the tables are of {MADE_FOR}, here: {VERSION}"
)
MISSING = tomllib.loads(zoo.TABLE.with_name("missing.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def classes():
    from impls.zoo.transformers.bodies import published

    return {one.path: one for one in published()}


def meant(row, classes):
    """The classes of a row: those of its models that have its body, and its function."""
    first, name = classes[row["class"]], row.get("apply")
    folders = row["models"].split()
    found = [
        one
        for one in classes.values()
        if one.folder in folders and one.body == first.body and one.functions.get(name) == first.functions.get(name)
    ]
    assert {one.folder for one in found} == set(folders), row["class"]
    return {one.path for one in found}


def test_each_is_in_a_row_or_missing(classes):
    covered = set().union(*(meant(row, classes) for row in zoo.ROWS.values()))
    missing = set().union(*(meant(row, classes) for row in MISSING.values()))
    assert covered | missing == set(classes)
    partly = {path for row in MISSING.values() if "layer_type" in row for path in meant(row, classes)}
    assert covered & missing == partly | {"phimoe.PhimoeRotaryEmbedding"}
    bodies = {one.body for one in classes.values()}
    assert len(bodies) == 55
    assert len({classes[path].body for path in covered}) == 49


def test_nine_in_ten_classes_are_covered(classes):
    covered = set().union(*(meant(row, classes) for row in zoo.ROWS.values()))
    assert len(covered) / len(classes) > 0.9


def test_a_body_is_read_without_names_and_types(classes):
    assert classes["llama.LlamaRotaryEmbedding"].body == classes["mistral.MistralRotaryEmbedding"].body
    assert classes["llama.LlamaRotaryEmbedding"].body != classes["cohere.CohereRotaryEmbedding"].body
    turns = [
        classes[path].functions["apply_rotary_pos_emb"]
        for path in ("llama.LlamaRotaryEmbedding", "nanochat.NanoChatRotaryEmbedding")
    ]
    assert turns[0] != turns[1]


def test_every_row_is_sound():
    found = collected(zoo)
    assert [one.name for one in found] == [f"transformers-{name}" for name in zoo.ROWS]
    assert [one.problem for one in found] == [None] * len(found)
    assert all(row["word"] and row["reason"] for row in MISSING.values())


def test_nanochat_turns_clockwise():
    """(1, 0) at position 1 becomes (cos 1, -sin 1), so that scores are those of the negative distance."""
    code = zoo.module_of("nanochat")
    rope = {"rope_type": "default", "rope_theta": 10000.0}
    config = code.NanoChatConfig(hidden_size=2, head_dim=2, num_attention_heads=1, rope_parameters=rope)
    q = torch.tensor([[[[1.0, 0.0]]]])
    y, _ = code.apply_rotary_pos_emb(q, q, *code.NanoChatRotaryEmbedding(config)(q, torch.tensor([[1]])))
    assert y.flatten().tolist() == pytest.approx([math.cos(1), -math.sin(1)])
