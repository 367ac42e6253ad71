"""Results do not depend on what was checked before, nor on how many processes judge."""

from dataclasses import replace

import pytest

from impls.faults import all_faults
from impls.loading import Loaded, load_default
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.run import run

ASKED = ("exact-values", "gradient", "call-independence", "determinism")
NAMED = ("rope-rotate-half", "rope-qk-tables", "alibi-toeplitz", "sinusoidal-complex", "base-10001")


def told(ones, jobs):
    plan = Plan(properties=tuple(prop for prop in PROPERTIES if prop.id in ASKED), dtypes=("float32",))
    found = run(Loaded(tuple(ones), ()), plan, jobs=jobs)
    return {(each.implementation, each.property, each.dtype): replace(each, seconds=0.0) for each in found.results}


@pytest.fixture(scope="module")
def ones():
    known = {each.name: each for each in (*load_default().implementations, *all_faults())}
    return [known[name] for name in NAMED]


@pytest.fixture(scope="module")
def one_by_one(ones):
    """Each as if there were no other."""
    return {key: result for one in ones for key, result in told([one], 1).items()}


def test_any_order_and_any_number_of_processes_tell_the_same(ones, one_by_one):
    assert told(reversed(ones), 1) == one_by_one
    assert told(ones, 2) == one_by_one
    assert {"pass", "fail"} <= {result.outcome for result in one_by_one.values()}
