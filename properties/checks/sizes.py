"""The numbers at the sizes of real models: every value of every call, since kernels go wrong in the last row or head."""

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
    inputs = _on_a_raster(s, *s.code.inputs())
    return worst(*(_exact_or_refused(s, *inputs, **side) for side in s.code.sides))


def _on_a_raster(s: Subject[Code, Truth], x: Any, *positions: Any) -> tuple[Any, ...]:
    """What a call is asked with; on a grid, one token a cell."""
    return (x, s.setup.raster(len(*positions))) if positions and s.encoding.grid.axes > 1 else (x, *positions)


def _exact_or_refused(s: Subject[Code, Truth], *inputs: Any, **side: Any) -> Evidence:
    """That the result is exact; vectors that do not lie one behind the other in memory may be refused."""
    if s.case.strides == "contiguous":
        return is_exact(s, *inputs, **side)
    return refused_or(lambda: is_exact(s, *inputs, **side))
