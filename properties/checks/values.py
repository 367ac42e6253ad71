"""The numbers themselves, against the exact values of the spec."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from properties.cases import families
from properties.checks.evidence import Evidence, agreement, worst
from properties.checks.property import checks, takes_a_parameter, takes_fractions, takes_negative_positions, unlimited
from properties.checks.scores import scores_agree
from properties.subjects.subject import Subject
from spec.definitions.words import Role
from spec.numbers import bounds
from spec.statements import values as says

AXES = ("coordinate", "pair", "token", "head", "batch")


def is_exact(encoding: Subject, positions: ArrayLike, x: Tensor | None = None, role: Role = "query") -> Evidence:
    """The output at these positions, against the truth."""
    vectors = encoding.draw("x") if x is None else x
    output = encoding.output(vectors, positions, role)
    return agreement(
        encoding.pairs(output),
        encoding.exact_output(vectors, positions, role),
        encoding.bound(vectors, positions, role=role),
        axes=encoding.axes,
        at={"token": positions},
    )


@checks(says.exact_values, cases=families.thorough)
def exact_values(encoding: Subject) -> Evidence:
    """f(x, p) = R_p x, for queries and for keys; where the length of the sequence counts, also of a single token."""
    found = [is_exact(encoding, encoding.case.positions, role=role) for role in encoding.roles]
    if encoding.spec.blocks.follows_length:
        single = replace(encoding.alone(), case=replace(encoding.case, positions=(0,), others=()))
        found += [is_exact(single, (0,), role=role) for role in encoding.roles]
    return worst(*found)


@checks(says.exact_logits, cases=families.thorough, on="score")
def exact_logits(encoding: Subject) -> Evidence:
    """f(q, m) . f(k, n) = R_m q . R_n k"""
    q, k = encoding.draw("q"), encoding.draw("k", len(encoding.case.others))
    m, n = encoding.case.positions, encoding.case.others
    return scores_agree(
        encoding, encoding.logits(q, k, m, n), encoding.exact_logits(q, k, m, n), encoding.logit_bound(q, k, m, n)
    )


@checks(says.large_positions, cases=families.large, needs=(unlimited,))
def large_positions(encoding: Subject) -> Evidence:
    """f(x, p) = R_p x for p up to 2^20"""
    return is_exact(encoding, encoding.case.positions)


@checks(says.fractional_positions, cases=families.fractional, needs=(takes_fractions,))
def fractional_positions(encoding: Subject) -> Evidence:
    """f(x, p) = R_p x for p = 1/2, 1/4, ..."""
    return is_exact(encoding, encoding.case.positions)


@checks(says.negative_positions, cases=families.negative, needs=(takes_negative_positions,))
def negative_positions(encoding: Subject) -> Evidence:
    """f(x, -p) = R_-p x"""
    return is_exact(encoding, encoding.case.positions)


@checks(says.parameters_honoured, cases=families.configured, needs=(takes_a_parameter,))
def parameters_honoured(encoding: Subject) -> Evidence:
    """f(x, p; base, ...) = R_p(base, ...) x"""
    return is_exact(encoding, encoding.case.positions)


@checks(says.finite, cases=families.once(8, (0, 1, 5, 100)))
def finite(encoding: Subject) -> Evidence:
    """f(s x, p) = s R_p x for huge and for tiny s"""
    huge, tiny = (2.0**11, 2.0**-11) if encoding.dtype == "float16" else (2.0**60, 2.0**-60)
    x = encoding.draw("x")
    return worst(*(is_exact(encoding, encoding.case.positions, x * scale) for scale in (huge, tiny)))


@checks(says.layout, cases=families.once(8, (1, 10, 100, 1000)))
def layout(encoding: Subject) -> Evidence:
    """f(e_j, p) lies in the pair of coordinate j; in a table at 0, sines are 0 and cosines are 1"""
    positions, dim = encoding.case.positions, encoding.case.dim
    if not encoding.maps:
        return agreement(encoding.pairs(encoding.table((0,)))[0], np.tile([0, 1], (dim // 2, 1)))
    basis = torch.eye(dim, dtype=encoding.torch_dtype)[:, None, None, :].expand(dim, 1, len(positions), dim)
    image = encoding.encode(basis.contiguous(), positions).detach().double().numpy().copy()
    for pair in encoding.coordinates:
        image[np.ix_(pair, [0], range(len(positions)), pair)] = 0
    for coordinate in range(encoding.coordinates.size, dim):
        image[coordinate, ..., coordinate] = 0
    leak = bounds.norm(encoding.accuracy, encoding.angle)
    return agreement(image, np.zeros_like(image), leak, axes=("lands in", "token", "head", "coordinate"))


@checks(says.untouched_dimensions, cases=families.general)
def untouched_dimensions(encoding: Subject) -> Evidence:
    """f(x, p)[rotary_dim:] = x[rotary_dim:], bit for bit"""
    x = encoding.draw("x")
    y = encoding.encode(x, encoding.case.positions)
    return agreement(y[..., encoding.rest], x[..., encoding.rest])
