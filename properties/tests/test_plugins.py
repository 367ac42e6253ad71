"""A plug-in that cannot be checked is one clear error, whatever is wrong with it; the others are checked."""

from dataclasses import replace
from pathlib import Path

import pytest

import properties.runs.bench
import properties.runs.cell
import properties.runs.smoke
from impls.strangers import Overdue
from properties.runs.bench import CUT_OFF
from properties.runs.result import Result, Run
from properties.tests.bad_plugins import BAD
from properties.tests.plugins import HALF, RIGHT, outcomes, plugin, pytested, ran, turn, written
from reports.document import document
from reports.schema import validate

SOME = ("exact-values", "symmetry", "batched-positions", "declared-limits", "mismatched-lengths-refused")
HURRIED = ("--max-import-seconds", 2)


def quick(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(properties.runs.smoke, "SECONDS", 2.0)


def unsaid(result: Result) -> Result:
    return replace(result, seconds=0.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All bad plug-ins, and a right one."""
    place = tmp_path_factory.mktemp("plugins")
    for name, (source, _) in BAD.items():
        if source is not None:
            written(place, source, f"{name}.py")
    written(place, "", "beside_it.py")
    written(place, RIGHT, "right.py")
    return place


@pytest.fixture(scope="module")
def together(folder: Path) -> Run:
    """The right plug-in in the middle of all bad ones."""
    files = [folder / f"{name}.py" for name in BAD]
    with pytest.MonkeyPatch.context() as patch:
        quick(patch)
        return ran(*files[:9], folder / "right.py", *files[9:], properties=SOME, import_seconds=2.0)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plugin_is_one_clear_error(together, folder, name):
    path = str(folder / f"{name}.py")
    (error,) = [one for one in together.results if one.message.startswith(f"{path}: ")]
    assert error.outcome == "error"
    assert error.property == "plug-in"
    assert error.dtype is None
    for said in BAD[name][1]:
        assert said.replace("{}", path) in error.message
    assert "\n" not in error.message
    assert len(error.message) < len(path) + 450


def test_every_bad_plugin_has_no_other_result_and_is_not_usable(together):
    others = [one for one in together.results if one.implementation != "right"]
    assert len(others) == len(BAD)
    assert {one.status for one in together.checked if one.implementation.name != "right"} == {"error"}
    assert not together.conforms


def test_the_right_plugin_is_checked_as_completely_as_alone(together, folder):
    alone = ran(folder / "right.py", properties=SOME)
    assert alone.conforms
    (right,) = (one for one in together.checked if one.implementation.name == "right")
    assert tuple(map(unsaid, right.results)) == tuple(map(unsaid, alone.results))
    assert {result.property for result in right.results} == set(SOME)


def test_pytest_counts_one_failure_for_each_and_exits_with_1(folder, monkeypatch):
    quick(monkeypatch)
    targets = [word for name in (*BAD, "right") for word in ("--impl", folder / f"{name}.py")]
    status, said = pytested(*targets, *HURRIED, "--property", "exact-values", "--dtype", "float32")
    assert status == 1
    assert f"{len(BAD)} failed, 2 passed" in said
    assert "Traceback" not in said
    for name in BAD:
        assert f"{folder / name}.py: " in said


def test_bad_plugins_have_their_row_in_a_valid_report(together):
    told = validate(document(together))
    rows = {one["name"]: one for one in told["implementations"] if one["status"] == "error"}
    assert len(rows) == len(BAD)
    assert all(row["message"] for row in rows.values())


def test_two_of_one_name_are_an_error_and_the_first_is_checked(tmp_path):
    first = written(tmp_path, RIGHT, "first.py")
    second = written(tmp_path, plugin("return x", name="right"), "second.py")
    found = ran(first, second, properties=SOME)
    (error,) = [one for one in found.results if one.outcome == "error"]
    taken = f"the name 'right' is taken by {first}; give it another with implements(..., name=...)"
    assert error.message == f"{second}::right: {taken}"
    assert outcomes(found.results).keys() == {"error", "pass", "not-applicable"}
    assert not found.conforms


def test_three_of_one_name_in_one_file_are_one_error(tmp_path):
    same = plugin("return x", name="right", head="")
    path = written(tmp_path, RIGHT + same + same)
    status, said = pytested("--impl", path, "--property", "symmetry")
    assert status == 1
    assert "1 failed, 2 passed" in said


def test_a_plugin_broken_in_some_dtypes_is_checked_in_the_others(tmp_path):
    body = "if x.dtype in (torch.bfloat16, torch.float16):\n        raise TypeError('half precision')" + turn()
    found = ran(written(tmp_path, plugin(body)), properties=SOME[:1])
    assert outcomes(found.results) == {
        "pass": {"exact-values float32", "exact-values float64"},
        "error": {"plug-in bfloat16", "plug-in float16"},
    }


def test_a_plugin_broken_in_all_of_its_dtypes_is_one_error(tmp_path):
    declared = f"{HALF}, dtypes=('bfloat16', 'float16')"
    found = ran(written(tmp_path, plugin("raise TypeError('no')", declared)), properties=SOME)
    assert [(one.outcome, one.dtype) for one in found.results] == [("error", None)]
    assert found.checked[0].status == "error"


def test_leaving_the_process_at_some_positions_is_a_failure(tmp_path):
    body = "if positions.max() > 4096:\n        raise SystemExit(0)" + turn()
    found = ran(written(tmp_path, plugin(body)), properties=SOME[:1], dtypes=["float32"])
    (result,) = found.results
    assert (result.outcome, result.message) == ("fail", "raised SystemExit: 0 (line 7)")


@pytest.mark.parametrize("action", ["raise SystemExit(0)", "while True:\n            pass"])
def test_a_failure_is_told_also_where_it_cannot_be_diagnosed(tmp_path, monkeypatch, action):
    monkeypatch.setattr(properties.runs.cell, "SHRINK_SECONDS", 0.2)
    body = f"if 5000 in positions.tolist():\n        {action}" + turn().replace("+ a * sin", "- a * sin")
    found = ran(written(tmp_path, plugin(body)), properties=["exact-values", "norm"], dtypes=["float32"])
    assert [(one.outcome, one.diagnosis) for one in found.results] == [("fail", ())] * 2
    told = [CUT_OFF in one.message for one in found.results]
    assert told == [action.startswith("while")] * 2


NOTHING = {
    "not-installed": (
        f"{HALF}, package='no-such-distribution'",
        [],
        [],
        "mine needs no-such-distribution; install it",
    ),
    "other-dtypes": (f"{HALF}, dtypes=('float32',)", [], ["float16"], "mine supports float32 only"),
    "other-profile": (
        HALF,
        ["compiled-agreement"],
        [],
        "compiled-agreement of mine not-run: runs in the profiles ci",
    ),
    "not-applicable": (HALF, ["batched-positions"], [], "batched-positions of mine not-applicable: "),
}


@pytest.mark.parametrize("name", NOTHING)
def test_a_run_that_looks_at_nothing_is_no_pass(tmp_path, name):
    declared, asked_for, dtypes, said = NOTHING[name]
    path = written(tmp_path, plugin(turn(), declared))
    found = ran(path, properties=asked_for, dtypes=dtypes)
    (error,) = [one for one in found.results if one.outcome == "error"]
    assert error.message.startswith("nothing to check: ")
    assert said in error.message
    assert not found.conforms
    options = [word for each in asked_for for word in ("--property", each)]
    options += [word for each in dtypes for word in ("--dtype", each)]
    assert pytested("--impl", path, *options)[0] == 1


def test_what_is_named_and_not_installed_is_an_error_that_takes_nothing_from_the_others(tmp_path):
    absent = written(tmp_path, plugin("return x", NOTHING["not-installed"][0], name="absent"), "absent.py")
    found = ran(absent, written(tmp_path, RIGHT), properties=SOME)
    (error,) = [one for one in found.results if not one.conforms]
    assert error.message.endswith("which is not installed; install it")
    assert error.implementation == f"{absent}::absent"
    assert found.checked[1].results
    assert [one.status for one in found.checked] == ["unavailable", "ok"]


def test_where_something_fits_it_does_not_matter_what_else_could_not_be_found_out(tmp_path, monkeypatch):
    def too_long(implementation, dtype):
        raise Overdue

    monkeypatch.setattr(properties.runs.bench, "likenesses", lambda implementation, dtype: ["it conforms as another"])
    monkeypatch.setattr(properties.runs.bench, "diagnosis", too_long)
    source = plugin(turn().replace("+ a * sin", "- a * sin"))
    (result,) = ran(written(tmp_path, source), properties=["exact-values"], dtypes=["float32"]).results
    assert result.diagnosis[0] == "it conforms as another"
    assert CUT_OFF not in result.message
