"""Records of published deviations: each names what is there, and its program shows what it says."""

import dataclasses
import pkgutil
import re
from importlib import import_module

import pytest

import impls.zoo
from impls.advisories import ADVISORIES, Advisory, gathered, read
from impls.advisories import __main__ as command
from impls.advisories import replay as module
from impls.advisories.__main__ import main, told
from impls.advisories.replay import replay
from impls.faults import all_faults
from impls.registry import collected
from properties.tests.turns import in_turn
from spec import ENCODINGS

MODULES = [import_module(f"impls.zoo.{each.name}") for each in pkgutil.iter_modules(impls.zoo.__path__)]
ZOO = {one.name for module in MODULES for one in collected(module)}
FAULTS = {fault.name for fault in all_faults()}
MADE_UP = Advisory(
    id="torch-made-up",
    package="torch",
    versions=("1.0",),
    where="torch.cos",
    severity="wrong",
    title="Cosines are sines",
    sees="nothing",
    condition="always",
    encoding="rope",
    replay="import math, torch\nprint(abs(torch.cos(torch.tensor(1.0)).item() - math.sin(1)), 1e-7)",
)


@pytest.mark.parametrize("name", ADVISORIES)
def test_a_record_names_what_is_there(name):
    advisory = ADVISORIES[name]
    assert advisory.encoding in ENCODINGS
    assert advisory.acts_like is None or advisory.acts_like in FAULTS
    assert {stanza["implementation"] for stanza in advisory.expected} <= ZOO
    assert all((advisory.title, advisory.sees, advisory.condition, advisory.where, advisory.versions))
    assert 5 <= len(advisory.replay.strip().splitlines()) <= 25


@pytest.mark.parametrize("name", in_turn(sorted(ADVISORIES), 8))
def test_a_program_shows_what_its_record_says(name):
    found = replay(ADVISORIES[name])
    if found.state == "unavailable":
        pytest.skip(found.message)
    assert found.state == "still-there", told(found)


def test_programs_know_nothing_of_the_suite():
    for advisory in ADVISORIES.values():
        assert not re.search(r"\b(import|from) +(impls|spec|properties|reports)\b", advisory.replay)


@pytest.mark.parametrize(
    ("program", "state"),
    [
        (MADE_UP.replay, "still-there"),
        ("print(1e-8, 1e-7)", "fixed"),
        ("print(float('nan'), 1e-7)", "still-there"),
        ("raise AttributeError('no such class')", "changed"),
        ("print('nothing to see')", "changed"),
        ("print('inf inf')", "changed"),
        ("print('1.2.3 1.0')", "changed"),
        ("print('inf 1.0')", "still-there"),
        ("raise SystemExit('unavailable: no such device')", "unavailable"),
    ],
)
def test_what_a_program_says_of_another_version(program, state):
    assert replay(dataclasses.replace(MADE_UP, replay=program)).state == state


def test_a_program_that_does_not_end_is_unavailable(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 1)
    found = replay(dataclasses.replace(MADE_UP, replay="import time\nwhile True:\n    time.sleep(1)"))
    assert (found.state, found.message) == ("unavailable", "not at its end after 1 s")


def test_a_program_that_ends_its_process_has_changed():
    found = replay(dataclasses.replace(MADE_UP, replay="import os\nprint(1.0, 0.0, flush=True)\nos.abort()"))
    assert found.state == "changed"


def test_a_program_begins_with_torch_and_without_any_library():
    listed = "import sys\nraise SystemExit(' '.join(sys.modules))"
    found = set(replay(dataclasses.replace(MADE_UP, replay=listed)).message.split())
    assert "torch" in found
    assert not found & {advisory.package for advisory in ADVISORIES.values()}


def test_a_library_that_is_not_installed_is_unavailable():
    found = replay(dataclasses.replace(MADE_UP, package="no-such-distribution"))
    assert (found.state, found.message) == ("unavailable", "no-such-distribution is not installed")


def test_a_false_record_is_told(monkeypatch, capsys):
    """What is as it should be is fixed, if it ever was not."""
    true = dataclasses.replace(MADE_UP, id="torch-true")
    false = dataclasses.replace(MADE_UP, id="torch-false", replay=MADE_UP.replay.replace("sin", "cos"))
    monkeypatch.setattr(command, "ADVISORIES", {each.id: each for each in (true, false)})
    assert (main(["torch-true"]), main([])) == (0, 1)
    lines = [line.partition(": ")[0].split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [["still-there", "wrong", "torch-true"], ["fixed", "wrong", "torch-false"]]


def test_an_unknown_advisory_is_wrong_usage(capsys):
    assert main(["no-such-advisory"]) == 2
    assert capsys.readouterr().err.startswith("unknown advisory no-such-advisory; near: ")


ALL = {field.name: "-" for field in dataclasses.fields(Advisory) if field.default is dataclasses.MISSING}


def written(path, *records):
    lines = ["\n".join(["[[advisory]]", *(f'{name} = "{value}"' for name, value in each.items())]) for each in records]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"id": "a", "severity": "wrong"}, "'a': .* a record has id, package, "),
        (ALL, "severity is '-', not one of "),
        (
            {**ALL, "severity": "wrong", "package": "torch", "id": "tor-ch"},
            "begins with the distribution's name, torch-",
        ),
    ],
)
def test_a_record_that_cannot_be_read_says_why(tmp_path, record, message):
    path = written(tmp_path / "library.toml", record)
    with pytest.raises(ValueError, match=message):
        read(path)


@pytest.mark.parametrize("apart", [False, True])
def test_two_records_of_one_id_are_refused(tmp_path, apart):
    record = {**ALL, "severity": "wrong", "package": "torch", "id": "torch-twice"}
    each = [record] if apart else [record, record]
    paths = [written(tmp_path / name, *each) for name in (("a.toml", "b.toml") if apart else ("a.toml",))]
    with pytest.raises(ValueError, match="'torch-twice' is there twice"):
        gathered(paths)
