"""What happens off the line on which the statements lay their positions: anywhere on the grid."""

import numpy as np
from numpy.typing import ArrayLike

from properties.cases import families
from properties.checks.comparisons import expect_constants_to_show
from properties.checks.evidence import Evidence, agreement
from properties.checks.property import checks, takes_any_order
from properties.subjects.map import OnMaps
from spec.statements import relational, values


@checks(values.grid_places, cases=families.general, needs=(takes_any_order,))
def grid_places(s: OnMaps) -> Evidence:
    """f(x, (a, b)) = R_(a, b) x, on a grid with more rows than columns"""
    x, p, axes = s.draw("x"), np.array(s.case.positions), s.encoding.grid.axes
    places = np.stack([(axes - axis) * np.roll(p, -axis) for axis in range(axes)], axis=-1)
    exact, allowed = s.truth.output(x, places), s.truth.bound(x, places)
    return agreement(s.code.output(x, places), exact, allowed, axes=s.code.axes, at={"token": places})


@checks(relational.isotropy, cases=families.general, on="score", needs=(takes_any_order,))
def isotropy(s: OnMaps) -> Evidence:
    """kernel(a, b) = kernel(b, a), where the key is a rows and b columns before the query"""
    expect_constants_to_show(s)
    rows, columns = np.array(list(zip(s.case.positions, s.case.others, strict=False))).T
    here, off_here = _kernel(s, rows, columns)
    exchanged, off_exchanged = _kernel(s, columns, rows)
    return agreement(exchanged, here, off_here + off_exchanged, axes=("key", "query", "head", "batch"))


def _kernel(s: OnMaps, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The logits of equal contents (1, 0) in every block, the key at the origin, and the error allowed to each."""
    units = np.zeros((1, 1, len(rows), s.case.dim))
    units[..., s.truth.unit] = 1
    asked = (units, units[..., :1, :], _places(s, rows, columns), _places(s, [0], [0]))
    return s.code.logits(*asked), s.truth.logit_bound(*asked)


def _places(s: OnMaps, rows: ArrayLike, columns: ArrayLike) -> np.ndarray:
    """Rows and columns as the last two axes of the grid; on those before them, zeros."""
    return np.stack([*[np.zeros_like(rows)] * (s.encoding.grid.axes - 2), rows, columns], axis=-1)
