"""A plug-in gets what is registered while it is imported, by itself or by others, and nothing of the suite's own."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from impls.loading import load, load_all
from impls.marker import REGISTERED
from impls.registry import registered

HERE = Path(__file__).parents[2]
TURN = "def {}(x, positions):\n    return x\n\n"
HOUSE = """
from functools import partial
from impls import implements

def our_rope(**more):
    return implements("rope", form="fused", layout="half", **more)

def register_all(functions):
    for each in functions:
        our_rope()(each)

register = partial(implements, "rope", form="fused")
"""
FILES = {
    "house_helper.py": HOUSE,
    "helped.py": "from house_helper import our_rope, register\n\n@our_rope()\n"
    + TURN.format("first")
    + "@register(layout='half')\n"
    + TURN.format("second"),
    "ten.py": "from house_helper import register_all\n\n"
    "def made(number):\n    def rope(x, positions):\n        return x\n"
    "    rope.__name__ = f'rope_{number}'\n    return rope\n\n"
    "register_all(map(made, range(10)))\n",
    "house_kernels.py": "from house_helper import our_rope\n\n@our_rope()\n" + TURN.format("of_house"),
    "plug_a.py": "import house_kernels\nfrom house_helper import our_rope\n\n@our_rope()\n" + TURN.format("of_a"),
    "plug_b.py": "from house_kernels import of_house\n",
    "plug_c.py": "from plug_a import of_a\n",
    "reuses.py": "from house_helper import our_rope\nfrom impls.forms.rope import *\n"
    "import impls.forms.alibi as alibi\n\n"
    "@our_rope()\n" + TURN.format("mine"),
    "only_reuses.py": "import impls.forms.rope as rope\n",
    "later.py": "from impls import implements\n\ndef register():\n    implements('rope', form='fused')(turn)\n\n"
    + TURN.format("turn"),
    "fails.py": "from house_helper import our_rope\n\n@our_rope()\n" + TURN.format("half_way") + "raise OSError\n",
    "house/__init__.py": "from house import fast, slow\n",
    "house/fast.py": "from house_helper import our_rope\n\n@our_rope()\n" + TURN.format("fast"),
    "house/slow.py": "from house_helper import our_rope\n\n@our_rope()\n" + TURN.format("slow"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository of kernels with a helper of its own, from which nothing has been imported yet."""
    (tmp_path / "house").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    importlib.invalidate_caches()
    before = len(REGISTERED)
    yield tmp_path
    REGISTERED[before:] = [one for one in REGISTERED[before:] if one.modules[0].startswith("impls.")]
    for name in [
        name for name in sys.modules if name.partition(".")[0].startswith(("house", "helped", "plug_", "later"))
    ]:
        del sys.modules[name]


TEN = [f"rope-{number}" for number in range(10)]
COLLECTED = [
    (["helped.py"], ["first", "second"]),
    (["helped"], ["first", "second"]),
    (["helped.py::second"], ["second"]),
    (["ten.py"], TEN),
    (["ten.py", "helped.py"], [*TEN, "first", "second"]),
    (["helped.py", "helped.py::first"], ["first", "second"]),
    (["plug_a.py"], ["of-house", "of-a"]),
    (["plug_b.py"], ["of-house"]),
    (["plug_a.py", "plug_b.py"], ["of-house", "of-a"]),
    (["plug_a.py::of-a", "plug_b.py::of-house"], ["of-a", "of-house"]),
    (["house_kernels", "plug_a"], ["of-house", "of-a"]),
    (["plug_a.py", "plug_a"], ["of-house", "of-a"]),
    (["plug_a.py", "plug_c.py"], ["of-house", "of-a"]),
    (["plug_c.py", "plug_a.py"], ["of-house", "of-a"]),
    (["reuses.py"], ["mine"]),
    (["house"], ["fast", "slow"]),
    (["house.fast"], ["fast"]),
    (["house.slow", "house"], ["slow", "fast"]),
]


@pytest.mark.parametrize(("targets", "found"), COLLECTED, ids=[" ".join(targets) for targets, _ in COLLECTED])
def test_a_plugin_gets_what_is_registered_while_it_is_imported(folder, targets, found):
    loaded = load_all(targets)
    assert not loaded.problems
    assert [one.name for one in loaded.implementations] == found


def test_each_belongs_to_the_module_whose_body_was_running(folder):
    for one in load_all(["plug_a.py"]).implementations:
        assert one.module.startswith("house_kernels" if one.name == "of-house" else "plugin_plug_a_")
        assert one.target == "plug_a.py"


@pytest.mark.parametrize("target", ["only_reuses.py", "later.py", "house_helper"])
def test_what_belongs_to_others_or_comes_later_is_not_collected(folder, target):
    loaded = load(target)
    assert not loaded.implementations
    assert loaded.problems[0].message.startswith("it registers no function; decorate one with ")


def test_what_a_function_registers_later_belongs_to_the_module_that_registers_it(folder):
    later = importlib.import_module("later")
    later.register()
    assert [one.name for one in registered("later")] == ["turn"]
    assert [one.name for one in load("later").implementations] == ["turn"]


def test_an_import_that_failed_leaves_nothing_behind(folder):
    assert "importing it raised OSError" in load("fails.py").problems[0].message
    (folder / "fails.py").write_text(FILES["fails.py"].replace("raise OSError", ""))
    loaded = load_all(["fails.py"])
    assert [one.name for one in loaded.implementations] == ["half-way"]
    assert not loaded.problems


def test_the_forms_of_the_suite_are_their_own(folder):
    assert load("impls.forms.nope").implementations == registered("impls.forms.nope")


def test_a_script_may_register_through_a_helper(folder):
    script = (
        "from house_helper import our_rope, register_all\nfrom impls.registry import registered\n"
        "def one(x, positions): ...\ndef other(x, positions): ...\n"
        "our_rope()(one)\nregister_all([other])\n"
        "print([(each.name, each.target) for each in registered('__main__')] == "
        "[('one', __file__), ('other', __file__)])\n"
    )
    (folder / "script.py").write_text(script)
    done = subprocess.run(
        [sys.executable, "script.py"], capture_output=True, text=True, check=False, env={"PYTHONPATH": f"{HERE}"}
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
