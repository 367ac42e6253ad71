"""Whatever code declares that it cannot do is never asked of it: forms that refuse all of it are not accused."""

import dataclasses
import itertools
from typing import Any

import pytest

from impls.calls import is_plain
from impls.loading import load_default
from properties.measures.fingerprint import portrait
from properties.tests.guards import accusations, guarded
from properties.tests.turns import in_turn

FORMS = {one.name: one for one in load_default().implementations if one.package is None and is_plain(one)}
A_PLACE = (
    "rope-complex-half",
    "rope-2d-split",
    "rope-dynamic-ntk-complex",
    "sinusoidal-interleaved",
    "alibi-elementwise",
    "t5-bias-gather",
    "swin-bias-gather",
    "shaw-gather",
    "urpe-elementwise",
)
LIMITS: dict[str, dict[str, Any]] = {
    "far": {"max_position": 4095},
    "hundred": {"max_position": 100},
    "three": {"max_position": 3},
    "one": {"max_position": 1},
    "integers": {"positions": "integers"},
    "non-negative": {"positions": "non-negative"},
    "contiguous": {"positions": "contiguous"},
    "int64": {"position_dtypes": ("int64",)},
    "int32": {"position_dtypes": ("int32",)},
    "size": {"head_sizes": (64,)},
    "sizes": {"head_sizes": (24, 96)},
    "heads": {"heads": ((32, 8), (8, 8))},
    "inference": {"differentiable": False},
    "lenient": {"strict": False},
}
IN_SHORT = ("hundred", "contiguous", "int32", "heads")
FORMS_IN_SHORT = ("rope-complex-half", "rope-2d-split", "sinusoidal", "alibi", "shaw", "urpe")
PAIRS = tuple(
    pair
    for pair in itertools.combinations(LIMITS, 2)
    if not LIMITS[pair[0]].keys() & LIMITS[pair[1]].keys() and "lenient" not in pair
)


def _named(form):
    return next(one for name, one in FORMS.items() if name == form or name.startswith(form.rsplit("-", 1)[0]))


@pytest.mark.parametrize(
    "each", in_turn([f"{form} {limit}" for form in FORMS_IN_SHORT for limit in IN_SHORT], 4), ids=str
)
def test_a_guarded_form_is_not_accused(each):
    form, limit = each.split()
    found = guarded(_named(form), **LIMITS[limit])
    assert accusations(found, dtypes=("float32",), survey=True) == []


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("form", A_PLACE)
def test_a_guarded_form_is_not_accused_under_any_seed(form, limit, seed):
    assert accusations(guarded(_named(form), **LIMITS[limit]), seed=seed) == []


@pytest.mark.thorough
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
@pytest.mark.parametrize("form", A_PLACE)
def test_a_form_behind_two_guards_is_not_accused(form, pair):
    found = guarded(_named(form), **LIMITS[pair[0]], **LIMITS[pair[1]])
    assert accusations(found, dtypes=("float32", "bfloat16"), survey=True) == []


@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        ({"head_sizes": (64, 128)}, {"head_sizes": (64,)}),
        ({"heads": ((8, 2),)}, {"heads": ((8, 8),)}),
        ({"max_position": 4096}, {"max_position": 4000}),
        ({"position_dtypes": ("int64", "int32")}, {"position_dtypes": ("int64",)}),
        ({"max_position": 4096}, {"max_position": 0}),
    ],
    ids=range(5),
)
def test_what_is_declared_must_be_computed(declared, kept):
    refusing = guarded(FORMS["rope-complex-half"], **kept)
    claims = guarded(FORMS["rope-complex-half"], **declared)
    assert accusations(dataclasses.replace(claims, function=refusing.function), dtypes=("float32",), survey=True)


def test_what_code_shows_of_itself_is_asked_within_its_limits():
    limits = {"head_sizes": (64,), "heads": ((8, 8),), "max_position": 100, "position_dtypes": ("int32",)}
    shown = portrait(guarded(FORMS["rope-complex-half"], **limits), ("float32",))
    assert (shown["fingerprint"]["layout"], shown["fingerprint"]["base"]) == ("half", 10000.0)
    assert shown["usable_context"]["float32"] == {"position": 65, "limited_by": "declared"}


def test_parameters_that_nobody_varies_are_named():
    def scaled(x, positions, *, theta=10000.0, interleave=False):
        return FORMS["rope-complex-half"].function(x, positions, base=theta)

    one = dataclasses.replace(FORMS["rope-complex-half"], function=scaled)
    assert one.unvaried == ("theta", "interleave")
    said = r"nobody varies theta \(is that base\?\), interleave, for rope has no parameter called so"
    with pytest.warns(UserWarning, match=said):
        assert accusations(one, dtypes=("float32",), survey=True) == []
