"""What is asked of a function that others call: shapes, limits, and a clear no."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from impls import Implementation
from impls.calls import axes_of, call_of
from impls.declaration import DTYPES, POSITION_DTYPES
from impls.door.crossing import Answer
from properties.cases import families
from properties.cases.case import takes
from properties.checks.comparisons import refusal, refused_or
from properties.checks.evidence import Evidence, agreement, refuted, satisfied, worst
from properties.checks.property import checks, is_called_plainly, is_strict, makes_angles
from properties.subjects.map import OnMaps
from properties.subjects.protocols import Code, Truth
from properties.subjects.subject import Attending, Handed, Subject
from spec import Encoding
from spec.statements import code as says

PLACES = (3, 4, 5, 6, 7)


@checks(says.shape_kept, cases=families.once(8, PLACES))
def shape_kept(s: Subject[Code, Truth]) -> Evidence:
    """shape of f(x, p) = shape of x for x of two, three, four and five axes, and for one token; (n, dim) for a table"""
    wrong = [f"{got} for {expected}" for got, expected in s.code.shapes() if got != expected]
    return refuted(f"the shape is {wrong[0]}") if wrong else satisfied()


def declares_limits(implementation: Implementation, encoding: Encoding) -> str | None:
    """Something is declared to be impossible, or what the definition leaves out is refused."""
    one = implementation
    dtypes = one.dtypes and len(one.dtypes) < len(DTYPES)
    limits = (dtypes, one.max_position, one.head_sizes, one.heads, one.position_dtypes)
    strict = one.strict and (encoding.domain.largest is not None or one.positions != "any")
    return None if any(limits) or one.claimed_positions != "any" or strict else "declares no limit"


@checks(says.declared_limits, cases=families.once(8, PLACES), needs=(declares_limits,))
def declared_limits(s: Attending) -> Evidence:
    """Up to the last position a call is right; beyond, it raises or is right; where nothing is defined, it raises"""
    limit, inside = s.setup.limit, [satisfied()]
    if limit and limit in (s.implementation.max_position, s.encoding.largest_at(s.case.dim, s.setup.parameters)):
        last = tuple(range(max(0, limit - 2), limit + 1))
        inside = [_exact_at(s, last, None)] if s.setup.holds(last) else inside
    held = [(e, p, dtype) for e, p, dtype in _beyond(s) if e.setup.holds(p)]
    beyond = (_undefined(e, p) or _right_or_refused(e, p, dtype) for e, p, dtype in held)
    return worst(*inside, *beyond)


def _right_or_refused(s: Attending, positions: tuple[float, ...], dtype: str | None) -> Evidence:
    found = refused_or(_exact_at, s, positions, dtype)
    if found.holds:
        return found
    asked = f"positions {list(positions)}" + (f" in {dtype}" if dtype else "")
    case = f"{s.setup.dtype}, {s.case.heads} heads of {s.case.dim}"
    message = f"asked beyond what it declares, {asked}, {case}, it is wrong; expected an error, or the right result"
    return dataclasses.replace(found, message=message)


def _exact_at(s: Attending, positions: tuple[float, ...], dtype: str | None) -> Evidence:
    s = s.varied(case=dataclasses.replace(s.case, positions=positions, others=positions), anchored=False)
    inputs = s.code.inputs()
    found = s.code.output(*inputs, position_dtype=dtype)
    return agreement(found, s.truth.output(*inputs), s.truth.bound(*inputs), axes=s.code.axes)


def _undefined(s: Attending, positions: tuple[float, ...]) -> Evidence | None:
    """Whether positions are refused where the definition has no value at all; None where it has one."""
    domain, largest = s.encoding.domain, s.encoding.largest_at(s.case.dim, s.setup.parameters)
    fractions = domain.positions != "any" and any(p % 1 for p in positions)
    far = largest is not None and max(positions) > largest
    if not (fractions or far or (min(positions) < 0 and domain.positions == "non-negative")):
        return None
    asked = f"positions {positions}, where the encoding is not defined,"
    return refusal(asked, s.code.answer, *s.code.inputs("x", positions))


Beyond = tuple[Attending, tuple[float, ...], str | None]
"""A subject, positions, and their dtype where it is not the usual one."""


def _beyond(s: Attending) -> Iterator[Beyond]:
    """What lies beyond the declaration; where the definition has no value, for code that declares to refuse it.

    Positions that a call cannot carry are not asked for.
    """
    one, limit = s.implementation, s.setup.limit
    kind = one.positions if one.strict else one.claimed_positions
    if call_of(one).positions != "any":
        kind = "any"
    for dtype in sorted(set(DTYPES) - set(one.checked_dtypes)):
        yield s.varied(dtype=dtype), PLACES, None
    defined = s.encoding.largest_at(s.case.dim, s.setup.parameters)
    inside = one.max_position is not None and limit and (defined is None or limit + 3 <= defined)
    if limit and (one.strict or inside):
        yield s, tuple(limit + i for i in range(1, 4)), None
    if kind != "any":
        yield s, (0.5, 1.25, 2.75), None
    if kind in ("non-negative", "contiguous"):
        yield s, (-3, -2, -1), None
    if kind == "contiguous":
        yield s, (7, 3, 4, 12, 5), None
    for dtype in POSITION_DTYPES if one.position_dtypes else ():
        if dtype not in (one.position_dtypes or ()):
            yield s, s.case.positions, dtype
    yield from _other_sizes(s)


def _other_sizes(s: Attending) -> Iterator[Beyond]:
    """Head sizes and numbers of heads beside those that are declared, which the encoding has as well.

    Unless the code cannot know them: heads and coordinates are one axis to it, or it makes tables alone.
    """
    sizes, heads, fixed = s.implementation.head_sizes or (), s.setup.counts_of_heads, s.implementation.parameters
    step = s.encoding.multiple
    one_axis = any({"h", "d"} <= set(axis) for axis in axes_of(s.implementation)) and not heads
    if one_axis or s.implementation.call == "module-tables":
        return
    for size in {near for each in sizes for near in (each - step, each + step, 2 * each) if near > 0} - set(sizes):
        if s.encoding.unfit(size, fixed) is None:
            yield s.varied(case=dataclasses.replace(s.case, dim=size), fresh=True), s.case.positions, None
    if heads and max(heads) + 1 not in heads:
        yield s.varied(case=dataclasses.replace(s.case, heads=max(heads) + 1)), s.case.positions, None


def pairs_an_odd_number(implementation: Implementation, encoding: Encoding) -> str | None:
    """An odd number of rotated coordinates can be asked for."""
    can = not encoding.blocks.partial or takes(implementation, "rotary_dim")
    return None if can else "its function takes no rotary_dim"


@checks(
    says.odd_dimension_refused, cases=families.once(8, PLACES), needs=(is_strict, pairs_an_odd_number, makes_angles)
)
def odd_dimension_refused(s: OnMaps) -> Evidence:
    """f(x, p) with seven coordinates to pair raises an error; on a grid, with pairs that cannot be dealt out as well"""
    multiple = s.encoding.multiple
    uneven = [multiple + 2] if multiple > 2 else []
    return worst(*(_refuses_to_pair(s, size) for size in (7, *uneven)))


def _refuses_to_pair(s: OnMaps, size: int) -> Evidence:
    sizes = {"parameters": (("rotary_dim", size),)} if s.encoding.blocks.partial else {"dim": size}
    odd = s.varied(fresh=True, case=dataclasses.replace(s.case, **sizes))
    x = np.ones((odd.case.batch, odd.case.heads, len(PLACES), odd.case.dim))
    return refusal(f"{size} coordinates to pair", odd.code.call, x, s.case.positions)


@checks(says.wrong_rank_refused, cases=families.once(8, PLACES), needs=(is_strict, is_called_plainly))
def wrong_rank_refused(s: Handed) -> Evidence:
    """f of one vector (dim,) at n positions raises an error, or is that vector at each position, (n, dim)"""
    return worst(*(refused_or(_broadcast, s.alone(), at) for at in range(len(s.code.drawn()))))


def _broadcast(s: Handed, at: int) -> Evidence:
    before, (x, *behind) = s.code.drawn()[:at], s.code.drawn()[at:]
    one, rows = x[0, 0, 0], np.broadcast_to(x[0, 0, 0], x.shape[-2:])
    asked, meant = (s.code.asked(*before, each, *behind) for each in (one, rows))
    found = s.code.door.ask(s.code.request(*asked)).values
    return agreement(s.code.read(found), s.truth.output(*meant), s.truth.bound(*meant), axes=s.code.axes)


@checks(says.mismatched_lengths_refused, cases=families.once(8, PLACES), needs=(is_strict,))
def mismatched_lengths_refused(s: Handed) -> Evidence:
    """f of n tokens at n - 1 and at n + 1 positions raises an error"""

    def call(*asked: Any) -> Answer:
        return s.code.door.ask(s.code.request(*asked))

    return worst(*(refusal(told, call, *asked) for told, asked in s.code.mismatched()))
