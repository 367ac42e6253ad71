"""The numbers themselves, against the exact values of the spec."""

import dataclasses

import numpy as np

from impls import Implementation
from properties.cases import families
from properties.checks.comparisons import is_exact, scores_are_exact
from properties.checks.evidence import Evidence, agreement, worst
from properties.checks.property import (
    Inapplicable,
    checks,
    takes_a_parameter,
    takes_fractions,
    takes_negative_positions,
    unlimited,
)
from properties.subjects.assignment import OnAssignments
from properties.subjects.compared import compared
from properties.subjects.map import OnMaps
from properties.subjects.protocols import Code, Truth
from properties.subjects.subject import Attending, Handed, Subject
from properties.subjects.vectors import OnVectors
from spec import Encoding
from spec.statements import values as says

CELLS = 12
"""How many cells of a finite grid are asked for, beside its corners."""


@checks(says.exact_values, cases=families.thorough, numbers=True)
def exact_values(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p) = R_p x, for queries and for keys; where the length of the sequence counts, also of a single token."""
    found = [is_exact(s, *s.code.inputs(), **side) for side in s.code.sides]
    if s.encoding.blocks.follows_length:
        case = dataclasses.replace(s.case, positions=(0,), others=())
        single = s.varied(anchored=False, case=case)
        found += [is_exact(single, *single.code.inputs(), **side) for side in single.code.sides]
    return worst(*found)


def products_count(implementation: Implementation, encoding: Encoding) -> str | None:
    """Products are asked for beside the values: of what is a score, and of rows, these are the same numbers."""
    same = encoding.definition.maps or compared(implementation) != "value"
    return None if same else "exact-values looks at the same numbers"


@checks(says.exact_logits, cases=families.thorough, on="score", needs=(products_count,), numbers=True)
def exact_logits(s: Attending | OnAssignments) -> Evidence:
    """f(q, m) . f(k, n) = R_m q . R_n k; of a table, row(m) . row(n)"""
    return scores_are_exact(s, *s.code.met())


def _is_right(s: Attending | OnAssignments, places: np.ndarray | None = None) -> Evidence:
    """The numbers of the case are the true ones: the values, or where these are not compared, what attention sees.

    Values are those of both sides where the definition tells them apart, and else of the side of the case.
    """
    if compared(s.implementation) != "value":
        return scores_are_exact(s, *s.code.met())
    sides = s.truth.sides if len(s.truth.sides) > 1 else ({},)
    inputs = s.code.inputs() if places is None else s.code.inputs("x", places)
    return worst(*(is_exact(s, *inputs, **side) for side in sides))


@checks(says.large_positions, cases=families.large, on="score", needs=(unlimited,))
def large_positions(s: Attending) -> Evidence:
    """f(x, p) = R_p x for p up to 2^22"""
    if compared(s.implementation) == "softmax" and s.setup.dtype == "float16" and not s.encoding.definition.on_vectors:
        raise Inapplicable("compared by softmax: a row that is moved so far leaves the range of float16")
    return _is_right(s)


@checks(says.fractional_positions, cases=families.fractional, on="score", needs=(takes_fractions,))
def fractional_positions(s: Attending) -> Evidence:
    """f(x, p) = R_p x for p = 1/2, 1/4, ..."""
    return _is_right(s)


@checks(says.negative_positions, cases=families.negative, on="score", needs=(takes_negative_positions,))
def negative_positions(s: Attending) -> Evidence:
    """f(x, -p) = R_-p x"""
    return _is_right(s)


@checks(says.parameters_honoured, cases=families.configured, on="score", needs=(takes_a_parameter,))
def parameters_honoured(s: Attending | OnAssignments) -> Evidence:
    """f(x, p; base, ...) = R_p(base, ...) x; on a finite grid also far from its first cell"""
    return _is_right(s, s.setup.spread(CELLS))


@checks(says.finite, cases=families.once(8, (0, 1, 5, 100)))
def finite(s: Handed) -> Evidence:
    """f(s x, p) = s R_p x for huge and for tiny s; of queries and keys, each in turn is huge and tiny

    In float16 s is less huge beside large learned numbers: every term of a sum has to stay in range, not the sum alone.
    """
    huge = 2.0**11 / max(1.0, s.setup.learned_size) if s.setup.dtype == "float16" else 2.0**60
    sizes = (huge, 2.0**-11 if s.setup.dtype == "float16" else 2.0**-60)
    asked = ((at, size) for at in range(len(s.code.drawn())) for size in sizes)
    return worst(*(_exact_as_large(s, *each) for each in asked))


def _exact_as_large(s: Handed, at: int, size: float) -> Evidence:
    contents = list(s.code.drawn())
    contents[at] = s.setup.held(contents[at] * size)
    return is_exact(s, *s.code.asked(*contents))


@checks(says.layout, cases=families.once(8, (1, 10, 100, 1000)))
def layout(s: OnVectors) -> Evidence:
    """f(e_j, p) lies in the pair of coordinate j; in a table at 0, sines are 0 and cosines are 1"""
    leak = s.code.leak()
    return agreement(leak, np.zeros_like(leak), s.truth.leak, axes=("lands in", "token", "head", "coordinate"))


@checks(says.untouched_dimensions, cases=families.general)
def untouched_dimensions(s: OnMaps) -> Evidence:
    """f(x, p)[rotary_dim:] = x[rotary_dim:], bit for bit"""
    x, rest = s.draw("x"), s.setup.rest
    behind = ("coordinate that does not turn", *s.code.axes[2:])
    return agreement(s.code.encode(x, s.case.positions)[..., rest], x[..., rest], axes=behind)
