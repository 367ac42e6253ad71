"""A process that holds a plug-in: what crosses, what is refused, and how it is told that it was lost."""

import gc
import pickle
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from impls.door.crossing import Instance, Numbers, Request
from impls.door.far import Far, GivenUp, Lost
from impls.door.fence import can_fence
from impls.door.limits import Limits
from impls.door.misbehaviour import Malformed, Raised
from impls.door.wire import MANY, Garbled, packed, sent, unpacked
from impls.loading import load, load_apart
from spec import ENCODINGS

HEAD = "import os, sys, time\nimport torch\nfrom impls import implements\n"
X = np.arange(24.0).reshape(1, 2, 3, 4)


def declared(body: str, signature: str = "x, positions, *, base=10000.0", more: str = "") -> str:
    mark = f'@implements("rope", form="plain", layout="half", name="mine"{more})'
    return f"{HEAD}{mark}\ndef mine({signature}):\n    {body}\n"


@pytest.fixture
def far(tmp_path):
    def made(source: str, limits: Limits | None = None) -> Far:
        path = tmp_path / "mine.py"
        path.write_text(source, encoding="utf-8")
        loaded = load_apart(str(path), limits or Limits())
        assert not loaded.problems
        function: object = loaded.implementations[0].function
        assert isinstance(function, Far)
        return function

    return made


def request(**words):
    given = (Numbers(X, "float32"), Numbers(np.arange(3.0), "int64", places=True))
    return Request(instance=Instance(4, (("base", 5.0),)), given=given, **words)


# What crosses


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -1.5, float("inf"), "text", (1, (2, [3, "x"])), {"a": (1, None)}, [], {}],
)
def test_plain_values_cross_as_they_are(value):
    assert unpacked(packed(value)) == value


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "uint8", "bool", "complex128"])
def test_arrays_cross_bit_for_bit(dtype):
    array = np.arange(6).reshape(3, 2).astype(dtype)[:, ::-1]
    found = unpacked(packed({"one": array, "two": (array,)}))
    assert found["one"].dtype == array.dtype
    assert np.array_equal(found["one"], array)
    assert np.array_equal(found["two"][0], array)


@pytest.mark.parametrize("held", ["float32", "float64"])
def test_many_numbers_that_float32_holds_cross_as_such(held):
    array = np.random.default_rng(0).standard_normal((3, 2 * MANY))[:, ::2].astype(held).astype(np.float64)
    array[0, 0] = -0.0
    reply, message = packed(array), sent((array, "text"))
    for found in (unpacked(reply), pickle.loads(message)[0]):
        assert (found.dtype, found.tobytes(), found.flags.writeable) == (array.dtype, array.tobytes(), True)
    for size in map(len, (reply, message)):
        assert 0 <= size - array.size * np.dtype(held).itemsize < 500


def test_an_object_crosses_as_a_word_and_never_as_itself():
    assert unpacked(packed([Limits()])) == ["an object of the class Limits"]
    assert unpacked(packed(np.array([None]))) == "an object of the class ndarray"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{",
        b'{"what": 1}',
        b"[" * 100_000,
        b'{"array": "<f8", "shape": [2]}\n123',
        b'{"array": "<f8", "shape": [-2]}\n' + b"1" * 16,
        b'{"array": "<f8", "shape": [1]}\n' + b"1" * 16,
        b'{"array": "|O", "shape": []}\n',
        b'{"array": "<f8", "shape": [2], "more": 3}\n' + b"1" * 16,
        b'{"narrow": [2]}\n' + b"1" * 16,
    ],
)
def test_what_is_no_value_is_garbled(message):
    with pytest.raises(Garbled):
        unpacked(message)


# What is asked


def test_it_answers_as_it_would_in_this_process(far, tmp_path):
    source = declared("return (x * base + positions[:, None]).to(x.dtype)")
    there, here = far(source).near(), load(str(tmp_path / "mine.py")).implementations[0].function
    answer = there.ask(request(watched=True, times=3))
    assert answer.values.tolist() == (X * 5 + np.arange(3.0)[:, None]).tolist()
    assert (answer.dtype, answer.differing) == ("float32", ())
    assert np.array_equal(answer.afterwards[0], X)
    assert callable(here)


def test_signatures_defaults_and_annotations_are_told(far):
    function = far(declared("return x", "x: torch.Tensor, positions, *, base: float = 1e4, more=(1, 2)"))
    assert str(function.__signature__) == "(x: torch.Tensor, positions, *, base: float = 10000.0, more=(1, 2))"
    assert function.near().takes(Instance(4), "base")
    assert not function.near().takes(Instance(4), "role")
    with pytest.raises(TypeError, match="a process of its own"):
        function(X)


def test_errors_are_told_with_their_line(far):
    with pytest.raises(Raised) as told:
        far(declared("raise ValueError('odd')")).near().ask(request())
    assert (told.value.kind, told.value.said, told.value.line) == ("ValueError", "odd", "ValueError: odd (line 6)")
    with pytest.raises(Malformed, match="returned int; expected a tensor"):
        far(declared("return 3")).near().ask(request())


def test_what_a_factory_builds_is_kept_for_one_door_and_forgotten_with_it(far):
    body = "made = [0]\n    def f(x, positions):\n        made[0] += 1\n        return x * 0 + made[0]\n    return f"
    function = far(declared(body, "dim, *, base=10000.0", ", factory=True"))
    first, other = function.near(), function.near()
    assert [door.ask(request()).values.max() for door in (first, first, other)] == [1, 2, 1]
    del other
    gc.collect()
    assert len(function.process.gone) == 1
    first.ask(request())
    assert function.process.gone == []


