"""The numbers themselves, against the exact values of the spec."""

import dataclasses

import numpy as np

from properties.cases import families
from properties.checks.comparisons import is_exact, scores_agree
from properties.checks.evidence import Evidence, agreement, worst
from properties.checks.property import checks, takes_a_parameter, takes_fractions, takes_negative_positions, unlimited
from properties.subjects.map import OnMaps
from properties.subjects.subject import Attending, Code, Subject, Truth
from properties.subjects.vectors import OnVectors
from spec.statements import values as says


@checks(says.exact_values, cases=families.thorough)
def exact_values(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p) = R_p x, for queries and for keys; where the length of the sequence counts, also of a single token."""
    found = [is_exact(s, *s.code.inputs(), **side) for side in s.code.sides]
    if s.encoding.blocks.follows_length:
        case = dataclasses.replace(s.case, positions=(0,), others=())
        single = s.varied(anchored=False, case=case)
        found += [is_exact(single, *single.code.inputs(), **side) for side in single.code.sides]
    return worst(*found)


@checks(says.exact_logits, cases=families.thorough, on="score")
def exact_logits(s: OnMaps) -> Evidence:
    """f(q, m) . f(k, n) = R_m q . R_n k"""
    m, n = s.case.positions, s.case.others
    asked = (s.draw("q"), s.draw("k", len(n)), m, n)
    return scores_agree(s, s.code.logits(*asked), s.truth.logits(*asked), s.truth.logit_bound(*asked))


@checks(says.large_positions, cases=families.large, needs=(unlimited,))
def large_positions(s: Attending) -> Evidence:
    """f(x, p) = R_p x for p up to 2^22"""
    return is_exact(s, *s.code.inputs())


@checks(says.fractional_positions, cases=families.fractional, needs=(takes_fractions,))
def fractional_positions(s: Attending) -> Evidence:
    """f(x, p) = R_p x for p = 1/2, 1/4, ..."""
    return is_exact(s, *s.code.inputs())


@checks(says.negative_positions, cases=families.negative, needs=(takes_negative_positions,))
def negative_positions(s: Attending) -> Evidence:
    """f(x, -p) = R_-p x"""
    return is_exact(s, *s.code.inputs())


@checks(says.parameters_honoured, cases=families.configured, needs=(takes_a_parameter,))
def parameters_honoured(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p; base, ...) = R_p(base, ...) x"""
    return is_exact(s, *s.code.inputs())


@checks(says.finite, cases=families.once(8, (0, 1, 5, 100)))
def finite(s: OnMaps) -> Evidence:
    """f(s x, p) = s R_p x for huge and for tiny s"""
    huge, tiny = (2.0**11, 2.0**-11) if s.setup.dtype == "float16" else (2.0**60, 2.0**-60)
    scaled = (s.setup.held(s.draw("x") * scale) for scale in (huge, tiny))
    return worst(*(is_exact(s, x, s.case.positions) for x in scaled))


@checks(says.layout, cases=families.once(8, (1, 10, 100, 1000)))
def layout(s: OnVectors) -> Evidence:
    """f(e_j, p) lies in the pair of coordinate j; in a table at 0, sines are 0 and cosines are 1"""
    leak = s.code.leak()
    return agreement(leak, np.zeros_like(leak), s.truth.leak, axes=("lands in", "token", "head", "coordinate"))


@checks(says.untouched_dimensions, cases=families.general)
def untouched_dimensions(s: OnMaps) -> Evidence:
    """f(x, p)[rotary_dim:] = x[rotary_dim:], bit for bit"""
    x, rest = s.draw("x"), s.setup.rest
    return agreement(s.code.encode(x, s.case.positions)[..., rest], x[..., rest])
