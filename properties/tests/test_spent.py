"""Where the time of a run went."""

import dataclasses

from properties.runs.spent import budget, spent
from properties.tests.test_messages import PLAIN


def result(prop, seconds):
    return dataclasses.replace(PLAIN, property=prop, seconds=seconds)


def test_seconds_are_those_of_each_section():
    results = [result("exact-values", 1.0), result("real-sizes", 0.5), result("gradient", 2.0), result("plug-in", 9.0)]
    found = spent(results)
    assert found == {"values": 1.5, "algebra": 2.0}
    assert type(found) is dict, "pytest-xdist hands nothing else on"


def test_the_longest_section_comes_first():
    assert budget([{"values": 1.5}, {"state": 2.0}, {"values": 1.0}]) == "judged in 4.5 s: values 2.5, state 2.0"


def test_nothing_is_told_of_nothing():
    assert budget([]) == ""
