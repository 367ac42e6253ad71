"""Many exact values at once, held against balls: each within its radius, and the radius not far from the worst."""

from typing import Any

import numpy as np
import pytest
from flint import arb

from spec import ENCODINGS, Encoding
from spec.definitions.map import Map
from spec.definitions.table import Table
from spec.numbers import exact, many
from spec.numbers.balls import all_extended, precise

LENGTH = 2**24 + 1
KINDS: tuple[many.Kind, ...] = ("longdouble", "float64")
VERSIONS = {
    f"{name} {convention or ''}".strip(): each.under(convention)
    for name, each in ENCODINGS.items()
    for convention in (None, *each.conventions)
}
ON_VECTORS = {
    name: e for name, e in VERSIONS.items() if isinstance(e.definition, Map | Table) and e.definition.rows is None
}


def ratios(encoding: Encoding, dim: int, role: Any, kind: many.Kind = "longdouble") -> np.ndarray:
    """Errors over radius at places near and far, whole and not, where the encoding has values there."""
    dim = encoding.dimension(dim)
    parameters = encoding.configured(dim, {})
    positions = np.array([0, 1, 2, 3, 255, 257, 4097, 8192, 131071, 2**20 + 1, *np.geomspace(5, 2**24, 40).astype(int)])
    limits = [each(dim, parameters) for each in (encoding.largest_at, encoding.reach_at)]
    positions = np.minimum(positions, min((limit for limit in limits if limit is not None), default=LENGTH))
    if encoding.domain.positions == "any":
        positions = np.concatenate([positions, [0.5, 2.75, -3, 1023.5]])
    places = np.array(encoding.grid.lay(positions.tolist())).reshape(len(positions), -1)
    blocks = many.rows(encoding, places, dim, parameters, length=LENGTH, role=role, kind=kind)
    balls = exact.rows(encoding, [*map(tuple, places.tolist())], dim, parameters, length=LENGTH, role=role)
    thetas = np.array([float(theta) for theta in exact.frequencies(encoding, dim, parameters, LENGTH)])
    scales = np.array([float(scale) for scale in exact.scales(encoding, dim, parameters, LENGTH)])
    along = places[:, encoding.axes_of(dim, parameters)]
    steps = along if getattr(encoding.definition, "scales_by_powers", False) else np.ones_like(along)
    amplitude = scales ** (-steps if role == "key" else steps) if encoding.turns else np.abs(balls).max((-1, -2))
    errors = np.abs(blocks - balls).max((-1, -2))
    allowed = amplitude * many.radius(encoding, along, thetas, kind)
    found: np.ndarray = np.divide(errors, allowed, out=np.zeros_like(errors), where=errors > 0)
    return found


@pytest.mark.parametrize("name", ON_VECTORS)
@pytest.mark.parametrize("dim", [8, 64])
@pytest.mark.parametrize("kind", KINDS)
def test_many_values_at_once_are_within_their_radius_of_the_balls(name, dim, kind):
    encoding = ON_VECTORS[name]
    worst = [ratios(encoding, dim, role, kind).max() for role in encoding.definition.roles]
    assert max(worst) <= 1


def test_place_values_beyond_float64_are_held_in_extended_precision():
    [found] = precise(all_extended)([arb(10) ** 349])
    assert found == np.longdouble("1e349")
    positions = np.array([[0], [9], [1234567], [10**15]])
    for kind in KINDS:
        digits = many.rows(ENCODINGS["radix"], positions, 512, {"radix": 10}, kind=kind)
        assert digits[2, :8, 0, 0].tolist() == [7, 6, 5, 4, 3, 2, 1, 0]
        assert digits[3, :, 0, 0].sum() == digits[3, 15, 0, 0] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_radius_is_not_far_from_the_worst_that_is_seen(kind):
    assert ratios(ENCODINGS["rope"], 64, "query", kind).max() > 1 / 3
    assert ratios(ENCODINGS["xpos"], 64, "key", kind).max() > 1 / 3
