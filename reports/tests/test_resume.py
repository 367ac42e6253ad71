"""A run that is taken up again asks what is not known, and refuses what is not its own beginning."""

import json
from pathlib import Path
from typing import Any

import pytest

from impls.door.limits import Limits
from impls.loading import load_all
from properties.tests.plugins import RIGHT, written
from reports.__main__ import main
from reports.document import declared
from reports.schema import load

NAMES = ("symmetry", "norm", "inverse", "head-locality")
SOME = [*(word for name in NAMES for word in ("--property", name)), "--dtype", "float32"]
MARK = 777
"""So many cases no cell has: a result with these was not found again."""


def ran(folder: Path, *more: str) -> int:
    target = str(folder / "right.py")
    return main(["--impl", target, *SOME, "--no-costs", "--output", str(folder / "out"), "--jobs", "1", *more])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of a whole run."""
    folder = tmp_path_factory.mktemp("whole")
    written(folder, RIGHT, "right.py")
    assert ran(folder) == 0
    return load(folder / "out" / "report.json.gz")


def left(folder: Path, document: dict[str, Any]) -> None:
    """The same code, and this report."""
    written(folder, RIGHT, "right.py")
    (folder / "out").mkdir()
    written(folder / "out", json.dumps(document), "report.json.gz")


def cut_off(folder: Path, whole: dict[str, Any], **suite: Any) -> None:
    """The report of a run that was cut off: half of its results, and marked."""
    half = [result | {"cases": MARK} for result in whole["results"][: len(whole["results"]) // 2]]
    part = {name: value for name, value in whole.items() if name != "complete"}
    left(folder, part | {"results": half, "suite": whole["suite"] | suite})


def test_what_is_known_is_not_asked_again(tmp_path, whole):
    cut_off(tmp_path, whole)
    assert ran(tmp_path, "--resume") == 0
    resumed = load(tmp_path / "out" / "report.json.gz")
    assert resumed["complete"]
    cells = [[(r["property"], r["dtype"], r["outcome"]) for r in each["results"]] for each in (whole, resumed)]
    assert cells[0] == cells[1]
    kept = [result["cases"] == MARK for result in resumed["results"]]
    assert kept == [True] * (len(kept) // 2) + [False] * (len(kept) - len(kept) // 2)
    assert resumed["suite"]["seconds"] > whole["suite"]["seconds"]


def test_changed_code_is_asked_anew(tmp_path, whole):
    cut_off(tmp_path, whole)
    written(tmp_path, f"{RIGHT}\n", "right.py")
    assert ran(tmp_path, "--resume") == 0
    assert all(result["cases"] != MARK for result in load(tmp_path / "out" / "report.json.gz")["results"])


def test_what_is_configured_otherwise_is_asked_anew(tmp_path, whole):
    cut_off(tmp_path, whole)
    assert ran(tmp_path, "--resume", "--preset", "tinyllama-1.1b") == 0
    assert all(result["cases"] != MARK for result in load(tmp_path / "out" / "report.json.gz")["results"])


def test_what_gave_no_result_is_asked_anew(tmp_path, whole):
    cut_off(tmp_path, whole | {"results": [result | {"outcome": "error"} for result in whole["results"]]})
    assert ran(tmp_path, "--resume") == 0
    assert all(result["cases"] != MARK for result in load(tmp_path / "out" / "report.json.gz")["results"])


def test_what_is_known_to_fail_is_asked_anew(tmp_path, whole):
    cut_off(tmp_path, whole)
    stanza = '[[expected]]\nimplementation = "right"\nproperties = ["symmetry"]\ndtypes = ["float32"]\n'
    why = 'reason = "none"\nevidence = "none"\nwitness = {dim = 4, positions = [1]}\n'
    known = written(tmp_path, stanza + why, "known.toml")
    ran(tmp_path, "--resume", "--expect", str(known))
    results = load(tmp_path / "out" / "report.json.gz")["results"]
    assert {r["outcome"] for r in results if r["property"] == "symmetry"} == {"unexpected-pass"}


def test_where_nothing_is_known_all_is_asked(tmp_path):
    written(tmp_path, RIGHT, "right.py")
    assert ran(tmp_path, "--resume") == 0
    assert load(tmp_path / "out" / "report.json.gz")["complete"]


@pytest.mark.parametrize(
    ("suite", "more", "said"),
    [
        ({"digest": "0"}, (), "digest was 0"),
        ({"seed": 5}, (), "seed was 5, and is 0"),
        ({}, ("--suite-seed", "7"), "seed was 0, and is 7"),
        ({}, ("--profile", "ci"), "profile was fast, and is ci"),
        ({}, ("--shard", "1/2"), "shard was None, and is 1/2"),
        ({}, ("--impl", "impls.forms.rope"), "is of other implementations"),
    ],
)
def test_another_run_is_refused(tmp_path, capsys, whole, suite, more, said):
    cut_off(tmp_path, whole, **suite)
    before = (tmp_path / "out" / "report.json.gz").read_bytes()
    assert ran(tmp_path, "--resume", *more) == 4
    assert said in capsys.readouterr().err
    assert (tmp_path / "out" / "report.json.gz").read_bytes() == before


def test_a_complete_run_is_refused(tmp_path, capsys, whole):
    left(tmp_path, whole)
    assert ran(tmp_path, "--resume") == 4
    assert "is complete: nothing is left to do" in capsys.readouterr().err


def test_what_is_gone_on_with_in_a_process_of_its_own_is_the_same():
    """So that a shard whose process ended is not asked anew from its beginning."""
    here, apart = load_all(["impls.zoo.timm_rope"]), load_all(["impls.zoo.timm_rope"], Limits())
    told = [[declared(one) for one in loaded.implementations] for loaded in (here, apart)]
    assert told[0] == told[1] != []
