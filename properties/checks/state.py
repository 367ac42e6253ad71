"""What a call may leave behind: nothing, neither in its arguments nor in itself."""

import dataclasses
from contextlib import suppress
from typing import Any

from impls.door.misbehaviour import Misbehaved
from properties.cases import families
from properties.cases.case import size, supported
from properties.checks.comparisons import is_exact, same
from properties.checks.evidence import Evidence, refuted, satisfied, worst
from properties.checks.property import Inapplicable, checks
from properties.subjects.map import OnMaps
from properties.subjects.protocols import Code, Truth
from properties.subjects.subject import Attending, Subject
from spec.statements import code as says

TIMES, MANY = 16, 5100
BETWEEN = 1100
"""Tokens of a call that comes between: more than caches begin with."""
LONG = 300
"""More tokens than a narrow dtype counts, which is 256."""
FARTHER = 2**18


@checks(says.determinism, cases=families.repeated)
def determinism(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p) = f(x, p), bit for bit, sixteen times"""
    return _alike(s, TIMES)


@checks(says.many_calls, cases=families.once(4, (3,)), profiles=("ci", "deep"))
def many_calls(s: OnMaps) -> Evidence:
    """f(x, p) = f(x, p), bit for bit, five thousand times"""
    return _alike(s, MANY)


def _alike(s: Subject[Code, Truth], times: int) -> Evidence:
    """That identical calls come back with the same bits: what does not tells how often, or from which call on."""
    request = dataclasses.replace(s.code.request(*s.code.inputs()), times=times)
    differing = s.code.door.ask(request).differing
    if not differing:
        return satisfied()
    first, count = differing[0], len(differing)
    if first > 1 and count == times - first:
        return refuted(f"the first {first} of {times} identical calls agree, and all later ones differ from them")
    return refuted(f"{count} of {times} identical calls differ from the first")


@checks(says.call_independence, cases=families.returning)
def call_independence(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p), then longer, shorter, in other dtypes, then f(x, p) again: the same, and what came first still is"""
    s = s.varied(fresh=True)
    p, inputs = s.case.positions, s.code.inputs()
    before = s.code.result(*inputs)
    longer = supported((*range(max(3 * len(p) + 40, BETWEEN)), 9001), s.implementation, s.setup.limit)
    for dtype in (*s.implementation.checked_dtypes, s.setup.dtype):
        other = s.varied(dtype=dtype)
        for places in (longer, p[:1]):
            other.code.result(*other.code.inputs("y", places))
    here, elsewhere = s.alone(), s.code.inputs("y", longer[: max(1, len(p))])
    then = here.code.request(*elsewhere)
    first = here.code.door.ask(dataclasses.replace(here.code.request(*inputs), then=then))
    kept = here.code.accepted(first, *inputs)
    return worst(same(s, s.code.result(*inputs), before, *inputs), same(here, kept, here.code.result(*inputs), *inputs))


@checks(says.dtype_independence, cases=families.once(4, (3,), others=(2, 5)))
def dtype_independence(s: Attending) -> Evidence:
    """f(x, p) in another dtype, long and far out, then f(x, p) in this one: right, if it is without that"""
    if not is_exact(*_long(s, 0)).holds:
        raise Inapplicable("it is not exact on a fresh instance either")
    return worst(*(_after(s, dtype, at) for at, dtype in enumerate(s.implementation.checked_dtypes, 1)))


def _after(s: Attending, dtype: str, at: int) -> Evidence:
    here, *inputs = _long(s, at)
    other = here.varied(dtype=dtype)
    with suppress(Misbehaved):
        other.code.result(*other.code.inputs())
    return is_exact(here, *inputs)


def _long(s: Attending, at: int) -> tuple[Any, ...]:
    """Fresh instances, and what they are asked with: more and farther tokens than with a smaller `at`."""
    far = () if s.encoding.blocks.follows_length else (FARTHER + 4096 * at,)
    positions = supported((*range(LONG + at), *far), s.implementation, s.setup.limit)
    here = s.varied(fresh=True, case=dataclasses.replace(s.case, positions=positions))
    return here, *here.code.inputs()


@checks(says.storage_independence, cases=families.small)
def storage_independence(s: Subject[Code, Truth]) -> Evidence:
    """f(x, p), where x and p lie in the memory in which other ones lay in the call before"""
    s = s.alone().varied(fresh=True)
    before = s.code.inputs("y", supported([p + 1 for p in s.case.positions], s.implementation, s.setup.limit))
    inputs = s.code.inputs()
    request = dataclasses.replace(s.code.request(*inputs), first=s.code.request(*before))
    asked = s.code.door.put(request)
    if asked.first is not None and asked.shapes != asked.first.shapes:
        raise Inapplicable("its arguments have other shapes at other positions")
    written = s.code.accepted(s.code.door.ask(request), *inputs)
    return same(s, written, s.varied(fresh=True).code.result(*inputs), *inputs)


@checks(says.settings_kept, cases=families.once(8, (3, 0, 1, 100, 7)))
def settings_kept(s: Subject[Code, Truth]) -> Evidence:
    """The default dtype, whether gradients are computed, torch.cos... are after f(x, p) what they were before"""
    changes = s.code.door.changes(s.code.request(*s.code.inputs()))
    return refuted(f"changed {'; '.join(changes)}") if changes else satisfied()


@checks(says.instance_independence, cases=families.once(10, (0, 1, 2, 7, 65)))
def instance_independence(s: Subject[Code, Truth]) -> Evidence:
    """Two instances, built one after the other with other parameters and sizes, are both right, first and again"""
    other_base = tuple((name, 500000.0) for name in s.encoding.parameters if name == "base")
    first = s.varied(fresh=True)
    other = first.varied(case=dataclasses.replace(s.case, parameters=other_base))
    wider = first.varied(case=dataclasses.replace(s.case, dim=size(s.implementation, 2 * s.case.dim)))
    return worst(*(is_exact(one, *one.code.inputs()) for one in (first, other, first, wider, other, first)))
