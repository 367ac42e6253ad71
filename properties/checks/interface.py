"""What is asked of a function that others call: shapes, dtypes, strides, and a clear no."""

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor

from impls import Implementation
from impls.declaration import DTYPES, accepts
from properties.cases import families
from properties.checks.evidence import Evidence, agreement, refuted, satisfied, worst
from properties.checks.locality import same
from properties.checks.property import Inapplicable, checks
from properties.checks.values import is_exact
from properties.subjects.misbehaviour import Raised, shaped
from properties.subjects.subject import Subject
from spec import Encoding
from spec.statements import code as says

PLACES = (3, 4, 5, 6, 7)


@checks(says.shape_kept, cases=families.once(8, PLACES))
def shape_kept(encoding: Subject) -> Evidence:
    """shape of f(x, p) = shape of x for x of two, three, four and five axes, and for one token; (n, dim) for a table"""
    seen = encoding.shapes(encoding.draw("x"), encoding.case.positions)
    wrong = [f"{tuple(got)} for {tuple(wanted)}" for got, wanted in seen if tuple(got) != tuple(wanted)]
    return refuted(f"the shape is {wrong[0]}") if wrong else satisfied()


@checks(says.dtype_kept, cases=families.once(8, PLACES))
def dtype_kept(encoding: Subject) -> Evidence:
    """dtype of f(x, p) = dtype of x, whatever that of p; of a table, the dtype asked for"""
    if not encoding.has_dtype:
        raise Inapplicable("its function takes no dtype")
    x, p = encoding.draw("x"), encoding.located(encoding.case.positions)
    floats = [torch.float32, torch.float64] if encoding.implementation.positions == "any" else []
    got = {dtype: encoding.output(x, p.to(dtype)).dtype for dtype in (torch.int64, torch.int32, *floats)}
    wrong = [f"{y} for positions in {dtype}" for dtype, y in got.items() if y != encoding.torch_dtype]
    return refuted(f"the dtype is {wrong[0]}; expected {encoding.torch_dtype}") if wrong else satisfied()


@checks(says.position_dtypes, cases=families.once(8, PLACES))
def position_dtypes(encoding: Subject) -> Evidence:
    """f(x, p) is the same for p in int64, int32 and, where fractions are supported, float32 and float64"""
    x, p = encoding.draw("x"), encoding.located(encoding.case.positions)
    floats = [torch.float32, torch.float64] if encoding.implementation.positions == "any" else []
    usual = encoding.output(x, p)
    others = [encoding.output(x, p.to(dtype)) for dtype in (torch.int32, *floats)]
    return worst(*(same(encoding, other, usual, x, encoding.case.positions) for other in others))


@checks(says.non_contiguous_input, cases=families.small)
def non_contiguous_input(encoding: Subject) -> Evidence:
    """f of a transposed, a strided and an expanded tensor = f of its contiguous copy, or raises an error"""
    x = encoding.draw("x")
    wide = torch.zeros(*x.shape[:-1], 2 * x.shape[-1], dtype=x.dtype)
    wide[..., ::2] = x
    layouts = (x.transpose(1, 2).contiguous().transpose(1, 2), wide[..., ::2], x[:1, :1].expand(x.shape))
    return worst(*(_refused_or(partial(_as_its_copy, encoding, view)) for view in layouts))


def _as_its_copy(encoding: Subject, view: Tensor) -> Evidence:
    p = encoding.case.positions
    views = (view, view.contiguous())
    handed, copied = (shaped(encoding.call(each, encoding.located(p)), tuple(view.shape)) for each in views)
    return same(encoding, handed, copied, view, p)


def declares_limits(implementation: Implementation, encoding: Encoding) -> str | None:
    """Something is declared to be impossible."""
    dtypes = implementation.dtypes and len(implementation.dtypes) < len(DTYPES)
    limits = (dtypes, implementation.max_position, encoding.domain.largest is not None)
    return None if any(limits) or implementation.positions != "any" else "declares no limit"


@checks(says.declared_limits, cases=families.once(8, PLACES), needs=(declares_limits,))
def declared_limits(encoding: Subject) -> Evidence:
    """Beyond what is declared, a call raises an error or is right; where nothing is defined, it raises an error"""
    return worst(*(_undefined(e, p) or _refused_or(partial(_exact_at, e, p)) for e, p in _beyond(encoding)))


def _exact_at(encoding: Subject, positions: tuple[float, ...]) -> Evidence:
    return is_exact(encoding, positions, encoding.draw("x", len(positions)))


