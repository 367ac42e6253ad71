"""What is recovered from calls: the largest error at a position, whether it is allowed, and a base if there is one."""

import math
from dataclasses import replace

import pytest
import torch

from properties.measures.fingerprint import accuracy, fingerprint, usable
from properties.tests.miniatures import miniature

FAR = 65536


def turned(x, positions, frequencies, planted=()):
    """In halves, worked out in float64; from FAR on, each of the `planted` errors is added to the first of a pair."""
    angles = positions.double()[:, None] * frequencies
    a, b = x.double().chunk(2, -1)
    first, second = a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()
    for pair, error in planted:
        first[..., pair] += error * (positions >= FAR)
    return torch.cat([first, second], -1).to(x.dtype)


def ladder(dim, base):
    return base ** -(torch.arange(0, dim, 2).double() / dim)


def rope(*planted):
    def function(x, positions, *, base=10000.0):
        return turned(x, positions, ladder(x.shape[-1], base), planted)

    return miniature(function, layout="half")


@pytest.mark.parametrize(
    ("planted", "largest", "allowed"),
    [
        ([(1, 1e-3)], 1e-3, True),
        ([(1, 1e-3), (7, 1e-4)], 1e-3, False),
    ],
    ids=["within its bound", "a smaller one is over its own"],
)
def test_the_largest_error_is_told_and_every_pair_is_held_to_its_own(planted, largest, allowed):
    one = rope(*planted)
    samples = {sample.position: sample for sample in accuracy(one, "float32")}
    assert samples[FAR].error == pytest.approx(largest / math.sqrt(2), rel=0.05)
    assert samples[FAR].error < samples[FAR].bound
    assert samples[FAR].allowed is allowed
    reached = usable(list(samples.values()), one) or {}
    assert (reached["limited_by"] == "accuracy") is not allowed


def test_what_is_compared_by_scores_has_no_errors_of_its_own():
    exact = rope()
    assert accuracy(exact, "float32")
    assert accuracy(replace(exact, compare="score"), "float32") == []


def test_frequencies_that_are_no_powers_have_no_base():
    def bent(x, positions, *, base=10000.0):
        frequencies = ladder(x.shape[-1], base)
        return turned(x, positions, torch.where(torch.arange(len(frequencies)) < 4, frequencies, frequencies / 8))

    assert fingerprint(rope(), ["float32"]).base == pytest.approx(10000, rel=1e-3)
    assert fingerprint(miniature(bent, layout="half"), ["float32"]).base is None
