"""The command of a failure shows it again: after the fewest calls that it needs, on code that was never called."""

import dataclasses
import json
import os
import shlex
import subprocess
import sys
import time
import zlib
from argparse import ArgumentParser, Namespace

import pytest
import torch

from impls import strangers
from impls.afresh import afresh
from impls.faults import all_faults
from impls.loading import load
from impls.marker import REGISTERED
from impls.registry import configured_as
from impls.strangers import Overdue, within
from properties.cases.case import Case
from properties.catches import CATCHES
from properties.checks.evidence import Evidence
from properties.runs import cell
from properties.runs import replay as module
from properties.runs.bench import Bench
from properties.runs.messages import command, scripted, told
from properties.runs.options import OPTIONS, WrongUsage, keywords, parsed
from properties.runs.plan import Plan
from properties.runs.replay import BEFORE, fewest, replayed
from properties.runs.result import PLUGIN
from properties.tests.miniatures import miniature
from properties.tests.plugins import HALF, HEAD, HOUSE, plugin, ran, turn, written
from properties.tests.turns import in_turn

CASES = tuple(Case(dim=8, positions=(n,), seed=n) for n in range(8))
SMALLER = Case(dim=4, positions=(1,))
BAD = Evidence(9.0, 4.0, False)


# Scripts


@pytest.mark.parametrize("needed", [(), (0,), (7,), (2, 3), (0, 5, 7), tuple(range(8))])
def test_the_fewest_calls_are_found(needed):
    wanted = {CASES[index] for index in needed}
    assert fewest(CASES, lambda before: wanted <= set(before)) == tuple(CASES[index] for index in needed)


def failing(fails):
    """A new start that fails the scripts of which this is true, and the scripts that it was asked."""
    heard = []

    def again(script):
        heard.append(script)
        return BAD if fails(script, heard) else None

    return heard, again


def test_what_fails_at_once_is_told_on_the_smallest_case():
    found = replayed(CASES, SMALLER, BAD, failing(lambda script, heard: True)[1])
    assert (found.script, found.remark) == ((SMALLER,), "")


def test_a_smaller_case_that_a_new_start_does_not_fail_is_no_witness():
    found = replayed(CASES, SMALLER, BAD, failing(lambda script, heard: script[-1] in CASES)[1])
    assert (found.script, found.remark) == (CASES[-1:], "")


def test_what_depends_on_earlier_calls_is_told_with_these():
    found = replayed(CASES, SMALLER, BAD, failing(lambda script, heard: {CASES[2], CASES[7]} <= set(script))[1])
    assert found.script == (CASES[2], CASES[7])
    told = json.dumps(CASES[2].described())
    assert found.remark == f"right on a fresh instance, wrong after {told}"


def test_what_fails_now_and_then_is_repeated_until_it_fails():
    found = replayed(CASES[:1], CASES[0], BAD, failing(lambda script, heard: len(heard) % 3 == 0)[1])
    assert found.remark == "it differs from call to call: 3 of 8 new starts fail this case"
    assert found.script == CASES[:1] * 18


def test_what_a_new_start_never_fails_depends_on_what_was_called_before():
    found = replayed(CASES, SMALLER, BAD, failing(lambda script, heard: False)[1])
    assert (found.script, found.evidence, found.remark) == ((), BAD, BEFORE)


def test_when_time_is_up_the_best_that_is_known_is_told(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.2)

    def again(script):
        if len(script) in (2, 3):
            time.sleep(5)
        return BAD if len(script) > 3 else None

    found = replayed(CASES, SMALLER, BAD, again)
    assert found.script == CASES[3:]
    assert found.remark.startswith("right on a fresh instance, wrong after {")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (CASES[:1], CASES[0].described()),
        (CASES[:2], [CASES[0].described(), CASES[1].described()]),
        (CASES[:1] * 59, [CASES[0].described(), 59]),
        ((*CASES[:2], *CASES[1:3]), [CASES[0].described(), CASES[1].described(), 2, CASES[2].described()]),
    ],
)
def test_a_script_is_read_as_it_was_told(script, told):
    assert scripted(script) == told
    plan = parsed(**understood(command(miniature(), "norm", "float32", *script))).plan
    assert (*plan.before, plan.case) == script