def _undefined(encoding: Subject, positions: tuple[float, ...]) -> Evidence | None:
    """Whether positions are refused where the definition has no value at all; None where it has one."""
    fractions = encoding.spec.domain.positions != "any" and any(p % 1 for p in positions)
    largest = encoding.spec.largest_at(encoding.case.dim, encoding.parameters)
    far = largest is not None and max(positions) > largest
    if not (fractions or far or (min(positions) < 0 and encoding.spec.domain.positions == "non-negative")):
        return None
    call = partial(encoding.output, encoding.draw("x", len(positions)), positions)
    return refusal(call, f"positions {positions}, where the encoding is not defined,")


def _beyond(encoding: Subject) -> Iterator[tuple[Subject, tuple[float, ...]]]:
    implementation = encoding.implementation
    for dtype in set(DTYPES) - set(implementation.checked_dtypes):
        yield dataclasses.replace(encoding, dtype=dtype), PLACES
    if encoding.limit:
        yield encoding, tuple(encoding.limit + i for i in range(1, 4))
    if implementation.positions != "any":
        yield encoding, (0.5, 1.25, 2.75)
    if implementation.positions in ("non-negative", "contiguous"):
        yield encoding, (-3, -2, -1)
    if implementation.positions == "contiguous":
        yield encoding, (7, 3, 4, 12, 5)


def _refused_or(call: Callable[[], Evidence]) -> Evidence:
    """The evidence of a call; a call that raises an error has refused."""
    try:
        return call()
    except Raised:
        return satisfied("refused")


def refusal(call: Callable[[], Tensor], asked: str) -> Evidence:
    """That a call raises an error, and says something; `asked` tells what was asked for."""
    try:
        result = call()
    except Raised as error:
        said = str(error.__cause__)
        return satisfied(f"refused: {said}") if said else refuted(f"{asked} gave an error without a message")
    return refuted(f"{asked} gave a result of shape {tuple(result.shape)}; expected an error")


def pairs_an_odd_number(implementation: Implementation, encoding: Encoding) -> str | None:
    """An odd number of rotated coordinates can be asked for."""
    can = not encoding.blocks.partial or accepts(implementation.function, "rotary_dim")
    return None if can else "its function takes no rotary_dim"


@checks(says.odd_dimension_refused, cases=families.once(8, PLACES), needs=(pairs_an_odd_number,))
def odd_dimension_refused(encoding: Subject) -> Evidence:
    """f(x, p) with seven coordinates to pair raises an error; on a grid, with pairs that cannot be dealt out as well"""
    uneven = [encoding.spec.multiple + 2] if encoding.spec.multiple > 2 else []
    return worst(*(_refuses_to_pair(encoding, size) for size in (7, *uneven)))


def _refuses_to_pair(encoding: Subject, size: int) -> Evidence:
    sizes = {"parameters": (("rotary_dim", size),)} if encoding.spec.blocks.partial else {"dim": size}
    odd = dataclasses.replace(encoding, case=dataclasses.replace(encoding.case, **sizes), instances={})
    x = torch.ones(2, 3, len(PLACES), odd.case.dim, dtype=encoding.torch_dtype)
    return refusal(partial(odd.call, x, encoding.located(encoding.case.positions)), f"{size} coordinates to pair")


@checks(says.wrong_rank_refused, cases=families.once(8, PLACES))
def wrong_rank_refused(encoding: Subject) -> Evidence:
    """f of one vector (dim,) at n positions raises an error, or is that vector at each position, (n, dim)"""
    x, p = encoding.draw("x")[0, 0, 0], encoding.case.positions
    return _refused_or(partial(_broadcast, encoding, x, p))


def _broadcast(encoding: Subject, x: Tensor, p: tuple[float, ...]) -> Evidence:
    encoding, rows = encoding.alone(), x.expand(len(p), -1)
    return agreement(
        encoding.pairs(encoding.call(x, encoding.located(p))), encoding.exact_output(rows, p), encoding.bound(rows, p)
    )


@checks(says.mismatched_lengths_refused, cases=families.once(8, PLACES))
def mismatched_lengths_refused(encoding: Subject) -> Evidence:
    """f of n tokens at n - 1 and at n + 1 positions raises an error"""
    x, p = encoding.draw("x"), encoding.case.positions
    offered = (p[:-1], (*p, p[-1] + 1))
    asked = f"{len(p)} tokens at {{}} positions"
    return worst(
        *(refusal(partial(encoding.call, x.clone(), encoding.located(q)), asked.format(len(q))) for q in offered)
    )
