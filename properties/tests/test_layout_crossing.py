"""Pairs that come in as neighbours and go out in halves: every rotary map may be computed so."""

import dataclasses
from functools import wraps

import numpy as np
import pytest
import torch

from impls.loading import load_default
from properties.cases.case import Case
from properties.measures.fingerprint import fingerprint
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.run import check
from properties.subjects.setup import Setup
from properties.tests.guards import accusations
from spec import ENCODINGS

FORMS = [one for one in load_default().implementations if one.package is None]
ROTARY = [one for one in FORMS if one.layout == "half" and ENCODINGS[one.encoding].definition.maps]
TOLD = Plan(
    properties=tuple(prop for prop in PROPERTIES if prop.id in ("exact-values", "layout")),
    dtypes=("float32",),
    survey=True,
)
HALF = {(one.encoding, one.convention): one for one in ROTARY}


def crossing(form):
    """The form that takes neighbours, as one in halves does that moves them there first."""

    def crossed(x, positions, **named):
        setup = Setup(one, "float32", Case(dim=x.shape[-1], positions=(0,), parameters=tuple(named.items())))
        moved = x.clone()
        moved[..., setup.coordinates_out.ravel().copy()] = x[..., setup.coordinates.ravel().copy()]
        return form.function(moved, positions, **named)

    one = dataclasses.replace(form, layout="interleaved-to-half", function=wraps(form.function)(crossed))
    return one


@pytest.mark.parametrize(
    "named", [("rope", None), ("partial-rope", None), ("rope-yarn", None), ("rope-2d", "two-halves")]
)
def test_what_moves_pairs_apart_conforms(named):
    assert accusations(crossing(HALF[named]), dtypes=("float32",), survey=True) == []


@pytest.mark.thorough
@pytest.mark.parametrize("named", sorted(HALF, key=str), ids=str)
def test_every_rotary_map_may_move_its_pairs_apart(named):
    assert accusations(crossing(HALF[named]), survey=True) == []


def test_it_is_told_from_both_layouts():
    right = crossing(HALF["rope", None])
    assert fingerprint(right, ("float32",)).layout == "interleaved-to-half"
    for wrong in ("interleaved", "half"):
        found = check(dataclasses.replace(right, layout=wrong), TOLD)
        assert {one.property for one in found if one.outcome == "fail"} == {"exact-values", "layout"}


def test_what_went_out_is_handed_in_again_as_neighbours():
    setup = Setup(crossing(HALF["rope", None]), "float32", Case(dim=8, positions=(0,)))
    assert setup.returned(np.array([0, 2, 4, 6, 1, 3, 5, 7])).tolist() == list(range(8))


def test_a_witness_that_a_layout_does_not_show_accuses_nobody():
    halved = HALF["rope-2d", "two-halves"]
    neighbours = dataclasses.replace(crossing(halved), layout="interleaved")
    inner = neighbours.function

    def back(x, positions, *, base=10000.0):
        y = inner(x, positions, base=base)
        return torch.stack(y.unflatten(-1, (2, 2, -1)).unbind(-2), -1).flatten(-3)

    assert accusations(dataclasses.replace(neighbours, function=back), dtypes=("float32",), survey=True) == []
