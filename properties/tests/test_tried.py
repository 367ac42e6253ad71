"""The values with which parameters are tried: together with all others, and where no rounding decides."""

from fractions import Fraction
from itertools import combinations
from math import floor

import numpy as np
import pytest

from properties.cases import families, segments
from spec import ENCODINGS
from spec.definitions import Assignment, Encoding
from spec.encodings.qwen2_5_vl import meant

SEVERAL = {
    f"{encoding.name} {convention or ''}".strip(): encoding.under(convention)
    for encoding in ENCODINGS.values()
    for convention in (None, *encoding.conventions)
    if len(encoding.under(convention).parameters) > 1
}
FRAMES = range(1, 1 + max(t for each in segments.SEQUENCES for kind, t, *_ in each if kind == "video"))


def together(encoding: Encoding) -> set[frozenset[str]]:
    """The pairs of parameters that some case sets away from their defaults, both at once."""
    asked = segments if isinstance(encoding.definition, Assignment) else families
    found = set()
    for case in asked.configured.cover(encoding, 0):
        defaults = encoding.configured(case.dim, {})
        away = [name for name, value in case.parameters if value != defaults.get(name, value)]
        found |= {frozenset(pair) for pair in combinations(away, 2)}
    return found


@pytest.mark.parametrize("name", SEVERAL)
def test_every_two_parameters_leave_their_defaults_together(name):
    """Code that ignores one wherever another is set is right as long as no more than one of them is."""
    encoding = SEVERAL[name]
    assert {frozenset(pair) for pair in combinations(encoding.parameters, 2)} - together(encoding) == set()


@pytest.mark.parametrize("rate", [2, *segments.CONFIGURED["tokens_per_second"]])
@pytest.mark.parametrize("seconds", segments.CONFIGURED["second_per_grid_ts"])
def test_no_order_of_products_brings_a_frame_to_another_place(seconds, rate):
    for second in seconds:
        for frame in FRAMES:
            products = []
            for real in (np.float64, np.float32):
                t, r, s = real(frame), real(rate), real(second)
                products += [t * r * s, t * (r * s), t * s * r]
            assert set(map(floor, products)) == {floor(frame * Fraction(rate) * meant(second))}, (second, frame)
