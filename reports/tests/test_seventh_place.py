"""A seventh place where an encoding acts is one new file in each room: here the values that are read.

The files are those under `seventh`; what they need of the existing ones is asserted, and that it is no more.
"""

import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from reports.schema import load
from reports.tests.test_readme import house

SEVENTH = Path(__file__).parent / "seventh"
NEW = sorted(path.relative_to(SEVENTH) for path in SEVENTH.rglob("*.py"))
CHANGED = {
    "spec/definitions/kinds.py": (
        (
            "from spec.definitions.table import Table\n",
            "from spec.definitions.reading import Reading\nfrom spec.definitions.table import Table\n",
        ),
        ("Factor, Assignment)", "Factor, Assignment, Reading)"),
    ),
    "spec/definitions/words.py": (('"weights", "positions"]', '"weights", "positions", "values"]'),),
}
__all__ = ["house"]


@pytest.fixture
def seventh(house: Path) -> Path:
    """A copy of the suite with another place."""
    for path in NEW:
        assert not (house / path).exists()
        shutil.copy(SEVENTH / path, house / path)
    for name, changes in CHANGED.items():
        text = (house / name).read_text()
        for old, new in changes:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (house / name).write_text(text)
    return house


def _ran(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=house, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_seventh_place_is_five_new_files_and_two_changed_ones(seventh: Path):
    assert [str(path) for path in NEW] == [
        "impls/faults/odd_values.py",
        "impls/forms/odd_values.py",
        "properties/subjects/reading.py",
        "spec/definitions/reading.py",
        "spec/encodings/odd_values.py",
    ]
    assert len(CHANGED) == 2
    proved = _ran(seventh, "spec", "prove", "odd-values")
    assert proved.returncode == 0, proved.stdout + proved.stderr
    both = ("--impl", "impls.forms.odd_values", "--impl", "impls.faults.odd_values")
    checked = _ran(seventh, "reports", *both, "--no-costs", "--output", "out")
    assert checked.returncode == 1, checked.stdout + checked.stderr
    report = load(seventh / "out" / "report.json.gz")
    faulty = {one["name"] for one in report["implementations"] if one["form"] == "faulty"}
    found: dict[bool, dict[str, set[str]]] = {True: defaultdict(set), False: defaultdict(set)}
    for result in report["results"]:
        found[result["implementation"] in faulty][result["outcome"]].add(result["property"])
    assert found[False].keys() == {"pass", "not-applicable", "not-run"}
    assert {"exact-values", "length-independence", "shape-kept", "constant-input-probe"} <= found[False]["pass"]
    assert "exact-values" in found[True]["fail"]
