"""Without pytest, `check` says of one function what a run says of it."""

from dataclasses import replace

import pytest
import torch

from impls import implements
from impls.loading import load
from impls.registry import registered
from properties import check
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.tests.plugins import HALF, INTERLEAVED, outcomes, plugin, ran, turn, written

SOME = Plan(properties=tuple(prop for prop in PROPERTIES if prop.id in ("exact-values", "norm", "symmetry")))
EVERY_FOURTH = Plan(properties=PROPERTIES[::4])


@implements("rope", form="rotate-half", layout="half", name="checked-here", dtypes=["float32"])
@implements("rope", form="rotate-half", layout="interleaved", name="checked-here-too", dtypes=["float32"])
def rotates_halves(x, positions, *, base=10000.0):
    half = x.shape[-1] // 2
    angles = positions[:, None] * base ** -(torch.arange(half) / half)
    a, b = x.chunk(2, -1)
    return torch.cat((a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()), -1)


@implements("rope", form="matrix", name="never-returns-a-tensor")
def broken(x, positions):
    return None


def alike(results):
    """Results without what depends on the clock, or on how the function was named."""
    return [replace(one, seconds=0.0, reproduce="") for one in results]


@pytest.mark.parametrize(("declared", "right", "plan"), [(HALF, True, EVERY_FOURTH), (INTERLEAVED, False, SOME)])
def test_check_says_what_the_run_says(tmp_path, declared, right, plan):
    path = written(tmp_path, plugin(turn(), f"{declared}, dtypes=('float32',)"))
    (one,) = load(str(path)).implementations
    whole = ran(path, properties=[prop.id for prop in plan.properties])
    assert whole.conforms is right
    assert alike(check(one.function, plan)) == alike(whole.results)
    again = [replace(each, seconds=0.0) for each in check(one, plan)]
    assert again == [replace(each, seconds=0.0) for each in whole.results]


def test_a_function_is_checked_as_everything_that_it_claims_to_be():
    results = check(rotates_halves, SOME)
    claims = {name: outcomes([one for one in results if one.implementation == name]) for name in names(results)}
    assert claims["checked-here"] == {"pass": {"exact-values float32", "norm float32", "symmetry float32"}}
    assert "exact-values float32" in claims["checked-here-too"]["fail"]


def names(results):
    return {one.implementation for one in results}


def test_a_function_that_cannot_be_checked_is_one_error():
    (error,) = check(broken)
    assert (error.outcome, error.property) == ("error", "plug-in")
    assert "returned NoneType; expected a tensor; make it return a tensor of the shape and dtype of x" in error.message


def test_a_function_that_is_not_registered_is_refused():
    with pytest.raises(ValueError, match="is not registered: decorate it with @implements"):
        check(len)


def test_the_plan_may_be_smaller():
    one = registered(__name__)[-1]
    narrow = Plan(properties=SOME.properties, dtypes=("float64",))
    assert [each.dtype for each in check(replace(one, function=rotates_halves, layout="half"), narrow)] == [
        "float64"
    ] * 3


def test_a_function_of_a_script_is_found_again_by_its_file(tmp_path):
    """What `python my_rope.py` registers has the module `__main__`, which no other process could import."""
    path = written(tmp_path, plugin("return x", f"{HALF}, name='of-a-script'"))
    exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__", "__file__": str(path)})
    (one,) = (each for each in registered("__main__") if each.name == "of-a-script")
    assert one.target == str(path)
    failed = next(each for each in check(one, SOME) if each.outcome == "fail")
    assert failed.reproduce.startswith(f"pytest properties --impl {path}::of-a-script ")
