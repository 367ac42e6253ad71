"""What the result at one place may depend on: its own vector and its own position, and nothing else."""

import numpy as np

from impls import Implementation
from impls.calls import call_of, takes_rows
from properties.cases import families
from properties.cases.case import Case
from properties.cases.families import Family
from properties.checks.comparisons import same
from properties.checks.evidence import Evidence, worst
from properties.checks.property import Inapplicable, checks, takes_any_order
from properties.subjects.subject import Attending, Handed
from spec import Encoding
from spec.statements import code as says

TOKEN, BATCH = -2, -4
"""The axes of a result."""


@checks(says.unsorted_positions, cases=families.general, needs=(takes_any_order,))
def unsorted_positions(s: Attending) -> Evidence:
    """f(x[order], p[order]) = f(x, p)[order]"""
    x, p = s.draw("x"), np.array(s.case.positions)
    order = np.argsort(p, kind="stable")
    moved = x[..., order, :]
    return same(s, s.code.result(moved, p[order]), s.code.result(x, p).take(order, TOKEN), moved, p[order])


@checks(says.repeated_positions, cases=families.general, needs=(takes_any_order,))
def repeated_positions(s: Attending) -> Evidence:
    """f((x, x), (p, p)) = (f(x, p), f(x, p))"""
    x, p = s.draw("x"), s.case.positions
    one, other = np.split(s.code.result(np.concatenate([x, x], axis=-2), (*p, *p)), 2, TOKEN)
    return same(s, one, other, x, p)


def makes_what_follows_the_length(implementation: Implementation, encoding: Encoding) -> str | None:
    """Where angles follow how far the sequence reaches, they are its own."""
    handed = encoding.blocks.follows_length and call_of(implementation).handed
    return f"its call, {implementation.call}, hands in what follows the length" if handed else None


@checks(says.prefill_equals_decode, cases=families.general, needs=(makes_what_follows_the_length,))
def prefill_equals_decode(s: Attending) -> Evidence:
    """f(x, p)[j] = f(x[j], p[j]), one token at a time"""
    s = s.alone()
    x, p = s.draw("x"), s.setup.located(s.case.positions)
    steps = range(min(len(p), 8))
    decoded = np.concatenate([s.code.result(x[..., j : j + 1, :], p[j : j + 1]) for j in steps], TOKEN)
    prefilled = s.code.result(x, p).take(steps, TOKEN)
    return same(s, decoded, prefilled, x[..., : len(steps), :], p[: len(steps)])


@checks(says.length_independence, cases=families.general, needs=(makes_what_follows_the_length,))
def length_independence(s: Attending) -> Evidence:
    """f(x[:l], p[:l]) = f(x, p)[:l]"""
    s = s.alone()
    x, p = s.draw("x"), s.case.positions
    half = (len(p) + 1) // 2
    prefix, whole = s.code.result(x[..., :half, :], p[:half]), s.code.result(x, p)
    return same(s, prefix, whole.take(range(half), TOKEN), x[..., :half, :], p[:half])


@checks(says.batch_locality, cases=families.general)
def batch_locality(s: Handed) -> Evidence:
    """f(x, p)[b] = f(x[b], p), for every batch entry by itself"""
    x = s.code.drawn()
    alone = [s.code.result(*s.code.asked(*(each[b : b + 1] for each in x))) for b in range(s.case.batch)]
    together = s.code.asked(*x)
    return same(s, np.concatenate(alone, BATCH), s.code.result(*together), *together)


@checks(says.head_locality, cases=families.general)
def head_locality(s: Attending) -> Evidence:
    """f(x, p)[h] = f(x[h], p), for the first heads, one in the middle and the last, each by itself"""
    counts = s.setup.counts_of_heads
    if counts is not None and 1 not in counts and not s.encoding.definition.maps:
        raise Inapplicable(f"declares {counts} heads: one by itself is none of these")
    inputs, count = s.code.inputs(), s.case.heads
    together = s.code.result(*inputs)
    alone = together.copy()
    for h in sorted({0, min(1, count - 1), count // 2, count - 1}):
        alone[..., h : h + 1, :, :] = s.code.of_head(h)
    return same(s, alone, together, *inputs)


@checks(says.sequence_locality, cases=families.general)
def sequence_locality(s: Handed) -> Evidence:
    """f(x, p)[j] stays where the other tokens' contents change; f(q, k, m, n)[i, j] where all but q[i], k[j] do"""
    x = s.code.drawn()
    kept = [np.arange(each.shape[TOKEN]) % 2 == 0 for each in x]
    others = [s.setup.held(4 * s.draw(name, len(stays))) for name, stays in zip("yz", kept, strict=False)]
    changed = [np.where(stays[:, None], *each) for stays, *each in zip(kept, x, others, strict=True)]
    one, other = (s.code.result(*s.code.asked(*each)) for each in (changed, x))
    stays = kept[0][:, None] & (kept[1] if len(kept) > 1 else True)
    return same(s, np.where(stays, one, other), other, *s.code.asked(*x))


def takes_batched_positions(implementation: Implementation, encoding: Encoding) -> str | None:
    """A position for every batch row is supported."""
    if implementation.positions == "contiguous" and encoding.blocks.follows_length:
        return "declares contiguous positions: rows of one sequence end at different positions"
    return None if takes_rows(implementation) else "does not declare batched positions"


def _many_rows(encoding: Encoding, suite_seed: int) -> list[Case]:
    """General ones, and those of long and of many rows."""
    long, many = (130, 3), (3, 9)
    more = [
        Case(dim=8, positions=tuple(range(n)), batch=rows, heads=2, shift=7, seed=suite_seed)
        for n, rows in (long, many)
    ]
    return [*families.general.cover(encoding, suite_seed), *more]


@checks(
    says.batched_positions,
    cases=Family("general, and many rows", _many_rows, families.general.strategy),
    needs=(takes_batched_positions,),
)
def batched_positions(s: Handed) -> Evidence:
    """f(x, P)[b] = f(x[b], P[b])"""
    x, by = s.code.drawn(), [b * s.case.shift for b in range(s.case.batch)]
    together = s.code.in_rows(*x, by=by)
    alone = [s.code.asked(*(each[b : b + 1] for each in x), by=offset) for b, offset in enumerate(by)]
    return worst(*(same(s, together[b : b + 1], s.code.result(*row), *row) for b, row in enumerate(alone)))
