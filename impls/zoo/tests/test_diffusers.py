"""The rows of the zoo's diffusers: every rotary class is in one, and what is put together from strips is the raster."""

import tomllib
from collections import defaultdict
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import torch

from impls import declaration
from impls.marker import REGISTERED
from impls.zoo import diffusers as zoo
from properties import check
from properties.runs.catalogue import PROPERTIES
from properties.runs.expectations import published as published_expectations
from properties.runs.plan import Plan
from properties.tests.turns import in_turn

pytest.importorskip("diffusers")
from impls.zoo.diffusers.bodies import published

GIVEN = tomllib.loads(Path(zoo.__file__).with_name("rows.toml").read_text())
RASTERS = {"lumina-2": (1, 4, 5), "cogview-4": (1, 256, 256), "easyanimate": (2, 60, 90), "mochi": (1, 193, 193)}
"""The sizes at which the places of a raster are those of its strips, where these are not any."""
ON_RASTERS = [name for name, row in zoo.ROWS.items() if len(row.strips) > 1 and len(row.strips[0]) == 3]
EXACT = Plan(properties=tuple(prop for prop in PROPERTIES if prop.id == "exact-values"), dtypes=("float32",))


def test_every_class_is_in_a_row_or_missing_and_rows_are_bodies():
    bodies, rows = published(), {tuple(row.classes) for row in zoo.ROWS.values()}
    missing = {tuple(each["classes"]) for each in GIVEN["missing"].values()}
    assert all(each["lacks"] for each in GIVEN["missing"].values())
    alike = defaultdict(set)
    for name, body in bodies.items():
        alike[body].add(name)
    assert {frozenset(each) for each in rows | missing} == {frozenset(each) for each in alike.values()}
    assert sum(map(len, rows | missing)) == len(bodies)
    assert len(rows) >= 0.9 * len(alike)


def test_every_row_is_declared_soundly():
    declared = {one.declared.name: one for one in REGISTERED if one.modules[0] == zoo.__name__}
    assert set(declared) == {f"diffusers-{name}" for name in zoo.ROWS}
    for one in declared.values():
        assert declaration.problem(one.function, one.declared) is None


@pytest.mark.parametrize("name", in_turn(ON_RASTERS, one_in=8))
def test_what_is_put_together_from_strips_is_the_raster(name):
    row = zoo.ROWS[name]
    sizes = RASTERS.get(name, (4, 4, 6) if len(row.strips) == 3 else (1, 4, 6))
    made = zoo.on_raster(name, sizes)
    count = torch.tensor(sizes).prod().item()
    middle = torch.tensor([size // 2 for size in sizes]) if row.origin else torch.zeros(3, dtype=torch.int64)
    places = (torch.tensor(list(product(*map(range, sizes)))) - middle)[:, -len(row.strips) :]
    chosen = torch.arange(0, count, max(1, count // 500))
    for found, whole in zip(zoo.looked_up(name, places[chosen]), made, strict=True):
        assert torch.equal(found, whole.index_select(row.tokens[0], chosen))


@pytest.mark.parametrize("name", in_turn(zoo.ROWS, one_in=16))
def test_values_are_exact_or_known_to_be_none(name):
    one = next(one for one in REGISTERED if one.declared.name == f"diffusers-{name}")
    known = [each for each in published_expectations() if each.implementation == one.declared.name]
    wrong = any(("exact-values", "float32") in each.cells for each in known)
    assert [result.outcome for result in check(one.function, EXACT)] == ["fail" if wrong else "pass"]


def test_a_ladder_of_another_base_is_seen(monkeypatch):
    other = replace(zoo.ROWS["flux"], make={"theta": 9999, "axes_dim": [16, 56, 56]})
    monkeypatch.setitem(zoo.ROWS, "flux", other)
    zoo.instance.cache_clear()
    one = next(one for one in REGISTERED if one.declared.name == "diffusers-flux")
    assert {result.outcome for result in check(one.function, EXACT)} == {"fail"}
    zoo.instance.cache_clear()


def test_positions_beyond_the_strips_are_refused():
    with pytest.raises(ValueError, match=r"the table reaches over 0\.\.1023, got positions"):
        zoo.turned("wan", torch.ones(1, 1, 1, 128), torch.tensor([[0, 1024, 0]]))


def test_a_rotation_that_is_gone_is_told():
    with pytest.raises(LookupError, match="__call__ defines no turn of its own: look how this version turns"):
        zoo.found("models.transformers.transformer_wan:WanAttnProcessor.__call__.turn")
