"""What an encoding looks like is what its formula says: logits, wavelengths, turns and places worked out beside it."""

import math
from typing import Any

import pytest

from impls.loading import load_all
from reports.pictures import FAR, WIDE, picture
from spec import ENCODINGS


def shown(encoding: str, module: str) -> dict[str, Any]:
    return picture(ENCODINGS[encoding], load_all([f"impls.forms.{module}"]).implementations) or {}


def test_rope():
    """Ones in a pair meet in 2 cos((m - n) theta); (1, 0) is turned to (cos, sin); a turn takes 2 pi / theta."""
    found, thetas = shown("rope", "rope"), [10000 ** (-2 * i / WIDE) for i in range(WIDE // 2)]
    assert found["kernel"][0] == [0, WIDE]
    assert found["kernel"][-1][0] == FAR
    for distance, logit in found["kernel"]:
        assert logit == pytest.approx(sum(2 * math.cos(distance * theta) for theta in thetas), abs=0.02)
    assert found["wavelengths"] == pytest.approx([2 * math.pi / theta for theta in thetas], rel=1e-3)
    near = [2 * sum(math.cos(3 * 10000 ** (-2 * i / 16)) for i in range(8))]
    assert [found["attention"][m][n] for m, n in ((5, 2), (2, 5))] == pytest.approx(near * 2, abs=0.01)
    assert found["turns"][0][2] == pytest.approx([math.cos(2), math.sin(2)], abs=1e-3)


def test_alibi_falls_by_its_slope():
    kernel = dict(shown("alibi", "alibi")["kernel"])
    falls = [(kernel[0] - kernel[distance]) / distance for distance in (16, 64, 256)]
    assert falls == pytest.approx([2**-4] * 3, rel=1e-2)


def test_places_are_those_of_the_tokens():
    places = shown("flatten", "flatten")["places"]
    assert places == [[at] for at in range(len(places))]


def test_an_encoding_without_a_form_has_none():
    assert picture(ENCODINGS["rope"], ()) is None
