"""The digest tells suites apart that may judge differently, and only those; what is told of a verdict can be read."""

import math
import shutil
from pathlib import Path

import pytest

from impls.advisories import ADVISORIES
from impls.advisories.replay import Replay
from reports.document import DECIDING, HOUSE, _verdict, digest
from reports.libraries import as_seen, known_of_libraries
from reports.schema import validate
from reports.tests import sample
from spec import ENCODINGS, STATEMENTS

ROOMS = ("spec", "impls", "properties")
DATA = sorted(path.relative_to(HOUSE) for room in ROOMS for path in (HOUSE / room).rglob("*.toml"))
CODE = [Path(room, "__init__.py") for room in ROOMS]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the suite, in which files may be changed."""
    copy = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(HOUSE / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_where_the_suite_stands_does_not_matter(house: Path) -> None:
    assert digest(house) == digest()


@pytest.mark.parametrize("name", [*DATA, *CODE], ids=str)
def test_another_known_failure_or_catch_or_line_of_code_is_another_suite(house: Path, name: Path) -> None:
    before, text = digest(house), (house / name).read_text()
    (house / name).write_text(text + "\n# changed\n")
    assert digest(house) != before
    (house / name).write_text(text)
    assert digest(house) == before


def test_the_tests_of_the_suite_are_no_part_of_it(house: Path) -> None:
    before = digest(house)
    (house / "properties" / "tests" / "more.py").write_text("")
    assert digest(house) == before


def test_nothing_that_may_decide_is_left_out() -> None:
    files = (path for room in ROOMS for path in (HOUSE / room).rglob("*") if path.is_file())
    other = [path for path in files if path.suffix not in DECIDING and path.suffix != ".pyc" and path.name[0] != "."]
    assert [path for path in other if "tests" not in path.relative_to(HOUSE).parts] == []
    assert {path.name for path in DATA} >= {"catches.toml", "torchscale.toml"}


def test_an_equation_that_nobody_could_read_is_left_out() -> None:
    statement = STATEMENTS["translation-invariance"]
    told = {name: _verdict(ENCODINGS[name], statement)["mathml"] for name in ("xpos", "learned-interpolated")}
    assert told["learned-interpolated"] is None
    assert len(told["xpos"]) < 30_000


@pytest.mark.parametrize("measured", [math.inf, math.nan])
def test_what_a_program_measured_without_an_end_is_told_in_words(measured: float) -> None:
    name = next(iter(ADVISORIES))
    shown = Replay(id=name, version="1.0", state="still-there", measured=measured, allowed=1e-7)
    told = {each["id"]: each for each in known_of_libraries([shown])}[name]
    assert (told["measured"], told["allowed"], told["message"]) == (None, 1e-7, f"it measured {measured}")
    validate(sample.document() | {"advisories": [told]})


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["expected-fail", "unexpected-pass"], "still-there"),
        (["unexpected-pass"], "fixed"),
        (["pass"], None),
        ([], None),
    ],
)
def test_a_library_whose_program_was_not_run_stands_as_its_cells_do(outcomes: list[str], state: str | None) -> None:
    advisory = next(each for each in known_of_libraries([]) if each["implementations"])
    name, prop = advisory["implementations"][0], advisory["properties"][0]
    cell = {"implementation": name, "property": prop, "error": 0.5, "bound": 1e-7}
    document = {
        "implementations": [{"name": name, "version": "2.0"}],
        "results": [cell | {"outcome": outcome} for outcome in outcomes],
        "advisories": [advisory],
    }
    (told,) = as_seen(document)
    numbers = (told.get("version"), told.get("measured"), told.get("allowed"))
    assert (told.get("state"), numbers) == (state, ("2.0", 0.5, 1e-7) if state else (None, None, None))


def test_what_a_program_showed_stands_whatever_the_cells_say() -> None:
    name = next(each.id for each in ADVISORIES.values() if each.expected)
    shown = Replay(id=name, version="1.0", state="changed", message="gone")
    advisory = next(each for each in known_of_libraries([shown]) if each["id"] == name)
    one = advisory["implementations"][0]
    cell = {"implementation": one, "property": advisory["properties"][0], "outcome": "expected-fail"}
    document = {"implementations": [{"name": one, "version": "2.0"}], "results": [cell], "advisories": [advisory]}
    assert as_seen(document)[0]["state"] == "changed"
