"""`python -m spec prove`: what is not settled is told with what was computed, what is provable, and what is missing."""

from dataclasses import replace

import pytest

import spec.__main__ as command
from spec import ENCODINGS, STATEMENTS, Bounded, Encoding, Fails, Holds
from spec.definitions.verdict import witness
from spec.proving.suggestions import letters, provable, settled

ROPE = ENCODINGS["rope"]


@pytest.fixture
def told(monkeypatch, capsys):
    """The exit status and the lines of a command on an encoding that is put among the others."""

    def run(encoding: Encoding) -> tuple[int, list[str]]:
        monkeypatch.setattr(command, "ENCODINGS", {**ENCODINGS, encoding.name: encoding})
        status = command.main(["prove", encoding.name])
        return status, capsys.readouterr().out.splitlines()

    return run


def without(encoding: Encoding, *names: str, **verdicts) -> Encoding:
    kept = {name: each for name, each in encoding.verdicts.items() if name not in names}
    return replace(encoding, name="new", verdicts={**kept, **{k.replace("_", "-"): v for k, v in verdicts.items()}})


def test_an_encoding_that_is_proved(told):
    status, lines = told(ROPE)
    assert status == 0
    assert len(lines) == 1
    assert lines[0].startswith(f"rope: {len(STATEMENTS)} of {len(STATEMENTS)} cells are settled, in ")


def test_every_convention_is_proved_as_well(told):
    status, lines = told(ENCODINGS["sinusoidal"])
    assert status == 0
    assert [line.partition(":")[0] for line in lines] == [
        "sinusoidal",
        "sinusoidal, tensor2tensor",
        "sinusoidal, cosines-first",
    ]


def test_missing_verdicts_are_told_with_a_line_to_paste(told):
    status, lines = told(without(ROPE, *ROPE.verdicts))
    assert status == 1
    assert lines[1:] == [
        "  symmetry: the table says holds, which is not proved",
        "    the residual is " + lines[2].removeprefix("    the residual is "),
        "    provable is that it fails; write into verdicts:",
        '        "symmetry": Fails(because="...", witness=witness(q=(1, 0), k=(0, 1), m=0, n=1)),',
        "  remote-decay: the table says holds, which is not proved",
        "    over its range it is true",
        "    provable is that it is bounded; write into verdicts:",
        '        "remote-decay": Bounded(form="..."),',
        "  monotone-decay: the table says holds, which is not proved",
        "    over its range it is false",
        "    provable is that it fails; write into verdicts:",
        '        "monotone-decay": Fails(because="...", witness=witness(kernel=8, k=3)),',
    ]
    assert "sin(" in lines[2]


def test_a_witness_that_lacks_a_letter_is_told_in_a_sentence(told):
    status, lines = told(without(ROPE, symmetry=Fails(because="a slip", witness=witness(q=(1, 0), m=0, n=1))))
    assert status == 1
    assert lines[1:3] == [
        "  symmetry: the table says fails, which is not proved",
        "    its witness gives k no value; it needs q, k, m, n",
    ]


def test_a_witness_without_what_a_computation_looks_at_is_no_traceback(told):
    status, lines = told(without(ROPE, monotone_decay=Fails(because="a slip", witness=witness(m=0))))
    assert status == 1
    assert lines[2] == "    it cannot be evaluated: KeyError: 'kernel'"


def test_a_witness_that_shows_nothing_is_told_with_its_residual(told):
    status, lines = told(without(ROPE, symmetry=Fails(because="a slip", witness=witness(q=(1, 0), k=(1, 0), m=0, n=1))))
    assert status == 1
    assert lines[2] == "    at its witness the residual is 0"


def test_a_verdict_on_what_holds_is_told_to_go(told):
    _, lines = told(without(ROPE, norm=Fails(because="a slip", witness=witness(x=(1, 0), m=3))))
    assert lines[3:5] == [
        "    provable is that it holds; write into verdicts:",
        "        nothing: norm holds",
    ]


def test_assignments_are_tried_on_small_sequences(told):
    hilbert = ENCODINGS["hilbert"]
    status, lines = told(without(hilbert, "size-independence"))
    assert status == 1
    assert lines[-1].startswith('        "size-independence": Fails(because="...", witness=witness(segments=((')


@pytest.mark.parametrize("name", ["rope", "sinusoidal", "alibi", "nope", "integer"])
def test_the_suggestions_agree_with_the_table(name):
    encoding = ENCODINGS[name]
    for statement in (STATEMENTS[each] for each in encoding.verdicts):
        found = provable(encoding, statement)
        assert found is not None, statement.id
        assert type(found) is type(encoding.verdicts[statement.id])


def test_what_a_witness_needs():
    assert letters(STATEMENTS["symmetry"]) == ("q", "k", "m", "n")
    assert letters(STATEMENTS["equal-gaps"]) == ("segments",)
    assert settled(ROPE, STATEMENTS["norm"], Holds())
    assert not settled(ROPE, STATEMENTS["norm"], Bounded("no"))


def test_an_unknown_name_and_a_wrong_call(capsys):
    assert command.main(["prove", "roep"]) == 4
    assert capsys.readouterr().err.startswith("unknown encoding 'roep'; did you mean rope")
    for wrong in ([], ["check", "rope"], ["record", "rope"]):
        assert command.main(wrong) == 4
        assert capsys.readouterr().err == f"{command.USAGE}\n"
