"""What the README says is what happens: its files are written out and its commands are run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from impls.loading import load_default
from properties.claims.ledger import CLAIMS
from properties.measures.costs import LENGTHS, SETTINGS
from properties.runs.options import selection
from properties.runs.run import run
from reports.schema import load
from spec import ENCODINGS
from spec.presets import PRESETS

HOUSE = Path(__file__).parents[2]
README = (HOUSE / "README.md").read_text()
ROOMS = ("spec", "impls", "properties", "reports")


def written(first_line: str) -> str:
    """The indented block of the README that starts with this comment, up to the next file or paragraph."""
    block = README.split(f"    # {first_line}", 1)[1]
    lines = []
    for line in block.splitlines()[1:]:
        if (line and not line.startswith("    ")) or line.startswith(
            ("    # spec/", "    # impls/", "    # properties/")
        ):
            break
        lines.append(line.removeprefix("    "))
    return "\n".join(lines) + "\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the suite to build on."""
    for room in ROOMS:
        shutil.copytree(HOUSE / room, tmp_path / room, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(HOUSE / name, tmp_path / name)
    return tmp_path


def reported(house: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "reports", *arguments, "--no-costs", "--output", "out"]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return load(house / "out" / "report.json.gz")


def test_the_kernel_in_the_readme_conforms(tmp_path):
    kernel = tmp_path / "my_rope.py"
    kernel.write_text(written("my_rope.py"))
    selected = selection(impl=[str(kernel)])
    found = run(selected.loaded, selected.plan)
    assert found.conforms
    assert {result.outcome for result in found.results} <= {"pass", "not-applicable", "not-run"}


def benchmarked(house: Path, *arguments: str) -> dict[str, Any]:
    """By group, the names of the benchmarks, and what was said."""
    quick = ["-p", "no:cacheprovider", "-q", "-k", "prefill-64-float32", "--benchmark-json", "told.json"]
    command = [sys.executable, "-m", "pytest", "properties", "--benchmark-only", *arguments, *quick]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    done = subprocess.run(command, cwd=house, env=alone, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((house / "told.json").read_text())
    return {"benchmarks": told["benchmarks"], "said": done.stdout}


def test_two_plug_ins_are_measured_side_by_side_and_beside_an_earlier_run(house):
    (house / "my_rope.py").write_text(written("my_rope.py"))
    (house / "theirs.py").write_text(written("my_rope.py").replace("my_rope", "their_rope"))
    assert "--benchmark-only --impl theirs.py --impl my_rope.py " in README
    both = benchmarked(house, "--impl", "theirs.py", "--impl", "my_rope.py", "--benchmark-autosave")
    told = both["benchmarks"]
    assert re.findall(r"^(.*), beside a copy of the same bytes$", both["said"], re.M) == ["their-rope", "my-rope"]
    groups = {each["name"]: each["group"] for each in told}
    theirs, mine = (groups[f"test_cost[{name}-prefill-64-float32-128]"] for name in ("their-rope", "my-rope"))
    assert theirs == mine
    for each in told:
        assert {"ratio", "noise", "applying"} <= each["extra_info"].keys()
    again = benchmarked(house, "--impl", "my_rope.py", "--benchmark-compare")["said"]
    assert re.search(r"test_cost\[my-rope-prefill-64-float32-128\] \(NOW\)", again)
    assert re.search(r"test_cost\[my-rope-prefill-64-float32-128\] \(0001_", again)


def test_the_settings_that_the_readme_names():
    lengths = f"{', '.join(map(str, LENGTHS[:-1]))} or {LENGTHS[-1]}"
    batches = [str(each.batch) for each in SETTINGS if (each.kind, each.dtype) == ("decode", "float32")]
    assert f"`prefill` encodes {lengths} tokens of one sequence" in README
    assert f"`decode` one new token of {', '.join(batches[:-1])} or {batches[-1]} sequences" in README
    assert {each.kind for each in SETTINGS} == {"prefill", "decode", "training"}


def test_a_new_encoding_is_one_spec_file_and_one_form(house):
    for path in ("spec/encodings/octave_rope.py", "impls/forms/octave_rope.py"):
        (house / path).write_text(written(path))
    report = reported(house, "--impl", "impls.forms.octave_rope")
    assert [one["name"] for one in report["implementations"]] == ["octave-rope"]
    assert [one["name"] for one in report["encodings"]] == ["octave-rope"]
    passed = {result["property"] for result in report["results"] if result["outcome"] == "pass"}
    assert {"exact-values", "relative-position-invariance", "remote-decay", "symmetry"} <= passed
    prove = [sys.executable, "-m", "spec", "prove", "octave-rope"]
    proved = subprocess.run(prove, cwd=house, capture_output=True, text=True, timeout=300)
    assert proved.returncode == 0, proved.stdout + proved.stderr


def test_a_new_property_is_one_statement_and_one_check(house):
    for path in ("spec/statements/halves.py", "properties/checks/halves.py"):
        (house / path).write_text(written(path))
    report = reported(house, "--impl", "impls.forms.rope", "--property", "half-steps")
    outcomes = {result["outcome"] for result in report["results"] if result["property"] == "half-steps"}
    assert outcomes == {"pass"}
    verdicts = {one["verdict"] for one in report["verdicts"] if one["property"] == "half-steps"}
    assert verdicts == {"holds"}


def test_the_number_of_libraries_in_the_picture():
    (said,) = map(int, re.findall(r"(\d+) libraries", README))
    assert said == len({one.package for one in load_default().implementations if one.package})


def test_the_encodings_and_claims_that_the_readme_names():
    listed = {
        kind: set(re.findall(r"`([a-z0-9-]+)`", names))
        for kind, names in re.findall(r"^- `([a-z-]+)`: (.*?)(?=^- |^$)", README, re.MULTILINE | re.DOTALL)
    }
    by_kind: dict[str, set[str]] = {}
    for encoding in ENCODINGS.values():
        by_kind.setdefault(encoding.acts_on, set()).add(encoding.name)
    assert listed == by_kind
    assert f"make {len(CLAIMS)} claims" in README


def test_every_convention_is_named_beside_its_encoding():
    listed = re.findall(r"\bof\s+`([a-z0-9-]+)`\s+((?:`[a-z0-9-]+`,?\s*)+)", README.split("`convention`:", 1)[1])
    named = {name: tuple(re.findall(r"`([a-z0-9-]+)`", several)) for name, several in listed}
    assert named == {name: tuple(each.conventions) for name, each in ENCODINGS.items() if each.conventions}


def test_what_papers_say_is_written_as_the_readme_shows_it():
    rows = re.findall(r"^\| .* \| `(.*)` \| `(\w+\.py)` \|$", README, re.MULTILINE)
    assert len(rows) >= 3
    for definition, name in rows:
        text = (HOUSE / "spec/encodings" / name).read_text()
        assert re.sub(r"\s", "", definition) in re.sub(r",(?=[)\]])", "", re.sub(r"\s", "", text)), name


def test_the_presets_that_the_readme_names():
    named = set(re.findall(r'preset="([^"]+)"', README)) | {"gemma-3-4b-local", "gemma-3-4b-global"}
    assert named <= set(PRESETS)
    assert "`gemma-3-4b-local` and `gemma-3-4b-global`" in README
