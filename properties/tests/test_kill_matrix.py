"""The kill matrix is exactly what is declared; the twelve classic mistakes are caught, and told well."""

import os
import re
import subprocess
import sys
import zlib

import pytest
import torch

from impls.faults import all_faults
from properties.catches import CATCHES
from properties.kill_matrix import kills, table
from properties.runs.catalogue import PROPERTIES
from properties.runs.messages import told
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN
from properties.runs.run import check
from spec import ENCODINGS

FAULTS = {fault.name: fault for fault in all_faults()}
PARTS, OTHERS = 16, 8
"""One fault in so many, and one property in so many of those that do not catch it."""
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


def declared_or_in_turn(fault, prop):
    """The properties that are declared to catch a fault, and every eighth of the others, another one for the next."""
    return fault.name in CATCHES[prop.id] or zlib.crc32(f"{fault.name} {prop.id}".encode()) % OTHERS == 0


@pytest.mark.filterwarnings("ignore:Dynamo does not know how to trace")
@pytest.mark.parametrize("part", [None, *(pytest.param(part, marks=pytest.mark.thorough) for part in range(PARTS))])
def test_each_property_catches_what_it_declares_and_nothing_else(part):
    """An ordinary run asks one fault in sixteen, and not everything; where it is thorough, all faults are asked."""
    torch.set_num_threads(1)
    asked = {name for name in FAULTS if zlib.crc32(name.encode()) % PARTS == (part or 0)}
    short = {} if part is not None else {"asks": declared_or_in_turn}
    found = kills((FAULTS[name] for name in sorted(asked)), Plan(profile="ci"), **short)
    known = {prop: names & asked for prop, names in CATCHES.items()}
    changed = {prop: names for prop, names in found.items() if names != known.get(prop)}
    lines = ["caught but not declared (+), declared but not caught (-):"]
    for prop, names in changed.items():
        declared = known.get(prop, frozenset())
        lines += [prop, *(f"  + {name}" for name in names - declared), *(f"  - {name}" for name in declared - names)]
    assert not changed, "\n".join([*lines, "", "for properties/catches.toml:", table(changed)])


def test_nothing_is_declared_of_what_is_not_a_property():
    assert set(CATCHES) == {PLUGIN} | {prop.id for prop in PROPERTIES}


def test_every_property_that_applies_to_an_encoding_catches_a_fault():
    idle = [prop.id for prop in PROPERTIES if not CATCHES.get(prop.id)]
    assert idle == [
        prop.id for prop in PROPERTIES if all(map(prop.statement.reason_not_applicable, ENCODINGS.values()))
    ]


def test_every_fault_is_caught():
    assert set(FAULTS) - set().union(*CATCHES.values()) == set()


def test_only_faults_are_declared_to_be_caught():
    assert set().union(*CATCHES.values()) - set(FAULTS) == set()


@pytest.mark.parametrize("name", CLASSIC)
def test_a_classic_mistake_is_told_in_full(name):
    wanted = sorted(prop for prop, names in CATCHES.items() if name in names and prop != "compiled-agreement")
    properties = tuple(prop for prop in PROPERTIES if prop.id in wanted[:3])
    failures = check(FAULTS[name], Plan(properties=properties, dtypes=("float32",)))
    assert {result.outcome for result in failures} == {"fail"}
    for result in failures:
        _expect_told(told(result), name, result.property)


def test_pytest_ends_with_status_1_on_classic_mistakes():
    names = ("sine-sign-flipped", "layouts-mixed", "input-mutated")
    targets = [word for name in names for word in ("--impl", f"{FAULTS[name].module}::{name}")]
    command = [sys.executable, "-m", "pytest", "properties", *targets, "--dtype", "float32", "-q"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr
    for name in names:
        failed = {prop for prop, faults in CATCHES.items() if name in faults} - {"compiled-agreement"}
        assert [prop for prop in failed if f"{name}-{prop}]" not in done.stdout] == []
        _expect_told(done.stdout, name, min(failed))


def _expect_told(message, name, prop):
    statement = next(each.statement for each in PROPERTIES if each.id == prop)
    assert f"fail: {name}, {prop} in float32" in message
    assert statement.sentence.splitlines()[0] in message
    assert re.search(r'smallest case: \{"', message)
    assert re.search(r"measured error \S+, bound \S+", message)
    assert re.search(rf"pytest properties --impl impls\.faults\.\S+::{re.escape(name)} --property {prop} ", message)
