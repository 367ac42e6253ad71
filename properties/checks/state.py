"""What a call may leave behind: nothing, neither in its arguments nor in itself."""

import copy
import dataclasses
from typing import Any

import torch

from properties.cases import families
from properties.cases.case import supported
from properties.checks.evidence import Evidence, agreement, refuted, satisfied, worst
from properties.checks.locality import same
from properties.checks.property import checks
from properties.checks.values import is_exact
from properties.subjects.misbehaviour import raising
from properties.subjects.subject import Subject
from spec.statements import code as says


@checks(says.determinism, cases=families.small)
def determinism(encoding: Subject) -> Evidence:
    """f(x, p) = f(x, p), bit for bit"""
    x, p = encoding.draw("x"), encoding.case.positions
    return agreement(encoding.output(x, p), encoding.output(x, p))


@checks(says.call_independence, cases=families.returning)
def call_independence(encoding: Subject) -> Evidence:
    """f(x, p), then longer and farther, shorter, other dtypes, then f(x, p) again: the same"""
    encoding = dataclasses.replace(encoding, instances={})
    x, p = encoding.draw("x"), encoding.case.positions
    before = encoding.output(x, p)
    longer = supported((*range(3 * len(p) + 40), 9001), encoding.implementation, encoding.limit)
    for dtype in (*encoding.implementation.checked_dtypes, encoding.dtype):
        other = dataclasses.replace(encoding, dtype=dtype)
        other.output(other.draw("y", len(longer)), longer)
        other.output(other.draw("y", 1), p[:1])
    return same(encoding, encoding.output(x, p), before, x, p)


@checks(says.instance_independence, cases=families.once(10, (0, 1, 2, 7, 65)))
def instance_independence(encoding: Subject) -> Evidence:
    """Two instances, built one after the other with other parameters and sizes, are both right, first and again"""
    p, case = encoding.case.positions, encoding.case
    other_base = tuple((name, 500000.0) for name in encoding.spec.parameters if name == "base")
    first = dataclasses.replace(encoding, instances={})
    other = dataclasses.replace(first, case=dataclasses.replace(case, parameters=other_base))
    wider = dataclasses.replace(first, case=dataclasses.replace(case, dim=2 * case.dim))
    return worst(*(is_exact(instance, p) for instance in (first, other, first, wider, other, first)))


@checks(says.inputs_not_mutated, cases=families.small)
def inputs_not_mutated(encoding: Subject) -> Evidence:
    """x and p, or the segments, are afterwards what they were before"""
    given, named = encoding.arguments(encoding.draw("x").clone(), encoding.case.positions)
    mutable = [each for each in (*given, *named.values()) if isinstance(each, torch.Tensor | list)]
    before = copy.deepcopy(mutable)
    with raising():
        encoding.instance()(*given, **named)
    return worst(*map(_unchanged, mutable, before))


def _unchanged(after: Any, before: Any) -> Evidence:
    if isinstance(after, torch.Tensor):
        return agreement(after, before)
    return satisfied() if after == before else refuted(f"{before} became {after}")


@checks(says.values_untouched, cases=families.small)
def values_untouched(encoding: Subject) -> Evidence:
    """In one tensor (3, ...) of q, k and v, and in one (..., 3, heads, dim), v stays bit for bit"""
    q, k, v, p = *(encoding.draw(name) for name in "qkv"), encoding.located(encoding.case.positions)
    stacked = torch.stack([q, k, v])
    packed = torch.stack([t.transpose(1, 2) for t in (q, k, v)], dim=2)
    for one, role in ((0, "query"), (1, "key")):
        encoding.call(stacked[one], p, role)
        encoding.call(packed[:, :, one].transpose(1, 2), p, role)
    return worst(agreement(stacked[2], v), agreement(packed[:, :, 2].transpose(1, 2), v))
