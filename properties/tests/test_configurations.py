"""Right code with the settings of published models is not accused, whichever parameters are fixed."""

import dataclasses

import pytest

from impls.calls import is_plain
from impls.declaration import problem
from impls.loading import load_default
from properties.runs.catalogue import PROPERTIES
from properties.tests.guards import accusations, guarded
from properties.tests.models import MODELS, PHI3_LONG
from properties.tests.turns import in_turn

FORMS = [one for one in load_default().implementations if one.package is None and is_plain(one) and not one.parameters]
IN_SHORT = (
    *("llama-3.2-1b", "phi-2", "glm-4", "stablelm-3b", "tiny-partial", "qwen2-vl-inferred", "qwen3-vl", "pixtral"),
    *("longchat-13b-16k", "yarn-not-lengthened", "internlm2", "mpt-7b", "t5-decoder", "swin-t", "gpt-2"),
)


def _of(name):
    return next(each for each in MODELS if each.name == name)


def _forms(model):
    return [one for one in FORMS if (one.encoding, one.convention) == (model.encoding, model.convention)]


def test_there_are_enough_models():
    assert len({model.name for model in MODELS}) == len(MODELS) >= 50
    assert [model.name for model in MODELS if not _forms(model)] == []


@pytest.mark.parametrize("name", in_turn(IN_SHORT, 8))
def test_a_published_setting_is_not_accused(name):
    model = _of(name)
    found = guarded(_forms(model)[0], **model.declared)
    assert accusations(found, dtypes=("float32",), survey=True) == []


@pytest.mark.thorough
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_no_form_with_a_published_setting_is_accused(model):
    for form in _forms(model):
        assert accusations(guarded(form, **model.declared), survey=True) == []


def test_what_is_fixed_and_taken_is_passed():
    form = guarded(_forms(_of("code-llama"))[0], parameters={"base": 5e5})
    asked = []

    def noting(x, positions, *, base=10000.0):
        asked.append(base)
        return form.function(x, positions, base=base)

    assert accusations(dataclasses.replace(form, function=noting), dtypes=("float32",), survey=True) == []
    assert set(asked) == {5e5}


@pytest.mark.parametrize(
    ("encoding", "parameters", "sizes", "said"),
    [
        (
            "rope-longrope",
            {"short_factor": (1.0,) * 48, "long_factor": (2.0,) * 40},
            None,
            "no dimension fits the parameters short_factor (1.0, ",
        ),
        (
            "rope-longrope",
            {"long_factor": PHI3_LONG},
            (64,),
            "head_sizes has 64, at which rope-longrope has no value: ",
        ),
        ("mrope", {"mrope_section": (16, 24, 24)}, (64, 128), "head_sizes has 64, at which mrope has no value: "),
        ("partial-rope", {"rotary_dim": 64}, (32,), "64 of 32 coordinates do not split into blocks of 2"),
        (
            "partial-rope",
            {"rotary_dim": 7},
            None,
            "no dimension fits the parameters rotary_dim 7; correct them, or say",
        ),
    ],
    ids=range(5),
)
def test_what_fits_no_head_size_is_told_at_once(encoding, parameters, sizes, said):
    form = next(one for one in FORMS if one.encoding == encoding and one.convention is None)
    assert said in str(problem(form.function, guarded(form, parameters=parameters, head_sizes=sizes)))


def test_wrong_settings_are_still_wrong():
    model = _of("vicuna-interpolated")
    right = guarded(_forms(model)[0], **model.declared)
    wrong = dataclasses.replace(right, parameters={"factor": 8.0})
    wrong = dataclasses.replace(wrong, function=lambda x, positions: right.function(x, positions, factor=16.0))
    exact = tuple(prop for prop in PROPERTIES if prop.id == "exact-values")
    assert accusations(wrong, properties=exact, dtypes=("float32",), survey=True)
    assert not accusations(right, properties=exact, dtypes=("float32",), survey=True)
