"""What a user names is found; what is not there is told, and nothing else is lost."""

import importlib
import signal
import threading
import time
from typing import Any

import pytest

import impls.loading
from impls.importing import own_modules
from impls.loading import load, load_all, load_default
from impls.strangers import Left, Overdue, contained, told, within

HEAD = "from impls import implements\n\n"
ONE = HEAD + "@implements('rope', form='matrix')\ndef {}(x, positions):\n    return x\n"
TWO = (
    ONE.format("first")
    + "\n@implements('rope', form='matrix', name='other')\ndef second(x, positions):\n    return x\n"
)


def names(loaded):
    return [one.name for one in loaded.implementations]


def told_of(loaded):
    return [f"{problem.target}: {problem.message}" for problem in loaded.problems]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of files and packages, importable."""
    (tmp_path / "two.py").write_text(TWO)
    (tmp_path / "kernels_here").mkdir()
    (tmp_path / "kernels_here" / "__init__.py").write_text("")
    (tmp_path / "kernels_here" / "fast.py").write_text(ONE.format("fast_rope"))
    (tmp_path / "kernels_here" / "needy.py").write_text("import kernels_here.absent\n")
    (tmp_path / "kernels_here" / "broken.py").write_text("def\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    importlib.invalidate_caches()
    return tmp_path


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        (["two.py"], ["first", "other"]),
        (["./two.py::other"], ["other"]),
        (["two.py", "two.py"], ["first", "other"]),
        (["two.py::other", "two.py"], ["other", "first"]),
        (["kernels_here.fast"], ["fast-rope"]),
        (["kernels_here.fast::fast-rope", "two.py::first"], ["fast-rope", "first"]),
    ],
)
def test_what_is_named_is_found_once_and_nothing_else(folder, targets, found):
    loaded = load_all(targets)
    assert names(loaded) == found
    assert told_of(loaded) == []


def test_the_origin_is_what_was_given(folder):
    assert {one.target for one in load("two.py").implementations} == {"two.py"}
    assert {one.target for one in load(f"{folder}/two.py::first").implementations} == {f"{folder}/two.py"}
    assert load("kernels_here.fast").implementations[0].target == "kernels_here.fast"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("one.py", "one.py: there is no such file; give the path of a Python file"),
        (".", ".: there is no module '.'; give a file that ends in .py or an importable module"),
        ("", ": there is no module ''; give a file that ends in .py or an importable module"),
        ("two.py::third", "two.py::third: it registers no 'third'; it registers first, other"),
        (
            "kernels_there",
            "kernels_there: there is no module 'kernels_there'; give a file that ends in .py or an ",
        ),
        ("kernels_there.fast", "kernels_there.fast: there is no module 'kernels_there.fast'; give a file "),
        ("kernels_here.slow", "kernels_here.slow: there is no module 'kernels_here.slow'; give a file "),
        ("kernels_here", "kernels_here: it registers no function; decorate one with @implements("),
        (
            "kernels_here.needy",
            "it needs 'kernels_here.absent': there is a 'kernels_here', but without it; correct the import",
        ),
        ("kernels_here.broken", "broken.py: invalid syntax; correct it"),
    ],
)
def test_what_is_not_there_is_told_and_the_rest_is_loaded(folder, target, said):
    loaded = load_all(["two.py::first", target])
    assert names(loaded) == ["first"]
    (message,) = told_of(loaded)
    assert said in message


def test_a_file_that_failed_may_be_corrected_and_loaded(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("raise OSError('no')")
    assert told_of(load(str(path))) == [
        f"{path}: importing it raised OSError: no (line 1); it must import without an error"
    ]
    path.write_text(ONE.format("mine"))
    assert names(load(str(path))) == ["mine"]


def test_two_files_may_have_one_name_but_not_two_implementations(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "rope.py").write_text(ONE.format("mine"))
    (tmp_path / "b" / "rope.py").write_text(ONE.format("yours"))
    (tmp_path / "b" / "clash.py").write_text(ONE.format("mine"))
    files = [str(tmp_path / file) for file in ("a/rope.py", "b/rope.py", "b/clash.py")]
    loaded = load_all(files)
    assert names(loaded) == ["mine", "yours"]
    remedy = "give it another with implements(..., name=...)"
    assert told_of(loaded) == [f"{files[2]}::mine: the name 'mine' is taken by {files[0]}; {remedy}"]


@pytest.fixture
def announced(folder, monkeypatch):
    """An installed distribution that announces one module that is there, and one that is not."""
    place = folder / "announced-1.0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("Metadata-Version: 2.1\nName: announced\nVersion: 1.0\n")
    group = "[posenc.implementations]\nfast = kernels_here.fast\nlost = kernels_here.lost:rope\n"
    (place / "entry_points.txt").write_text(group)
    monkeypatch.setattr(impls.loading, "own_modules", lambda room, tables: [])


def test_installed_packages_announce_theirs(announced):
    loaded = load_default()
    assert names(loaded) == ["fast-rope"]
    (message,) = told_of(loaded)
    assert message.startswith("entry point lost = kernels_here.lost:rope: there is no module 'kernels_here.lost'; ")


def test_all_modules_of_the_suite_load():
    assert "impls.forms.rope" in own_modules("impls.forms", tables=False)
    light, whole = (own_modules("impls.zoo", tables=tables) for tables in (False, True))
    assert set(whole) - set(light) == {"impls.zoo.diffusers", "impls.zoo.transformers"}
    assert "impls.zoo.bare" in light


def test_an_adapter_that_cannot_be_imported_is_a_problem_of_its_own(monkeypatch):
    def wrong(name):
        if name == "impls.zoo.timm_rope":
            raise RuntimeError("moved")
        return importlib.import_module(name)

    monkeypatch.setattr(impls.loading, "import_module", wrong)
    loaded = load_default()
    (problem,) = loaded.problems
    assert problem.target == "impls.zoo.timm_rope"
    assert "importing it raised RuntimeError: moved" in problem.message
    assert len(loaded.implementations) > 300


def test_a_survey_has_one_published_implementation_of_each_package():
    packages = [one.package for one in load_default().implementations if one.module.startswith("impls.zoo.")]
    assert len(packages) == len(set(packages)) > 10


def test_a_room_of_the_suite_is_all_its_modules(monkeypatch):
    monkeypatch.setattr(impls.loading, "own_modules", lambda room, tables: ["impls.forms.rope", "impls.forms.nope"])
    assert {one.module for one in load_all(["impls.forms"]).implementations} == {"impls.forms.rope", "impls.forms.nope"}


def test_an_interrupt_ends_the_run(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load(str(path))


# Calls of strangers


def stubborn():
    while True:
        try:
            time.sleep(1)
        except Exception:
            continue


def test_a_call_that_takes_too_long_is_given_up_even_where_it_catches_errors():
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(Overdue), within(0.05):
        stubborn()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_without_signals_there_is_no_limit():
    done = []

    def call():
        with within(0.01):
            time.sleep(0.05)
            done.append(True)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert done == [True]


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (SystemExit(3), Left),
        (GeneratorExit(), Left),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (Overdue(), Overdue),
    ],
)
def test_only_an_interrupt_leaves_a_call(raised, seen):
    with pytest.raises(seen), contained():
        raise raised


def test_an_error_is_told_in_one_line_with_the_line_of_its_file(tmp_path):
    path = tmp_path / "deep.py"
    path.write_text("def fail(depth):\n    import json\n    return fail(depth - 1) if depth else json.loads('x')\n")
    names_here: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names_here)
    with pytest.raises(ValueError, match="Expecting value") as error:
        names_here["fail"](2)
    assert told(error.value, str(path)) == "JSONDecodeError: Expecting value: line 1 column 1 (char 0) (line 3)"
    assert told(error.value, None).endswith("(char 0)")
    assert told(ValueError("long " * 100 + "\nand more"), None).endswith(" ...")
    assert told(ValueError(), None) == "ValueError"


def test_an_error_whose_text_raises_is_told_all_the_same():
    class Bad(Exception):
        def __str__(self):
            raise ValueError("no text")

    assert told(Bad(), None) == "Bad: an error whose text cannot be read"


def test_an_error_that_comes_of_the_end_of_the_time_is_the_end_of_the_time():
    def interrupted():
        try:
            while True:
                pass
        finally:
            [].pop()

    with pytest.raises(Overdue), within(0.02):
        interrupted()
    with pytest.raises(IndexError), within(5):
        [].pop()
