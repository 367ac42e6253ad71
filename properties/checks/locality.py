"""What the result at one place may depend on: its own vector and its own position, and nothing else."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from impls import Implementation
from properties.cases import families
from properties.checks.evidence import Evidence, agreement, worst
from properties.checks.property import checks, takes_any_order
from properties.subjects.subject import Subject
from spec import Encoding
from spec.statements import code as says


def same(encoding: Subject, one: Tensor, other: Tensor, x: Tensor, positions: ArrayLike) -> Evidence:
    """Two results of one implementation agree: each may be off by what its own rounding allows."""
    allowed = 2 * encoding.bound(x, positions, shared=True)
    axes = encoding.axes if x.ndim == 4 else ()
    return agreement(encoding.pairs(one), encoding.pairs(other), allowed, axes=axes, at={"token": positions})


@checks(says.unsorted_positions, cases=families.general, needs=(takes_any_order,))
def unsorted_positions(encoding: Subject) -> Evidence:
    """f(x[order], p[order]) = f(x, p)[order]"""
    x, p = encoding.draw("x"), np.array(encoding.case.positions)
    order = np.argsort(p, kind="stable")
    moved = x[..., order, :]
    return same(encoding, encoding.output(moved, p[order]), encoding.output(x, p)[..., order, :], moved, p[order])


@checks(says.repeated_positions, cases=families.general, needs=(takes_any_order,))
def repeated_positions(encoding: Subject) -> Evidence:
    """f((x, x), (p, p)) = (f(x, p), f(x, p))"""
    x, p = encoding.draw("x"), encoding.case.positions
    both = encoding.output(torch.cat([x, x], dim=-2), (*p, *p))
    return same(encoding, both[..., : len(p), :], both[..., len(p) :, :], x, p)


@checks(says.prefill_equals_decode, cases=families.general)
def prefill_equals_decode(encoding: Subject) -> Evidence:
    """f(x, p)[j] = f(x[j], p[j]), one token at a time"""
    encoding = encoding.alone()
    x, p = encoding.draw("x"), encoding.case.positions
    steps = range(min(len(p), 8))
    decoded = [encoding.output(x[..., j : j + 1, :], p[j : j + 1]) for j in steps]
    prefilled = encoding.output(x, p)[..., : len(steps), :]
    return same(encoding, torch.cat(decoded, dim=-2), prefilled, x[..., : len(steps), :], p[: len(steps)])


@checks(says.length_independence, cases=families.general)
def length_independence(encoding: Subject) -> Evidence:
    """f(x[:l], p[:l]) = f(x, p)[:l]"""
    encoding = encoding.alone()
    x, p = encoding.draw("x"), encoding.case.positions
    half = (len(p) + 1) // 2
    prefix = encoding.output(x[..., :half, :], p[:half])
    return same(encoding, prefix, encoding.output(x, p)[..., :half, :], x[..., :half, :], p[:half])


@checks(says.batch_locality, cases=families.general)
def batch_locality(encoding: Subject) -> Evidence:
    """f(x, p)[b] = f(x[b], p), for every batch entry by itself"""
    x, p = encoding.draw("x"), encoding.case.positions
    alone = [encoding.encode(x[b : b + 1], p) for b in range(len(x))]
    return same(encoding, torch.cat(alone), encoding.encode(x, p), x, p)


@checks(says.head_locality, cases=families.general)
def head_locality(encoding: Subject) -> Evidence:
    """f(x, p)[h] = f(x[h], p), for every head by itself"""
    x, p = encoding.draw("x"), encoding.case.positions
    alone = [encoding.encode(x[:, h : h + 1], p) for h in range(x.shape[1])]
    return same(encoding, torch.cat(alone, dim=1), encoding.encode(x, p), x, p)


@checks(says.sequence_locality, cases=families.general)
def sequence_locality(encoding: Subject) -> Evidence:
    """f(x, p)[j] stays where the other tokens' contents change"""
    x, p = encoding.draw("x"), encoding.case.positions
    changed = 4 * encoding.draw("y")
    kept = torch.arange(len(p)) % 2 == 0
    changed[..., kept, :] = x[..., kept, :]
    places = tuple(np.array(p)[kept.numpy()])
    one, other = encoding.encode(changed, p)[..., kept, :], encoding.encode(x, p)[..., kept, :]
    return same(encoding, one, other, x[..., kept, :], places)


def takes_batched_positions(implementation: Implementation, encoding: Encoding) -> str | None:
    """A position for every batch row is supported."""
    return None if implementation.batched else "does not declare batched positions"


@checks(says.batched_positions, cases=families.general, needs=(takes_batched_positions,))
def batched_positions(encoding: Subject) -> Evidence:
    """f(x, P)[b] = f(x[b], P[b])"""
    x, p = encoding.draw("x"), encoding.case.positions
    rows = [tuple(np.array(p) + b * encoding.case.shift) for b in range(len(x))]
    together = encoding.encode(x, np.array(rows))
    alone = [(encoding.encode(x[b : b + 1], row), x[b : b + 1], row) for b, row in enumerate(rows)]
    return worst(*(same(encoding, together[b : b + 1], y, v, row) for b, (y, v, row) in enumerate(alone)))
