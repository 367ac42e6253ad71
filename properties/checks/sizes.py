"""The numbers at the sizes of real models, every value of every call: kernels go wrong in the last row, or head."""

from typing import Any

import numpy as np

from properties.cases import real
from properties.checks.comparisons import is_exact, refused_or, scores_are_exact
from properties.checks.evidence import Evidence, worst
from properties.checks.property import checks
from properties.subjects.assignment import OnAssignments
from properties.subjects.compared import compared
from properties.subjects.protocols import Code, Truth
from properties.subjects.subject import Attending, Subject
from spec.statements import values as says

FEW = 5
"""How many keys every query of a long call meets, and queries every key, where not values are compared but products."""


@checks(says.real_sizes, cases=real.vectors, on="score", profiles=("fast", "ci", "deep"))
def real_sizes(s: Attending | OnAssignments) -> Evidence:
    """f(x, p) = R_p x, every value of it, for thousands of tokens, rows and heads"""
    s = s.alone()
    if compared(s.implementation) != "value":
        return refused_or(_exact_products, s) if s.case.strides != "contiguous" else _exact_products(s)
    inputs = s.code.inputs("x", _places(s))
    return worst(*(_exact_or_refused(s, *inputs, **side) for side in s.code.sides))


def _places(s: Attending | OnAssignments) -> Any:
    """The positions of the case; on a grid, as many places row by row, unless they have to follow one another."""
    raster = s.encoding.grid.axes > 1 and s.implementation.positions != "contiguous" and s.case.positions
    if not raster:
        return s.case.positions
    cells, most = s.setup.raster(len(s.case.positions)), s.implementation.max_position
    return cells if most is None else cells[(cells <= most).all(axis=-1)]


def _exact_products(s: Attending | OnAssignments) -> Evidence:
    if not s.encoding.definition.on_vectors:
        return scores_are_exact(s, *s.code.met())
    p = np.array(_places(s))
    count = len(p)
    q, k = (s.draw(name, count) if s.encoding.definition.maps else np.zeros((1, count, s.case.dim)) for name in "qk")
    few_q, few_k = (x[..., :FEW, :] for x in (q, k))
    return worst(scores_are_exact(s, q, few_k, p, p[:FEW]), scores_are_exact(s, few_q, k, p[:FEW], p))


def _exact_or_refused(s: Subject[Code, Truth], *inputs: Any, **side: Any) -> Evidence:
    """That the result is exact; vectors that do not lie one behind the other in memory may be refused."""
    if s.case.strides == "contiguous":
        return is_exact(s, *inputs, **side)
    return refused_or(lambda: is_exact(s, *inputs, **side))
