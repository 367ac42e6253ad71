"""The numbers at the sizes of real models, every value of every call: kernels go wrong in the last row, or head."""

from typing import Any

from properties.cases import real
from properties.checks.comparisons import is_exact, refused_or
from properties.checks.evidence import Evidence, worst
from properties.checks.property import checks
from properties.subjects.subject import Code, Subject, Truth
from spec.statements import values as says


@checks(says.real_sizes, cases=real.vectors)
def real_sizes(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p) = R_p x, every value of it, for thousands of tokens, rows and heads"""
    s = s.alone()
    on_a_grid = s.encoding.grid.axes > 1 and len(s.case.positions) > 0
    places = s.setup.raster(len(s.case.positions)) if on_a_grid else s.case.positions
    inputs = s.code.inputs("x", places)
    return worst(*(_exact_or_refused(s, *inputs, **side) for side in s.code.sides))


def _exact_or_refused(s: Subject[Code, Truth], *inputs: Any, **side: Any) -> Evidence:
    """That the result is exact; vectors that do not lie one behind the other in memory may be refused."""
    if s.case.strides == "contiguous":
        return is_exact(s, *inputs, **side)
    return refused_or(lambda: is_exact(s, *inputs, **side))
