"""The check that no encoding of the suite needs yet: it accepts a degenerating grid encoding and refuses another."""

import pytest
import torch

from impls import implements
from impls.registry import registered
from properties.checks.relational import text_degeneration
from properties.families import general
from properties.subject import Subject
from spec import ENCODINGS


@implements("rope", form="elementwise", name="axis-map")
def axis_map(x, positions, *, base=10000.0):
    """Pairs turn with the row and with the column in turn, each with its own frequency."""
    return _turned(x, base ** (-torch.arange(0, x.shape[-1], 2).double() / x.shape[-1]), positions)


@implements("rope", form="elementwise", name="same-theta")
def same_theta(x, positions, *, base=10000.0):
    """Row and column turn with the same frequencies, which no text encoding has."""
    thetas = base ** (-torch.arange(0, x.shape[-1], 2).double() // 4 * 4 / x.shape[-1])
    return _turned(x, thetas, positions)


def _turned(x, thetas, positions):
    angles = positions.double()[:, torch.arange(len(thetas)) % 2] * thetas
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.stack([a * c - b * s, b * c + a * s], dim=-1).flatten(-2)


@pytest.mark.parametrize(("name", "degenerates"), [("axis-map", True), ("same-theta", False)])
def test_text_degeneration_is_told_from_its_absence(name, degenerates):
    (grid,) = (one for one in registered(__name__) if one.name == name)
    cases = general.cases(ENCODINGS["rope"], draws=3, suite_seed=1)
    evidence = [text_degeneration.check(Subject(grid, "float32", case.within(grid))) for case in cases]
    assert all(each.holds for each in evidence) == degenerates
