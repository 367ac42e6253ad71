"""What is written down as proved is what `test_proofs` proves: every encoding, as its file is now."""

import tomllib
from dataclasses import replace

from spec import ENCODINGS, Fails, record
from spec.definitions import witness


def test_every_encoding_is_recorded_as_it_is():
    """After a change, prove: `python -m spec record > spec/proved.toml`."""
    assert tomllib.loads(record.RECORD.read_text()) == {name: record.digest(name) for name in ENCODINGS}


def test_what_is_recorded_is_not_proved_again(monkeypatch):
    monkeypatch.setattr(record, "unsettled", lambda encoding: iter(["never asked"]))
    assert record.unproved("rope", None) == []


def test_what_is_not_recorded_is_proved_and_told(monkeypatch):
    wrong = Fails(because="it is said", witness=witness(q=(1, 0), k=(1, 0), m=0, n=0, c=1))
    rope = ENCODINGS["nope"]
    told = {**rope.verdicts, "relative-position-invariance": wrong}
    monkeypatch.setattr(record, "ENCODINGS", {"nope": replace(rope, verdicts=told)})
    monkeypatch.setattr(record, "_recorded", dict)
    assert record.unproved("nope", None) == ["relative-position-invariance"]