@pytest.mark.parametrize("wrong", ["[]", "[3]", "[[]]", '[{"dim": 8, "positions": [1]}, "3"]'])
def test_a_list_of_anything_else_is_told(wrong):
    with pytest.raises(WrongUsage, match=r"^--case .* is not a case: .*; copy it from a failure$"):
        parsed(properties=["norm"], case=wrong)


# A new start


def test_a_new_start_knows_nothing_of_earlier_calls_and_leaves_all_as_it_was():
    fault = next(fault for fault in all_faults() if fault.name == "cache-key-without-base")
    modules, known = dict(sys.modules), REGISTERED[:]
    shared = fault.function.__globals__["_SHARED"]
    shared[object()] = torch.zeros(1)
    again = afresh(fault)
    assert again is not None
    assert (again.name, again.target) == (fault.name, fault.target)
    assert again.function.__globals__["_SHARED"] == {}
    assert (dict(sys.modules), REGISTERED) == (modules, known)
    assert sys.modules["impls.faults"].rope_state is sys.modules[fault.module]


def test_a_new_start_is_configured_as_the_run_is(tmp_path):
    (one,) = load(str(written(tmp_path, plugin(turn()), "named.py"))).implementations
    set_so = dataclasses.replace(configured_as(one, "llama-2-7b"), compiler="eager")
    again = afresh(set_so)
    assert again is not None
    assert again.function is not one.function
    assert (again.asked_as, again.head_sizes, again.compiler) == ("llama-2-7b", (128,), "eager")


def test_what_cannot_be_run_again_is_not(tmp_path):
    source = plugin(turn()) + "\nassert not hasattr(torch, 'once')\ntorch.once = True\n"
    (once,) = load(str(written(tmp_path, source, "once.py"))).implementations
    try:
        assert afresh(once) is None
    finally:
        vars(torch).pop("once")
    assert afresh(once) is not None
    assert afresh(miniature(module="__main__")) is None


