"""What a call may leave behind: nothing, neither in its arguments nor in itself."""

import dataclasses

from properties.cases import families
from properties.cases.case import size, supported
from properties.checks.comparisons import is_exact, same
from properties.checks.evidence import Evidence, agreement, worst
from properties.checks.property import checks
from properties.subjects.subject import Code, Subject, Truth
from spec.statements import code as says


@checks(says.determinism, cases=families.small)
def determinism(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p) = f(x, p), bit for bit"""
    inputs = s.code.inputs()
    return agreement(s.code.result(*inputs), s.code.result(*inputs))


@checks(says.call_independence, cases=families.returning)
def call_independence(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p), then longer, shorter, in other dtypes, then f(x, p) again: the same, and what came first still is"""
    s = s.varied(fresh=True)
    p, inputs = s.case.positions, s.code.inputs()
    before = s.code.output(*inputs)
    longer = supported((*range(3 * len(p) + 40), 9001), s.implementation, s.setup.limit)
    for dtype in (*s.implementation.checked_dtypes, s.setup.dtype):
        other = s.varied(dtype=dtype)
        for places in (longer, p[:1]):
            other.code.result(*other.code.inputs("y", places))
    here, elsewhere = s.alone(), s.code.inputs("y", longer[: max(1, len(p))])
    then = here.code.request(*elsewhere)
    first = here.code.door.ask(dataclasses.replace(here.code.request(*inputs), then=then))
    kept = here.code.read(here.code.accepted(first, *inputs))
    return worst(same(s, s.code.output(*inputs), before, *inputs), same(here, kept, here.code.output(*inputs), *inputs))


@checks(says.instance_independence, cases=families.once(10, (0, 1, 2, 7, 65)))
def instance_independence(s: Subject[Code, Truth]) -> Evidence:
    """Two instances, built one after the other with other parameters and sizes, are both right, first and again"""
    other_base = tuple((name, 500000.0) for name in s.encoding.parameters if name == "base")
    first = s.varied(fresh=True)
    other = first.varied(case=dataclasses.replace(s.case, parameters=other_base))
    wider = first.varied(case=dataclasses.replace(s.case, dim=size(s.implementation, 2 * s.case.dim)))
    return worst(*(is_exact(one, *one.code.inputs()) for one in (first, other, first, wider, other, first)))
