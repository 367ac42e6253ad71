"""A known failure is expected on its witness. It is not written down carelessly, and does not outlive itself."""

from pathlib import Path
from typing import Any

import pytest

import properties.runs.cell
from impls.loading import load
from properties.runs.bench import Bench
from properties.runs.expectations import WrongExpectation, read, stanza
from properties.runs.options import WrongUsage, selection
from properties.tests.plugins import HALF, HEAD, outcomes, plugin, pytested, ran, turn, written

ROUNDED = "positions = positions.to(x.dtype)" + turn()
REASON = "positions are rounded to the dtype of x"
GOOD = """\
[[expected]]
implementation = "mine"
properties = ["exact-values"]
dtypes = ["bfloat16"]
reason = "positions are rounded to the dtype of x"
evidence = "position 257 is turned as 256"
witness = {dim = 4, positions = [257], batch = 1, heads = 1}
"""
ONE: dict[str, Any] = {"properties": ["exact-values"], "dtypes": ["bfloat16"]}


def expected(folder: Path, *changes: tuple[str, str]) -> str:
    """The path of the good stanza with changes."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return str(written(folder, text, "expected.toml"))


@pytest.fixture
def rounded(tmp_path: Path) -> Path:
    """RoPE that rounds its positions to the dtype of the vectors."""
    return written(tmp_path, plugin(ROUNDED), "mine.py")


def test_an_expected_failure_conforms(rounded, tmp_path):
    assert outcomes(ran(rounded, **ONE).results) == {"fail": {"exact-values bfloat16"}}
    found = ran(rounded, **ONE, expect=[expected(tmp_path)])
    (result,) = found.results
    assert (result.outcome, result.cases) == ("expected-fail", 1)
    assert result.reason == REASON
    assert result.witness == {"dim": 4, "positions": [257], "batch": 1, "heads": 1}
    assert (result.error or 0) > (result.bound or 0)
    assert found.conforms
    status, said = pytested(
        "--impl",
        rounded,
        "--property",
        "exact-values",
        "--dtype",
        "bfloat16",
        "--expect",
        expected(tmp_path),
        "-rx",
    )
    assert status == 0
    assert REASON in said


@pytest.mark.parametrize(("arithmetic", "outcome"), [(ROUNDED, "expected-fail"), (turn(), "not-run")])
def test_what_depends_on_the_machine_may_not_fail_here_which_is_no_pass(tmp_path, arithmetic, outcome):
    path = expected(tmp_path, ("evidence", 'unless = "the machine rounds nothing"\nevidence'))
    (result,) = ran(written(tmp_path, plugin(arithmetic)), **ONE, expect=[path]).results
    assert result.outcome == outcome
    assert (result.message == "known to fail, unless the machine rounds nothing") == (outcome == "not-run")


def test_only_the_witness_is_replayed(tmp_path):
    source = plugin("CALLS.append(positions.tolist())\n    " + ROUNDED, head=f"{HEAD}CALLS = []\n\n")
    what = selection(impl=[str(written(tmp_path, source))], **ONE, expect=[expected(tmp_path)])
    (here,) = load(what.loaded.implementations[0].target).implementations
    bench, calls = Bench(here, what.plan, what.expectations), here.function.__globals__["CALLS"]
    bench.cell(what.plan.properties[0], "bfloat16")
    assert calls
    assert all(positions == [257] for positions in calls)
    replayed = len(calls)
    bench.evidence(what.plan.properties[0], "bfloat16", what.expectations[-1].witness)
    assert len(calls) == 2 * replayed


def test_what_no_longer_fails_says_which_lines_to_delete(tmp_path):
    path, right = expected(tmp_path, ("[[exp", "# my kernels\n\n[[exp")), written(tmp_path, plugin(turn()))
    found = ran(right, **ONE, expect=[path])
    (result,) = found.results
    assert result.outcome == "unexpected-pass"
    assert result.message == f"no longer fails: delete exact-values in bfloat16 from the stanza at {path}:3"
    assert not found.conforms
    options = ("--impl", right, "--property", "exact-values", "--dtype", "bfloat16", "--expect", path)
    status, said = pytested(*options)
    assert status == 1
    assert f"delete exact-values in bfloat16 from the stanza at {path}:3" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"mine"',
            '"nobody-of-that-name"',
            "no implementation is called 'nobody-of-that-name': correct the name or delete",
        ),
        (
            '"bfloat16"',
            '"bfloat16", "float64"',
            "mine is never checked for exact-values in float64: delete that",
        ),
        (
            '"exact-values"',
            '"exact-values", "batched-positions"',
            "never checked for batched-positions in bfloat16: ",
        ),
        ('["exact-values"]', '["plug-in"]', None),
        ('["exact-values"]', '["exact-values", "compiled-agreement"]', None),
    ],
)
def test_an_expectation_of_nothing_is_an_error(tmp_path, old, new, said):
    source = plugin(ROUNDED, f"{HALF}, dtypes=('bfloat16',)")
    path = expected(tmp_path, (old, new))
    found = ran(written(tmp_path, source), properties=["exact-values", "batched-positions"], expect=[path])
    errors = [one for one in found.results if one.outcome == "error"]
    assert [one.message.startswith(f"{path}:1: ") for one in errors] == [True] * (said is not None)
    assert all(str(said) in one.message for one in errors)
    assert said is None or not found.conforms


def test_a_plugin_that_cannot_be_called_in_a_dtype_may_be_expected(tmp_path):
    body = "if x.dtype == torch.bfloat16:\n        raise TypeError('no bfloat16')" + turn()
    path = expected(tmp_path, ('["exact-values"]', '["plug-in"]'))
    broken = ran(written(tmp_path, plugin(body)), properties=["exact-values"], expect=[path])
    assert broken.conforms
    assert outcomes(broken.results)["expected-fail"] == {"plug-in bfloat16"}
    mended = ran(written(tmp_path, plugin(turn()), "other.py"), properties=["exact-values"], expect=[path])
    assert outcomes(mended.results)["unexpected-pass"] == {"plug-in bfloat16"}
    assert "exact-values bfloat16" in outcomes(mended.results)["pass"]
    assert not mended.conforms


def test_a_replay_that_ends_in_an_error_is_not_called_mended(tmp_path, monkeypatch):
    monkeypatch.setattr(properties.runs.cell, "CELL_SECONDS", 0.2)
    source = plugin("while positions.max() > 100:\n        pass" + turn())
    (result,) = ran(written(tmp_path, source), **ONE, expect=[expected(tmp_path)]).results
    assert (result.outcome, result.message) == ("error", "did not come back within 0.2 s")


def test_a_case_that_is_asked_for_is_judged_as_it_is(rounded, tmp_path):
    case = '{"dim": 4, "positions": [3]}'
    (result,) = ran(rounded, **ONE, expect=[expected(tmp_path)], case=case).results
    assert (result.outcome, result.cases) == ("pass", 1)


UNUSABLE = [
    (
        'reason = "positions are rounded to the dtype of x"\n',
        "",
        "reason is missing or empty; every expectation needs ",
    ),
    (REASON, "", "reason is missing or empty"),
    ('evidence = "position 257 is turned as 256"\n', "", "evidence is missing or empty"),
    ("witness = {dim = 4, positions = [257], batch = 1, heads = 1}\n", "", "witness is missing or empty"),
    ('["exact-values"]', '"exact-values"', "properties is missing or empty"),
    ('["exact-values"]', '["exact-value"]', "unknown property 'exact-value'; known: exact-values, "),
    ('["exact-values"]', "[3]", "unknown property 3; known: "),
    ('["bfloat16"]', '["bf16"]', "unknown dtype 'bf16'; known: float64, "),
    ("dtypes", "dtype", "dtypes is missing or empty"),
    ("reason", "note = 3\nreason", "unknown field 'note'; known: implementation, properties, "),
    ("dim = 4, ", "", "the witness is not a case: missing dim, or segments"),
    ("heads = 1", "head = 1", "the witness is not a case: got an unexpected keyword argument 'head'"),
    ("[257]", '["far"]', "the witness is not a case: 'far' is no run of positions"),
    ("[257]", "[nan]", "the witness is not a case: expected numbers only"),
    ("heads = 1", "heads = 0", "the witness is not a case: expected dim, batch and heads of at least 1"),
    ("heads = 1", 'kind = "odd"', "a kind out of gaussian, "),
    ("[[expected]]", "[[expect]]", "expect: expected stanzas that begin with [[expected]], and nothing else"),
    ("[[expected]]", "[expected]", "expected: expected stanzas that begin with [[expected]]"),
    ("[[expected]]", "[[expected", "is not TOML: "),
]


@pytest.mark.parametrize(("old", "new", "said"), UNUSABLE, ids=map(str, range(len(UNUSABLE))))
def test_a_stanza_that_is_not_complete_is_refused(tmp_path, old, new, said):
    path = expected(tmp_path, (old, new))
    with pytest.raises(WrongExpectation) as error:
        read(Path(path))
    assert str(error.value).startswith(path)
    assert said in str(error.value)
    with pytest.raises(WrongUsage, match="expected"):
        selection(expect=[path])


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(WrongExpectation, match="cannot be read: No such file or directory; give the path of a TOML"):
        read(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WrongExpectation, match="is not TOML: "):
        read(tmp_path / "binary.toml")


def test_the_place_is_found_however_the_head_is_written(tmp_path):
    second = GOOD.replace("[[expected]]", "  [[ expected ]]  # known since June")
    path = written(tmp_path, f"# first\n{GOOD}\n{second}", "expected.toml")
    assert [one.place for one in read(path)] == [f"{path}:2", f"{path}:10"]


def test_a_failure_becomes_a_stanza_that_needs_only_a_reason(rounded, tmp_path):
    failed = ran(rounded, **ONE).results
    text = stanza(failed)
    path = written(tmp_path, text, "expected.toml")
    with pytest.raises(WrongExpectation, match="reason is missing or empty"):
        read(path)
    path.write_text(text.replace('reason = ""', f'reason = "{REASON}"'))
    found = ran(rounded, **ONE, expect=[str(path)])
    assert outcomes(found.results) == {"expected-fail": {"exact-values bfloat16"}}
    assert found.results[0].witness == failed[0].witness