class Careless:
    """Cleans up for so long that the time is up meanwhile, when nothing that is raised is heard."""

    def __del__(self) -> None:
        time.sleep(0.2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_that_the_time_is_up_is_said_again_where_nobody_heard_it(monkeypatch):
    monkeypatch.setattr(strangers, "AGAIN", 0.2)
    start = time.monotonic()
    with pytest.raises(Overdue), within(0.1):  # noqa: PT012
        Careless()
        time.sleep(5)
    assert time.monotonic() - start < 2


def test_the_time_around_counts_on():
    start = time.monotonic()
    with pytest.raises(Overdue), within(0.1), within(5):  # noqa: PT012
        try:
            time.sleep(3)
        finally:
            assert time.monotonic() - start < 1
    with within(0.5):
        with within(0.1):
            pass
        time.sleep(0.2)


# Commands

FAULTS = {fault.name: fault for fault in all_faults()}


def understood(line):
    """The keywords of `parsed`, as the parser of the command line reads them."""
    parser = ArgumentParser()
    parser.add_argument("folder")
    for option in OPTIONS:
        parser.add_argument(option.flag, **option.arguments)
    program, *words = shlex.split(line)
    assert program == "pytest"
    return keywords(parser.parse_args(words, Namespace()))


def shown_again(fault, line):
    """The results of a printed command, on code of which nothing has been called."""
    said = understood(line)
    assert said["impl"] == [f"{fault.target}::{fault.name}"]
    plan = parsed(**said).plan
    bench = Bench(afresh(fault) or fault, plan)
    return bench.troubles or tuple(bench.cell(prop, d) for prop in plan.properties for d in bench.dtypes_for(prop))


def failures(fault, ids):
    """The failures of a fault in these properties, in its first dtype, on the covers."""
    asked = tuple(prop for prop in Plan().properties if prop.id in ids)
    bench = Bench(fault, Plan(properties=asked, profile="ci", survey=True))
    found = [bench.cell(prop, dtype) for prop in asked for dtype in bench.dtypes[:1]]
    return [result for result in found if result.outcome == "fail"]


def caught(name):
    return [prop for prop, names in CATCHES.items() if name in names and prop not in (PLUGIN, "compiled-agreement")]


def others_first(name):
    """The properties that catch a fault, another one first for the next; real sizes are dealt out, and last."""
    found = sorted(caught(name), key=lambda prop: (prop == "real-sizes", zlib.crc32(f"{name} {prop}".encode())))
    return [prop for prop in found if not (name.startswith("size-") and prop == "real-sizes")]


@pytest.mark.parametrize("name", in_turn(filter(others_first, sorted(FAULTS)), 32))
def test_the_command_of_every_fault_shows_it_again(monkeypatch, name):
    """On the case that was met, of every eighth on the smallest; what a fault remembers hides it from some."""
    if zlib.crc32(name.encode()) % 8:
        monkeypatch.setattr(cell, "smallest", lambda case, fails: case)
    torch.set_num_threads(1)
    failed = next(filter(None, (failures(FAULTS[name], {prop}) for prop in others_first(name))))
    for result in failed:
        assert result.reproduce
        assert "fail" in {again.outcome for again in shown_again(FAULTS[name], result.reproduce)}, result.reproduce


TURNED = f"{HEAD}torch.calls, SEEN = 0, set()\n\ndef turned(x, positions, base=10000.0):{turn()}\n\n"
KINDS = {
    "after these calls": (
        plugin(
            "tables = {}\n    return lambda x, positions: turned(x, tables.setdefault(len(positions), positions))",
            f"{HALF}, factory=True",
            call="dim",
            head=TURNED,
        ),
        "right on a fresh instance, wrong after {",
        " --case '[{",
    ),
    "now and then": (
        plugin(
            "with open(__file__ + '.calls', 'ab') as kept:\n"
            "        kept.write(b'.' * (len(positions) > 5))\n"
            "    return turned(x, positions + (os.path.getsize(kept.name) % 3 == 2))",
            head=f"import os\n{TURNED}",
        ),
        "it differs from call to call: ",
        " --case '[{",
    ),
    "after other properties": (
        plugin("SEEN.add(x.dtype)\n    return turned(x, positions + (len(SEEN) > 1))", head=TURNED),
        BEFORE,
        "::mine --property fractional-positions --property norm --dtype float32 --dtype bfloat16",
    ),
}


@pytest.mark.parametrize("kind", in_turn(KINDS, 3))
def test_a_real_command_of_each_kind_shows_it_again(tmp_path, kind):
    source, remark, words = KINDS[kind]
    path = written(tmp_path, source)
    results = ran(path, properties=["fractional-positions", "norm"], dtypes=["float32", "bfloat16"]).results
    failed = next(one for one in results if one.outcome == "fail" and one.property == "fractional-positions")
    assert remark in told(failed)
    assert words in failed.reproduce
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    line = [sys.executable, "-m", *shlex.split(failed.reproduce), "-p", "no:cacheprovider", "-q"]
    again = subprocess.run(line, cwd=HOUSE, capture_output=True, text=True, timeout=120, env=environment)
    assert again.returncode == 1, again.stdout
    assert f"fail: mine, fractional-positions in {failed.dtype}" in again.stdout


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("seconds", 0), ("memory", -1.0), ("output", float("nan")), ("seconds", 1e10), ("files", 2**40)],
)
def test_what_is_no_limit_is_told_before_anything_is_loaded(keyword, value):
    with pytest.raises(
        WrongUsage, match=f"^--max-{keyword} .* is no limit; expected a positive number, 1e\\+06 at most$"
    ):
        parsed(**{keyword: value})
