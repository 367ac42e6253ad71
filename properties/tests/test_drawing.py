"""The numbers of a case: the same for the same name and seed, on every machine."""

import subprocess
import sys

import numpy as np
import pytest

from properties.cases.case import Case
from properties.cases.drawing import KINDS, vectors

GOLDEN = {
    "gaussian": [0.9904900109923668, 0.5607006527252336, -1.1232823361287854, -0.6684363350881172],
    "large": [126.78272140702295, 71.7696835488299, -143.78013902448453, -85.559850891279],
    "small": [0.0077382032108778654, 0.004380473849415888, -0.008775643251006136, -0.005222158867875915],
    "one-hot": [0, 0, 1, 0],
    "alternating": [1, 1, 1, 1],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_generator_is_the_one_it_has_always_been(kind):
    """Another generator would show every witness that is known to fail in other numbers."""
    assert vectors(kind, "q", 7, (2, 3)).ravel()[:4] == pytest.approx(GOLDEN[kind], rel=1e-12, abs=0)


def test_who_judges_does_without_torch():
    asked = "import sys, properties.runs.options; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_numbers_depend_on_the_name_the_seed_and_the_shape_alone():
    case = Case(dim=8, positions=(1, 2, 3), seed=5)
    again = Case(dim=8, positions=(9, 8, 7), others=(1,), shift=3, seed=5)
    assert np.array_equal(case.draw("q"), again.draw("q"))
    assert (case.draw("q") != case.draw("k")).any()
    assert (case.draw("q") != Case(dim=8, positions=(1, 2, 3), seed=6).draw("q")).any()
    assert (case.draw("q").shape, case.draw("q", 4).shape) == ((2, 3, 3, 8), (2, 3, 4, 8))
    assert np.array_equal(Case(kind="one-hot").numbers("t", 5, 2), vectors("gaussian", "t", 0, (5, 2)))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_is_read_only_and_of_its_kind(kind):
    drawn = vectors(kind, "x", 0, (40, 16))
    with pytest.raises(ValueError, match="read-only"):
        drawn[0] = 1
    assert drawn.dtype == np.float64
    sizes = {"gaussian": (0.5, 2.0), "large": (64, 256), "small": (2**-8, 2**-6)}
    if kind in sizes:
        low, high = sizes[kind]
        assert low < drawn.std() < high
    else:
        assert (np.abs(drawn).sum(-1) == (1 if kind == "one-hot" else 16)).all()
        assert len(np.unique(drawn, axis=0)) > 4
