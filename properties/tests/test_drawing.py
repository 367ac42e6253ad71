"""The numbers of a case: the same for the same name and seed, on every machine."""

import subprocess
import sys
from math import prod

import numpy as np
import pytest
import torch

from properties.cases import twister
from properties.cases.case import Case
from properties.cases.drawing import KINDS, vectors

GOLDEN = {
    "gaussian": [-1.0952307808357113, -1.2859142238946668, 1.7933153975691878, -0.1855687816273859],
    "large": [-140.18953994697105, -164.59702065851735, 229.54437088885604, -23.752804048305396],
    "small": [-0.008556490475278995, -0.010046204874177084, 0.01401027654350928, -0.0014497561064639524],
    "one-hot": [0, 1, 0, 1],
    "alternating": [1, -1, 1, -1],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_generator_is_the_one_it_has_always_been(kind):
    """Another generator would show every witness that is known to fail in other numbers."""
    assert vectors(kind, "q", 7, (2, 3)).ravel()[:4] == pytest.approx(GOLDEN[kind], rel=1e-12, abs=0)


@pytest.mark.parametrize("shape", [(1,), (2, 3), (15,), (16,), (17,), (5, 31), (64, 1001)])
@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1])
def test_numbers_are_those_of_torch(seed, shape):
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).numpy()
    assert twister.gaussian(seed, shape) == pytest.approx(drawn, rel=1e-12, abs=0)
    below = prod(shape) + 1
    drawn = torch.randint(below, shape, generator=torch.Generator().manual_seed(seed)).numpy()
    assert np.array_equal(twister.integers(seed, below, shape), drawn)


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
