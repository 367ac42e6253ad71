"""Code that is configured as a published model: it is asked as that model asks, and nothing else is."""

import dataclasses
import importlib

import pytest
import torch

from impls import implements
from impls.forms.composed import composed
from impls.loading import load_default
from impls.registry import configured_as, registered
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.messages import command
from properties.runs.options import WrongUsage, parsed, selection
from properties.runs.plan import Plan
from properties.runs.run import cells
from properties.tests.plugins import HALF, plugin, turn, written
from properties.tests.turns import in_turn
from spec.definitions.composition import NAMES
from spec.presets import PRESETS

EXACT = Plan(properties=tuple(p for p in PROPERTIES if p.id in ("exact-values", "exact-logits")), dtypes=("float32",))


def own_form(preset):
    """A form of ours that claims the encoding of a preset, or what is put together of it."""
    wanted = (preset.encoding, preset.convention)
    forms = [
        one for one in load_default().implementations if one.module.startswith("impls.forms.") and one.form != "own"
    ]
    one = next(
        f for f in forms if (f.encoding, f.convention) == wanted and not f.parameters and f.call == "x-positions"
    )
    shape = {
        name: each for name, each in preset.parameters.items() if name in NAMES and name not in one.claimed.parameters
    }
    if shape:
        whole = importlib.import_module(one.module)
        form = getattr(whole, "elementwise_half", None) or whole.elementwise
        sections = {"mrope_section": preset.parameters["mrope_section"]} if "mrope_section" in preset.parameters else {}
        one = dataclasses.replace(one, function=composed(form, "half", shape | sections), layout="half")
    return one


@pytest.mark.parametrize("name", in_turn(list(PRESETS), 16))
def test_own_forms_conform_at_every_preset(name):
    one = configured_as(own_form(PRESETS[name]), name)
    assert one.problem is None
    assert dict(one.parameters) == dict(PRESETS[name].parameters)
    plan = EXACT if PRESETS[name].head_size else dataclasses.replace(EXACT, dtypes=("float64",))
    results = list(cells(Bench(one, plan)))
    assert {result.outcome for result in results} <= {"pass", "not-applicable"}, results
    assert any(result.outcome == "pass" for result in results)


def llama(x, positions, factor=8.0):
    theta = 500000.0 ** -(torch.arange(0, 128, 2, dtype=torch.float64) / 128)
    turns = 8192 * theta / (2 * torch.pi)
    kept = ((turns - 1) / 3).clamp(0, 1)
    angles = positions.double()[:, None] * (theta * kept + theta / factor * (1 - kept))
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def registered_with(function=llama, encoding="rope-llama3", **declared):
    implements(encoding, name="mine", layout="half", **declared)(function)
    return registered(__name__)[-1]


def outcomes(one):
    return {result.outcome for result in cells(Bench(one, EXACT))}


def test_a_preset_is_what_the_model_sets():
    one = registered_with(lambda x, positions: llama(x, positions), preset="llama-3.1-8b")
    assert one.parameters["factor"] == 8.0
    assert one.head_sizes == (128,)
    assert one.heads is None
    assert outcomes(one) == {"pass"}
    assert outcomes(registered_with(lambda x, positions: llama(x, positions), preset="llama-3.2-3b")) == {"fail"}


def test_what_is_declared_wins():
    fixed = {"factor": 32.0}
    one = registered_with(lambda x, positions: llama(x, positions, 32.0), preset="llama-3.1-8b", parameters=fixed)
    assert one.parameters["factor"] == 32.0
    assert outcomes(one) == {"pass"}


def test_a_joint_call_has_the_heads_of_the_model():
    one = registered_with(lambda q, k, positions: (q, k), preset="llama-3.1-8b", call="qk-positions")
    assert one.heads == ((32, 8),)


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"preset": "llama-3.1"}, "unknown preset 'llama-3.1' (did you mean 'llama-3."),
        ({"preset": "gpt-oss-20b"}, "the preset gpt-oss-20b is of rope-yarn, convention 'untruncated', and it claims"),
        ({"preset": "phi-2"}, "the preset phi-2 is of partial-rope, and it claims to be rope-llama3"),
    ],
)
def test_a_preset_of_something_else_is_one_sentence(declared, said):
    assert said in str(registered_with(**declared).problem)


def test_of_what_nobody_has_named_only_the_encoding_of_a_preset_is_run():
    selected = selection(preset="phi-2")
    assert not selected.loaded.problems
    assert {one.encoding for one in selected.loaded.implementations} == {"partial-rope"}
    assert {one.parameters["rotary_dim"] for one in selected.loaded.implementations} == {32}


def test_a_run_is_configured_by_its_option(tmp_path):
    target = str(written(tmp_path, plugin(turn(), HALF, name="mine"), "mine.py"))
    selected = selection(impl=[target], preset="mistral-7b-v0.3", properties=["exact-values"], dtypes=["float32"])
    (one,) = selected.loaded.implementations
    assert (one.parameters["base"], one.head_sizes) == (1000000.0, (128,))
    assert "--preset mistral-7b-v0.3" in command(
        one, "norm", "float32", *selected.plan.cases(EXACT.properties[0], one, "float32")[:1]
    )
    (wrong,) = selection(impl=[target], preset="llama-3.1-8b").loaded.implementations
    assert wrong.problem == "the preset llama-3.1-8b is of rope-llama3, and it claims to be rope"
    with pytest.raises(WrongUsage, match="unknown preset 'llama-5'"):
        parsed(preset="llama-5")
