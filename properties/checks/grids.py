"""What happens off the line on which the statements lay their positions: anywhere on the grid."""

import numpy as np
import torch
from torch import Tensor

from properties.cases import families
from properties.checks.evidence import Evidence, agreement
from properties.checks.property import checks, takes_any_order
from properties.checks.scores import scores_agree
from properties.checks.values import AXES
from properties.subjects.arrays import as_tensor
from properties.subjects.subject import Subject
from spec.statements import relational, values


@checks(values.grid_places, cases=families.general, needs=(takes_any_order,))
def grid_places(encoding: Subject) -> Evidence:
    """f(x, (a, b)) = R_(a, b) x, on a grid with more rows than columns"""
    x, p, axes = encoding.draw("x"), np.array(encoding.case.positions), encoding.spec.grid.axes
    places = as_tensor(np.stack([(axes - axis) * np.roll(p, -axis) for axis in range(axes)], axis=-1))
    got, exact = encoding.pairs(encoding.encode(x, places)), encoding.exact_output(x, places)
    return agreement(got, exact, encoding.bound(x, places), axes=AXES, at={"token": p})


@checks(relational.isotropy, cases=families.general, on="score")
def isotropy(encoding: Subject) -> Evidence:
    """kernel(a, b) = kernel(b, a), where the key is a rows and b columns before the query"""
    case = encoding.case
    rows, columns = np.array(list(zip(case.positions, case.others, strict=False))).T
    here, off_here = _kernel(encoding, rows, columns)
    exchanged, off_exchanged = _kernel(encoding, columns, rows)
    return scores_agree(encoding, exchanged, here, off_here + off_exchanged)


def _kernel(encoding: Subject, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The logits of equal contents (1, 0) in every block, the key at the origin, and the error allowed to each."""
    units = torch.zeros(1, 1, len(rows), encoding.case.dim, dtype=encoding.torch_dtype)
    units[..., encoding.coordinates[:, 0]] = 1
    one, places, origin = units[..., :1, :], _places(encoding, rows, columns), _places(encoding, [0], [0])
    return encoding.logits(units, one, places, origin), encoding.logit_bound(units, one, places, origin)


def _places(encoding: Subject, rows: np.ndarray | list[int], columns: np.ndarray | list[int]) -> Tensor:
    """Rows and columns as the last two axes of the grid; on those before them, zeros."""
    axes = [np.zeros_like(rows)] * (encoding.spec.grid.axes - 2)
    return as_tensor(np.stack([*axes, rows, columns], axis=-1))
