"""The tests of `pytest properties --benchmark-only`: what cannot be measured is told in a line."""

import time
from dataclasses import replace

import pytest

import properties.measures.costs
from properties import test_costs
from properties.measures.costs import SETTINGS
from properties.tests.miniatures import miniature


class Benchmark:
    """What pytest-benchmark hands to a test, which makes a single round."""

    def __init__(self):
        self.extra_info = {}

    def pedantic(self, call, setup, rounds):
        setup()
        call()


def measured(one, setting):
    """What is told of a call."""
    told = []
    test_costs.test_cost(one, setting, Benchmark(), lambda name, value: told.append(value))
    return told


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch):
    monkeypatch.setattr(test_costs, "KNOWN", {})


def _raises(x, positions, *, base=10000.0):
    raise RuntimeError("not on this machine")


def _hangs(x, positions, *, base=10000.0):
    time.sleep(60)


@pytest.mark.parametrize(
    ("code", "why"),
    [(_raises, "raised RuntimeError: not on this machine"), (_hangs, "did not come back within 0.2 s")],
)
def test_code_that_cannot_be_measured_is_told_in_a_line(code, why, monkeypatch):
    monkeypatch.setattr(test_costs, "IMPLEMENTATION_SECONDS", 0.2)
    with pytest.raises(pytest.fail.Exception, match=f"^no cost, for it {why}") as failed:
        measured(miniature(code), SETTINGS[0])
    assert not failed.value.pytrace


def test_what_is_likely_to_be_too_large_is_left_out_and_its_neighbours_are_not(monkeypatch):
    one = miniature(lambda x, positions, *, base=10000.0: x.clone())
    short, longer = (replace(SETTINGS[0], tokens=tokens) for tokens in (64, 256))
    monkeypatch.setattr(properties.measures.costs, "CALL_BYTES", 8 * 128 * 128 * 4)
    assert [each["shape"] for each in measured(one, short)] == [(1, 8, 64, 128)]
    with pytest.raises(pytest.skip.Exception, match=r"^is likely to take more than 0.25 s, or 2 GiB$"):
        measured(one, longer)
    monkeypatch.setattr(properties.measures.costs, "CALL_BYTES", 2**31)
    assert [each["shape"] for each in measured(one, longer)] == [(1, 8, 256, 128)]
