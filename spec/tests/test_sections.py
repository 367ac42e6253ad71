"""Sections that are put together with an encoding along a line: two to four axes, halved each by itself or together."""

import re

import pytest

from spec import STATEMENTS, claimed, verdict
from spec.proving.proofs import prove

WHOLE = {"axes_dim": (4, 8), "axes_halves": "whole-vector"}
SAID = ("text-degeneration", "isotropy", "grid-places", "symmetry", "norm")
"""Statements whose verdicts sections change, and some that hold with them."""


def test_sections_are_halved_each_by_itself_or_together():
    apart, together = claimed("rope", None, {"axes_dim": (4, 8)}), claimed("rope", None, WHOLE)
    assert apart.coordinates(12, {}, "half").tolist() == [[0, 2], [1, 3], [4, 8], [5, 9], [6, 10], [7, 11]]
    assert together.coordinates(12, {}, "half").tolist() == [[i, i + 6] for i in range(6)]
    assert together.coordinates(12, {}, "interleaved").tolist() == [[2 * i, 2 * i + 1] for i in range(6)]
    assert together.axes_of(12, {}).tolist() == apart.axes_of(12, {}).tolist() == [0, 0, 1, 1, 1, 1]


def test_four_axes_have_a_section_each():
    four = claimed("rope", None, {"axes_dim": (4, 2, 4, 2)})
    assert four.axes_of(12, {}).tolist() == [0, 0, 1, 2, 2, 3]
    assert four.grid.lay([5]) == [(5, 10, 15, 20)]


@pytest.mark.parametrize("parameters", [WHOLE, {"axes_dim": (4, 4, 4, 4)}, {"axes_dim": (4, 4, 2, 6)}])
def test_what_is_said_of_them_is_proved(parameters):
    encoding = claimed("rope", None, parameters)
    for name in SAID:
        assert prove(encoding, STATEMENTS[name], verdict(encoding, STATEMENTS[name])).settled


def test_axes_with_other_frequencies_are_told_apart():
    alike, unlike = (claimed("rope", None, {"axes_dim": widths}) for widths in ((4, 4, 4, 4), (4, 4, 2, 6)))
    statement = STATEMENTS["isotropy"]
    assert not prove(unlike, statement, verdict(alike, statement)).settled
    assert not prove(alike, statement, verdict(unlike, statement)).settled


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"axes_halves": "whole-vector"}, "axes_halves is 'whole-vector', which is said of the sections of axes_dim"),
        ({**WHOLE, "axes_halves": "both"}, "axes_halves is 'both'; expected 'sections' or 'whole-vector'"),
        ({"mrope_section": (2, 4), "axes_halves": "whole-vector"}, "axes_halves is 'whole-vector', which is said of"),
        (
            {"axes_dim": (2, 2, 2, 2, 2)},
            "axes_dim is (2, 2, 2, 2, 2); expected a positive integer for each of two to 4",
        ),
        ({"axes_dim": (12,)}, "axes_dim is (12,); expected a positive integer for each of two to 4 axes"),
    ],
)
def test_what_means_nothing_is_refused(given, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        claimed("rope", None, given)