# How it is lost


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("os._exit(3)", "the code ended its process with the exit status 3"),
        ("os.abort()", "the code ended its process by the signal SIGABRT"),
        ("os.closerange(3, 99); return x", "the code ended its process with the exit status 1"),
        ("os.closerange(3, 99); time.sleep(60)", "the code closed the connection of its process"),
    ],
)
def test_a_lost_process_is_told_made_anew_and_given_up_after_the_second_time(far, body, how):
    function = far(declared(f"if os.path.exists(__file__ + '.go'): {body}\n    return x"))
    door = function.near()
    assert door.ask(request()).values.tolist() == X.tolist()
    with open(function.file + ".go", "w"):
        pass
    for _ in range(2):
        with pytest.raises(Lost, match=f"^{how}$"):
            door.ask(request())
    with pytest.raises(GivenUp, match=f"given up: its process was lost 2 times, the last time because {how}"):
        door.ask(request())


def test_a_loss_that_is_forgiven_does_not_count(far):
    function = far(declared("os._exit(0)"))
    for _ in range(3):
        with pytest.raises(Lost), function.process.forgiven():
            function.near().ask(request())
    with pytest.raises(Lost, match="exit status 0"):
        function.near().ask(request())


def test_the_time_of_all_calls_together_is_limited(far):
    function = far(declared("time.sleep(0.7); return x"), Limits(seconds=1.0))
    function.near().ask(request())
    with suppress(Lost):
        function.near().ask(request())
    with pytest.raises(GivenUp, match="given up: its calls have taken more than 1 s together"):
        function.near().ask(request())


def test_what_it_prints_is_cut(far, capfd):
    far(declared("print('x' * 100_000); return x"), Limits(output=1)).near().ask(request())
    for _ in range(100):
        if "left out" in (said := capfd.readouterr().err):
            break
    assert said.count("x") <= 1024 + 20
    assert "prints more than 1 kB: the rest is left out" in said


def test_memory_is_limited(far):
    with pytest.raises(Raised, match="memory"):
        far(declared("return torch.ones(2**40)"), Limits(memory=8)).near().ask(request())


@pytest.mark.parametrize("what", ["impls.forms.rope", "impls.faults", "properties", "spec", "reports.document"])
def test_what_knows_the_truth_cannot_be_imported(far, what):
    with pytest.raises(Raised, match=f"{what.partition('.')[0]}.* is not there for what is checked"):
        far(declared(f"import {what}; return x")).near().ask(request())


def test_changes_of_settings_are_told_those_of_the_import_too(far):
    function = far(declared("torch.set_grad_enabled(False); return x") + "torch.set_default_dtype(torch.float64)\n")
    assert function.near().changes(request())[:2] == [
        "the default dtype: torch.float64 instead of torch.float32",
        "whether gradients are computed: False instead of True",
    ]


@pytest.mark.skipif(not can_fence(), reason="Landlock has no scopes for signals here")
@pytest.mark.parametrize("whom", ["os.getppid()", "int(open(f'/proc/{os.getppid()}/stat').read().split()[3])"])
def test_it_can_signal_nobody_but_what_it_has_started(far, whom):
    reaching = far(declared(f"os.kill({whom}, 0); return x")).near()
    with pytest.raises(Raised, match="PermissionError"):
        reaching.ask(request())


def test_it_can_signal_what_it_has_started(far):
    child = "child = os.fork()\n    if not child: time.sleep(99)\n    os.kill(child, 9); os.waitpid(child, 0)"
    assert far(declared(f"{child}\n    return x")).near().ask(request()).values.tolist() == X.tolist()


def test_one_process_at_a_time_is_on_a_device(far):
    on_a_device = Limits(device="cpu:0")
    one, other = (far(declared("return x + 0"), on_a_device) for _ in range(2))
    for asked, idle in ((one, other), (other, one), (one, other)):
        asked.near().ask(request())
        assert asked.process.held
        assert not idle.process.held


def test_of_many_targets_those_that_were_asked_last_have_a_process(tmp_path, monkeypatch):
    monkeypatch.setattr("impls.door.far.AT_ONCE", 2)
    sources = [tmp_path / f"{name}.py" for name in "abc"]
    for source in sources:
        source.write_text(declared("return x"), encoding="utf-8")
    found: list[Any] = [load_apart(str(source), Limits()).implementations[0] for source in sources]
    first, *_, last = held = [one.function for one in found]
    assert [bool(each.process.held) for each in held] == [False, True, True]
    first.near().ask(request())
    assert [bool(each.process.held) for each in held] == [True, False, True]
    last.near().ask(request())
    assert not any(account.lost for each in held for account in each.process.accounts.values())


def test_code_of_an_encoding_whose_file_cannot_be_used_is_a_problem_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setitem(vars(ENCODINGS)["files"], "broken", "broken")
    path = tmp_path / "mine.py"
    path.write_text(declared("return x").replace('"rope"', '"broken"'), encoding="utf-8")
    [problem] = load_apart(str(path), Limits()).problems
    assert problem.message == (
        "spec/encodings/broken.py raises ModuleNotFoundError: No module named 'spec.encodings.broken'"
    )
