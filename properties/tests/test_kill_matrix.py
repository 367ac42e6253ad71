"""The kill matrix is exactly what is declared; the twelve classic mistakes are caught, and told well."""

import os
import re
import subprocess
import sys

import pytest
import torch

from impls.faults import all_faults
from properties.catalogue import PROPERTIES
from properties.catches import CATCHES
from properties.kill_matrix import kills, table
from properties.messages import told
from properties.plan import Plan
from properties.result import PLUGIN
from properties.run import check

FAULTS = {fault.name: fault for fault in all_faults()}
CLASSIC = (
    "sine-sign-flipped",
    "base-10001",
    "exponent-i-over-d",
    "positions-in-bfloat16",
    "positions-off-by-one",
    "interleaved-rotation-half-tables",
    "layouts-mixed",
    "last-pair-not-rotated",
    "rotation-dropped",
    "scaled-by-1.001",
    "input-mutated",
    "positions-wrap-at-4096",
)


@pytest.fixture(scope="module")
def found():
    torch.set_num_threads(1)
    return kills(FAULTS.values(), Plan(profile="ci"))


@pytest.mark.filterwarnings("ignore:Dynamo does not know how to trace")
def test_each_property_catches_what_it_declares_and_nothing_else(found):
    differs = [
        f"{prop}:" + "".join(f"\n  + {name}" for name in found[prop] - CATCHES.get(prop, frozenset()))
        + "".join(f"\n  - {name}" for name in CATCHES.get(prop, frozenset()) - found[prop])
        for prop in found
        if found[prop] != CATCHES.get(prop, frozenset())
    ]  # fmt: skip
    changed = {prop: names for prop, names in found.items() if names != CATCHES.get(prop)}
    assert not differs, "\n".join(
        ["found now (+), declared but not found (-):", *differs, "", "for properties/catches.toml:", table(changed)]
    )


def test_nothing_is_declared_of_what_is_not_a_property():
    assert set(CATCHES) == {PLUGIN} | {prop.id for prop in PROPERTIES}


def test_every_property_catches_a_fault():
    assert [prop.id for prop in PROPERTIES if not CATCHES.get(prop.id)] == []


def test_every_fault_is_caught():
    assert set(FAULTS) - set().union(*CATCHES.values()) == set()


def test_only_faults_are_declared_to_be_caught():
    assert set().union(*CATCHES.values()) - set(FAULTS) == set()


@pytest.mark.parametrize("name", CLASSIC)
def test_a_classic_mistake_is_told_in_full(name):
    wanted = sorted(prop for prop, names in CATCHES.items() if name in names and prop != "compiled-agreement")
    properties = tuple(prop for prop in PROPERTIES if prop.id in wanted[:3])
    failures = [result for result in check(FAULTS[name], Plan(properties=properties, dtypes=("float32",)))]
    assert {result.outcome for result in failures} == {"fail"}
    for result in failures:
        _expect_told(told(result), name, result.property)


@pytest.mark.parametrize("name", ["sine-sign-flipped", "layouts-mixed", "input-mutated"])
def test_pytest_ends_with_status_1_on_a_classic_mistake(name):
    target = f"impls.faults.{FAULTS[name].module.rpartition('.')[2]}::{name}"
    command = [sys.executable, "-m", "pytest", "properties", "--impl", target, "--dtype", "float32", "-q"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr
    failed = {prop for prop, names in CATCHES.items() if name in names} - {"compiled-agreement"}
    missed = [prop for prop in failed if f"{name}-{prop}]" not in done.stdout]
    assert missed == []
    _expect_told(done.stdout, name, sorted(failed)[0])


def _expect_told(message, name, prop):
    statement = next(each.statement for each in PROPERTIES if each.id == prop)
    assert f"fail: {name}, {prop} in float32" in message
    assert statement.sentence.splitlines()[0] in message
    assert re.search(r'smallest case: \{"', message)
    assert re.search(r"measured error \S+, bound \S+", message)
    assert re.search(rf"pytest properties --impl impls\.faults\.\S+::{re.escape(name)} --property {prop} ", message)
