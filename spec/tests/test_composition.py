"""What is declared beside an encoding's own parameters: which coordinates turn, how fast, and along which axis."""

import re
from typing import Any

import pytest

from spec import ENCODINGS
from spec.definitions.composition import composed
from spec.numbers.exact import frequencies

ROPE = ENCODINGS["rope"]
TRAILING = composed(ROPE, {"rotary_dim": 8, "rotary_slice": "trailing"})
LEADING = composed(ROPE, {"rotary_dim": 8, "rotary_slice": "leading"})
SECTIONS = composed(ROPE, {"axes_dim": (4, 6)})
DEALT = composed(ROPE, {"mrope_section": (2, 3)})


def pairs(encoding: Any, dim: int, layout: str) -> Any:
    """The coordinates of every pair."""
    found: list[list[int]] = encoding.coordinates(dim, encoding.configured(dim, {}), layout).tolist()
    return found


@pytest.mark.parametrize(
    ("encoding", "layout", "expected"),
    [
        (LEADING, "interleaved", [[0, 1], [2, 3], [4, 5], [6, 7]]),
        (LEADING, "half", [[0, 4], [1, 5], [2, 6], [3, 7]]),
        (TRAILING, "interleaved", [[12, 13], [14, 15], [16, 17], [18, 19]]),
        (TRAILING, "half", [[12, 16], [13, 17], [14, 18], [15, 19]]),
        (SECTIONS, "half", [[0, 2], [1, 3], [4, 7], [5, 8], [6, 9]]),
        (DEALT, "half", [[0, 5], [1, 6], [2, 7], [3, 8], [4, 9]]),
        (ENCODINGS["rope-proportional"], "half", [[0, 10], [1, 11]]),
        (ENCODINGS["rope-proportional"], "interleaved", [[0, 1], [2, 3]]),
    ],
)
def test_which_coordinates_form_a_pair(encoding: Any, layout: str, expected: list[list[int]]):
    assert pairs(encoding, 20, layout) == expected


@pytest.mark.parametrize(
    ("encoding", "exponents"),
    [
        (TRAILING, [0, 2 / 8, 4 / 8, 6 / 8]),
        (SECTIONS, [0, 2 / 4, 0, 2 / 6, 4 / 6]),
        (DEALT, [0, 2 / 10, 4 / 10, 6 / 10, 8 / 10]),
        (ENCODINGS["rope-proportional"], [0, 2 / 20]),
    ],
)
def test_how_fast_the_pairs_turn(encoding: Any, exponents: list[float]):
    thetas = frequencies(encoding, 20, encoding.configured(20, {}))
    assert [float(theta.mid()) for theta in thetas] == pytest.approx([10000.0**-e for e in exponents], rel=1e-12)


@pytest.mark.parametrize("encoding", [SECTIONS, DEALT])
def test_which_axis_a_pair_follows(encoding: Any):
    assert encoding.axes_of(20, encoding.configured(20, {})).tolist() == [0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("alibi", {"rotary_dim": 8}, "rotary_dim: said of what turns pairs of queries and keys; alibi does not"),
        ("rope", {"rotary_slice": "last"}, "rotary_slice is 'last'; expected 'leading' or 'trailing'"),
        ("rope", {"rotary_dim": 7}, "7 coordinates turn; expected a multiple of 2"),
        ("rope", {"rotary_dim": True}, "True coordinates turn; expected a multiple of 2"),
        ("rope", {"axes_dim": (4, 5)}, "axes_dim is (4, 5); expected even numbers"),
        ("rope", {"axes_dim": (4,)}, "axes_dim is (4,); expected a positive integer for each of"),
        ("rope", {"axes_dim": (4, -2)}, "axes_dim is (4, -2); expected a positive integer"),
        ("rope", {"axes_dim": (4, 4), "mrope_section": (2, 2)}, "name one of them"),
        ("rope", {"axes_dim": (4, 4), "rotary_dim": 10}, "rotary_dim is 10, and the sections have 8 coordinates"),
        ("rope-2d", {"axes_dim": (4, 4)}, "rope-2d has axes of its own"),
        ("rope-longrope", {"axes_dim": (4, 4)}, "axes_dim counts pairs anew in every section, and"),
        ("rope-proportional", {"rotary_dim": 8}, "rope-proportional says by itself how many coordinates turn"),
        ("rope-proportional", {"rotary_slice": "trailing"}, "rope-proportional says by itself which coordinates turn"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, given: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=re.escape(message)):
        composed(ENCODINGS[name], given)
