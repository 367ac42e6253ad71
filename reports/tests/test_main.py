"""`pytest properties` and `python -m reports`: what they write, and the exit statuses 0, 1 and 4."""

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import reports.__main__
from properties.runs.options import OPTIONS, WrongUsage, parsed
from properties.tests.plugins import HALF, HOUSE, INTERLEAVED, plugin, pytested, turn, written
from reports.__main__ import main
from reports.combine import combine
from reports.schema import load, validate

FILES = ["badge.json", "index.html", "report.json.gz", "report.md"]
SOME = ["--property", "exact-values", "--property", "symmetry", "--property", "batched-positions"]
QUICK = ["--no-costs", "--dtype", "float32"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plug-ins: two right, one wrong, one that cannot be checked; and files that describe no failure."""
    place = tmp_path_factory.mktemp("kernels")
    written(place, plugin(turn(), name="right"), "right.py")
    written(place, plugin(turn(), name="right_too"), "right_too.py")
    written(place, plugin(turn(), INTERLEAVED, name="wrong"), "wrong.py")
    written(place, plugin("return None", name="broken"), "broken.py")
    written(place, "[[expected", "no.toml")
    written(place, '[[expected]]\nimplementation = "right"\n', "bare.toml")
    return place


def called(*arguments: object) -> int:
    """The exit status of `python -m reports`, in this process."""
    try:
        return main(list(map(str, arguments)))
    except SystemExit as left:
        return int(left.code or 0)


def impl(folder: Path, *names: str) -> list[str]:
    return [word for name in names for word in ("--impl", f"{folder}/{name}.py")]


STATUSES = [
    (("right",), 0),
    (("right", "right_too"), 0),
    (("wrong",), 1),
    (("broken",), 1),
    (("right", "absent"), 1),
]


def test_what_can_be_checked_nowhere_here_is_no_success(tmp_path):
    declared = f'{HALF}, devices=("xpu",)'
    target = written(tmp_path, plugin(turn(), declared, name="elsewhere"), "elsewhere.py")
    assert called("--impl", target, *SOME, *QUICK, "--output", tmp_path / "out") == 5
    status, said = pytested("--impl", str(target), *SOME, "--dtype", "float32")
    assert status == 5
    assert "Nothing was checked: " in said
    assert "elsewhere: runs on xpu only, and this run is on cpu: see --device" in said
    (told,) = load(tmp_path / "out" / "report.json.gz")["results"]
    assert told["outcome"] == "not-run"


@pytest.mark.parametrize(("names", "status"), STATUSES, ids=lambda value: str(value))
def test_the_exit_status_is_conformity(folder, tmp_path, names, status):
    assert called(*impl(folder, *names), *SOME, *QUICK, "--output", tmp_path / "out") == status
    assert pytested(*impl(folder, *names), *SOME, "--dtype", "float32")[0] == status
    badges = ["badges"] if len(names) > 1 else []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*FILES, *badges])
    told = load(tmp_path / "out" / "report.json.gz")
    assert told["complete"] is True
    assert len(told["implementations"]) == len(names)
    assert {each["status"] for each in told["implementations"]} <= {"ok", "error"}
    assert told["costs"] == []
    assert json.loads((tmp_path / "out" / "badge.json").read_text())["schemaVersion"] == 1


def test_every_option_has_its_keyword_and_its_place_in_the_help(capsys):
    assert {option.keyword for option in OPTIONS} == set(inspect.signature(parsed).parameters)
    assert called("--help") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert all(
        (" ".join(f"{option.flag} {option.metavar} {option.help}".split()) in said) == option.reported
        for option in OPTIONS
    )


WRONG = [
    (["--property", "exact-value"], "unknown property 'exact-value'; known: exact-values, "),
    (["--dtype", "fp32"], "unknown dtype 'fp32'; known: float64, float32, bfloat16, float16"),
    (["--profile", "slow"], "unknown profile 'slow'; known: brief, fast, ci, deep"),
    (["--suite-seed", "-1"], "--suite-seed -1 is negative; expected 0 or more"),
    (["--suite-seed", "one"], "'one' is no seed; expected a whole number, or random"),
    (
        ["--expect", "{folder}/none.toml"],
        "none.toml: cannot be read: No such file or directory; give the path of",
    ),
    (["--expect", "{folder}/no.toml"], "no.toml: is not TOML: "),
    (
        ["--expect", "{folder}/bare.toml"],
        "bare.toml:1: properties is missing or empty; every expectation needs ",
    ),
    (["--no-such-option"], "unrecognized arguments: --no-such-option"),
]
OF_PYTEST = [
    (["--case", "{{"], "--case is a case of one property; name it with --property, as the failure does"),
    (["--property", "norm", "--case", "{{"], "--case '{' is not a case: Expecting property name"),
    (["--property", "norm", "--case", "[]"], "--case '[]' is not a case: "),
    (
        ["--property", "norm", "--case", '{{"dim": "8"}}'],
        "is not a case: expected numbers only; copy it from a failure",
    ),
    (
        ["--property", "norm", "--case", '{{"dims": 8}}'],
        "unexpected keyword argument 'dims'; copy it from a failure",
    ),
]
OF_REPORTS = [
    (["--shard", "3/2"], "--shard '3/2' is not I/N with 1 <= I <= N, such as 2/4"),
    (["--shard", "first"], "--shard 'first' is not I/N"),
    (["combine"], "the following arguments are required: REPORT"),
    (["combine", "{folder}/no.toml"], "is not JSON"),
]


def filled(given: list[str], folder: Path) -> list[str]:
    return [word.format(folder=folder) for word in given]


@pytest.mark.parametrize(("given", "said"), WRONG + OF_PYTEST, ids=map(str, range(len(WRONG + OF_PYTEST))))
def test_pytest_exits_with_4_and_one_line_for_wrong_usage(folder, given, said):
    status, output = pytested(*impl(folder, "right"), *filled(given, folder))
    assert status == 4
    assert said in output
    assert "Traceback" not in output
    assert "test_conformance" not in output


@pytest.mark.parametrize(("given", "said"), WRONG + OF_REPORTS, ids=map(str, range(len(WRONG + OF_REPORTS))))
def test_reports_exits_with_4_and_one_line_for_wrong_usage(folder, tmp_path, capsys, given, said):
    whole = [*filled(given, folder), "--output", str(tmp_path / "out")]
    assert called(*(whole if given[0] == "combine" else [*impl(folder, "right"), *whole])) == 4
    output = capsys.readouterr()
    assert said in output.err
    assert len(output.err.strip().splitlines()) == 1
    assert output.out == ""
    assert not (tmp_path / "out").exists()


def same(told: dict[str, Any]) -> dict[str, Any]:
    """A report without the clock and the machine, in the order of the names."""
    plain = {field: value for field, value in told.items() if field not in ("environment", "environments")}
    plain["suite"] = {field: value for field, value in told["suite"].items() if field != "seconds"}
    results = [{field: value for field, value in one.items() if field != "seconds"} for one in told["results"]]
    key = ("implementation", "property", "dtype")
    plain["results"] = sorted(results, key=lambda one: [str(one[field]) for field in key])
    plain["implementations"] = sorted(told["implementations"], key=lambda one: str(one["name"]))
    return plain


@pytest.fixture(scope="module")
def shards(folder: Path) -> dict[str, Path]:
    """One run, also of a file that is not there and with a useless stanza; and the same run in two shards."""
    known = written(folder, STANZA.format("nobody-of-that-name"), "known.toml")
    what = [
        *impl(folder, "right", "wrong", "broken", "right_too", "absent"),
        *SOME,
        *QUICK,
        "--expect",
        str(known),
    ]
    assert called(*what, "--output", folder / "whole") == 1
    assert called(*what, "--output", folder / "first", "--shard", "1/2") == 1
    assert called(*what, "--output", folder / "second", "--shard", "2/2") == 1
    return {name: folder / name / "report.json.gz" for name in ("whole", "first", "second")}


STANZA = """\
[[expected]]
implementation = "{}"
properties = ["norm"]
dtypes = ["float32"]
reason = "a name that is not there"
evidence = "none"
witness = {{dim = 4, positions = [1]}}
"""


def test_two_shards_are_the_whole(shards, tmp_path):
    whole, first, second = (load(shards[name]) for name in ("whole", "first", "second"))
    assert same(validate(combine([second, first]))) == same(whole)
    assert {each["name"] for each in second["implementations"]} == {"wrong", "right-too"}
    assert called("combine", shards["first"], shards["second"], "--output", tmp_path / "out") == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*FILES, "badges"])


def test_a_shard_with_nothing_to_check_breaks_no_run_and_no_joined_one(folder, tmp_path, capsys):
    what = [*impl(folder, "right"), "--impl", "impls.forms.alibi::alibi-toeplitz", "--property", "norm", *QUICK]
    said = {"1/1": False, "1/3": False, "2/3": True, "3/3": True}
    for shard, bare in said.items():
        assert called(*what, "--shard", shard, "--output", tmp_path / shard) == 0
        assert (f"Nothing is to be checked in the shard {shard}" in capsys.readouterr().out) is bare
    parts = [tmp_path / shard / "report.json.gz" for shard in ("1/3", "2/3", "3/3")]
    assert called("combine", *parts, "--output", tmp_path / "out") == 0
    whole, joined = (load(tmp_path / name / "report.json.gz") for name in ("1/1", "out"))
    assert same(joined) == same(whole)
    assert "not-applicable" in {one["outcome"] for one in joined["results"]}


def test_what_is_known_not_to_work_at_all_breaks_no_run(folder, tmp_path):
    known = written(tmp_path, STANZA.format("broken").replace('"norm"', '"plug-in"'), "known.toml")
    what = [*impl(folder, "right", "broken"), *SOME, "--dtype", "float32", "--expect", known]
    assert pytested(*what)[0] == 0
    assert called(*what, "--no-costs", "--output", tmp_path / "out") == 0
    assert "1 with known failures" in (tmp_path / "out" / "badge.json").read_text()


def test_a_shard_that_is_given_twice_is_refused(shards, tmp_path, capsys):
    assert called("combine", shards["first"], shards["second"], shards["first"], "--output", tmp_path / "out") == 4
    assert "occurs twice; leave out the shard that repeats it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_shard_that_is_not_there_is_told_in_one_line(folder, tmp_path):
    assert called("combine", folder / "none.json", "--output", tmp_path / "out") == 4


def test_a_shard_that_is_missing_is_refused(shards, tmp_path):
    assert called("combine", shards["second"], "--output", tmp_path / "out") == 4


def test_the_module_is_run_as_a_user_runs_it(folder, tmp_path):
    command = [
        sys.executable,
        "-m",
        "reports",
        *impl(folder, "right", "broken"),
        *SOME,
        *QUICK,
        "--output",
        tmp_path,
    ]
    done = subprocess.run(list(map(str, command)), cwd=HOUSE, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    said = "".join(done.stdout.split())
    assert f"{folder}/broken.py:broken:thecallf(x,positions)" in said
    assert "Written:" in said
    assert "Traceback" not in done.stdout + done.stderr
    assert validate(load(tmp_path / "report.json.gz"))["complete"] is True


@pytest.mark.parametrize(("more", "apart"), [((), True), (("--bare",), False), (("--bare", "--apart"), True)])
def test_one_process_judges_no_library_in_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], apart: bool
) -> None:
    """But for a shard, which another goes on with where it ends."""
    said: dict[str, Any] = {}

    def selection(**given: Any) -> None:
        said.update(given)
        raise WrongUsage("seen")

    monkeypatch.setattr(reports.__main__, "selection", selection)
    assert called("--jobs", "1", "--output", tmp_path, *more) == 4
    assert said["apart"] is apart
