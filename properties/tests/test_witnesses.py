"""A witness can be written down and shown again: as JSON, as TOML, by the command that a failure prints."""

import json
import shlex
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from properties.cases.case import Case, case_of
from properties.cases.drawing import KINDS
from properties.runs.bench import CUT_OFF
from properties.runs.expectations import case_in, read, stanza
from properties.runs.messages import told
from properties.runs.result import Result
from properties.tests.plugins import HALF, HOUSE, plugin, ran, turn, written

REALS = st.one_of(st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False))
CASES = st.builds(
    Case,
    dim=st.integers(1, 512),
    positions=st.lists(REALS, min_size=1).map(tuple),
    others=st.lists(REALS).map(tuple),
    shift=st.integers(1, 2**20),
    batch=st.integers(1, 4),
    heads=st.integers(1, 4),
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 2**40),
    parameters=st.dictionaries(st.sampled_from(["base", "rotary_dim"]), REALS).map(lambda d: tuple(sorted(d.items()))),
    content=st.dictionaries(st.sampled_from("qk"), st.lists(REALS).map(tuple)).map(lambda d: tuple(d.items())),
)
PLAIN = Result(
    implementation="mine", encoding="rope", property="norm", dtype="float32", expected="holds", outcome="fail"
)


@settings(max_examples=100, deadline=None)
@given(CASES, st.text(min_size=1))
def test_a_witness_survives_json_and_toml(tmp_path_factory, case, message):
    described = json.loads(json.dumps(case.described()))
    assert case_of(described) == case_in(described) == case
    failed = replace(PLAIN, witness=case.described(), message=f"said: {message}")
    text = stanza([failed]).replace('reason = ""', 'reason = "known"')
    path = tmp_path_factory.getbasetemp() / "round-trip.toml"
    path.write_text(text, encoding="utf-8", newline="")
    (known,) = read(path)
    assert known.witness == case
    assert known.implementation == "mine"
    assert known.cells == [("norm", "float32")]
    assert told(failed).startswith("fail: mine, norm in float32\n")


@pytest.mark.parametrize(
    ("positions", "told"),
    [
        (range(8193), ["0..8192"]),
        (range(8), [*range(8)]),
        ((5, *range(-4, 6), 3.0, 4.0, 7, *range(100, 109)), [5, "-4..5", 3.0, 4.0, 7, "100..108"]),
        ((*range(10), *range(9, -1, -1)), ["0..9", *range(9, -1, -1)]),
        ((2.0, *range(3, 13)), [2.0, "3..12"]),
    ],
)
def test_long_runs_of_positions_are_told_in_short(positions, told):
    case = Case(dim=8, positions=tuple(positions), others=tuple(positions))
    described = json.loads(json.dumps(case.described()))
    assert described["positions"] == described["others"] == told
    assert case_in(described) == case
    assert list(map(type, case_in(described).positions)) == list(map(type, positions))


@pytest.mark.parametrize("wrong", ["", "3", "a..b", "1.5..3"])
def test_a_text_that_is_no_run_is_told(wrong):
    with pytest.raises(ValueError, match=r'is no run of positions; expected "first\.\.last"$'):
        case_in({"dim": 8, "positions": [wrong]})


def test_the_command_of_a_failure_shows_it_again_with_the_same_numbers(tmp_path):
    """The direction is wrong, and only far out: the witness has to be found, made smaller and replayed."""
    source = plugin("positions = positions - 2 * positions * (positions > 300)" + turn(), HALF, name="my_rope")
    path = written(tmp_path, source, "my kernel.py")
    failed = next(one for one in ran(path, properties=["exact-values"]).results if one.outcome == "fail")
    witness = failed.witness or {}
    assert witness["batch"] == witness["heads"] == len(witness["positions"]) == 1
    assert failed.reproduce.startswith(f"pytest properties --impl '{path}::my-rope' --property exact-values ")
    command = [sys.executable, "-m", *shlex.split(failed.reproduce), "-p", "no:cacheprovider", "-q"]
    again = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=120)
    assert again.returncode == 1
    shown = [line for line in told(failed).splitlines() if CUT_OFF not in line]
    assert all(line in again.stdout for line in shown)
    assert "1 failed, 1 passed" in again.stdout


def test_hypothesis_which_makes_a_failure_smaller_has_nothing_to_say_of_itself(tmp_path):
    path = written(tmp_path, plugin("positions = positions + 1" + turn(), HALF), "late.py")
    asked = ["--impl", str(path), "--property", "exact-values", "--dtype", "float32", "-p", "no:cacheprovider", "-q"]
    command = [sys.executable, "-m", "pytest", "properties", *asked]
    found = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=120)
    assert found.returncode == 1
    assert "Hypothesis" not in found.stdout + found.stderr
