"""What is asked of code about the tensors that it is handed and hands back, and PyTorch's transformations of it."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from impls import Implementation
from impls.calls import PLAIN, call_of, is_plain
from impls.declaration import POSITION_DTYPES
from impls.door.crossing import Numbers, Packed, Request, Strides, Under
from impls.door.misbehaviour import Raised
from properties.cases import families
from properties.cases.case import Case
from properties.cases.families import Family
from properties.checks.comparisons import refused_or, same
from properties.checks.evidence import Evidence, agreement, refuted, satisfied, worst
from properties.checks.property import Inapplicable, checks, gets_positions, is_called_plainly
from properties.subjects.map import OnMaps
from properties.subjects.protocols import Code, Truth
from properties.subjects.subject import Attending, Handed, Subject
from spec import Encoding
from spec.definitions.words import Role, words
from spec.numbers import bounds
from spec.statements import code as says

PLACES = (3, 4, 5, 6, 7)
NEAR_AND_FAR = (3, 4, 4099, 6, 7)
"""One of them needs more bits than half precision has."""


# Dtypes


@checks(says.dtype_kept, cases=families.once(8, PLACES))
def dtype_kept(s: Attending) -> Evidence:
    """dtype of f(x, p) = dtype of x, whatever that of p; of a table, the dtype asked for"""
    if not s.code.has_dtype:
        raise Inapplicable("its function takes no dtype")
    return worst(*(asked_in(s, _keeps_dtype, dtype) for dtype in (_usual(s), *_others(s))))


def _keeps_dtype(s: Attending, dtype: str) -> Evidence:
    found = s.code.answer(*s.code.inputs(), position_dtype=dtype).dtype
    kept = found == s.setup.dtype
    said = f"the dtype is torch.{found} for positions in torch.{dtype}; expected torch.{s.setup.dtype}"
    return satisfied() if kept else refuted(said)


@checks(says.position_dtypes, cases=families.once(8, NEAR_AND_FAR), needs=(gets_positions,))
def position_dtypes(s: Attending) -> Evidence:
    """f(x, p) is the same for p in every dtype declared; else in int32, float32 and float64, which may be refused"""
    s = on_whole_places(s)
    others = _others(s)
    if not others:
        raise Inapplicable(f"takes positions in {_usual(s)} only")
    return worst(*(asked_in(s, _as_usual, dtype) for dtype in others))


def _as_usual(s: Attending, dtype: str) -> Evidence:
    inputs = s.code.inputs()
    usual = s.code.result(*inputs)
    return same(s, s.code.result(*inputs, position_dtype=dtype), usual, *inputs)


def _usual(s: Attending) -> str:
    return s.setup.places(s.setup.located(s.case.positions)).dtype


def _others(s: Attending) -> tuple[str, ...]:
    """The dtypes of positions beside the usual one: those declared, or those that hold what positions there are."""
    if not call_of(s.implementation).placed:
        return ()
    any_place = s.implementation.positions == "any"
    held = [d for d in POSITION_DTYPES if any_place or d.startswith("int")]
    return tuple(dtype for dtype in s.implementation.position_dtypes or held if dtype != _usual(s))


def on_whole_places(s: Attending) -> Attending:
    """The same, at places whose coordinates are whole."""
    unit, case = s.encoding.grid.unit, s.case
    if unit == 1:
        return s
    positions, others = (tuple(unit * p for p in places) for places in (case.positions, case.others))
    return s.varied(case=dataclasses.replace(case, positions=positions, others=others))


def asked_in(s: Attending, check: Callable[[Attending, str], Evidence], dtype: str) -> Evidence:
    """What is found for positions in this dtype, which may be refused where none is declared, but for the usual one."""
    may_refuse = s.implementation.position_dtypes is None and dtype != _usual(s)
    return refused_or(check, s, dtype) if may_refuse else check(s, dtype)


# Memory


@checks(says.non_contiguous_input, cases=families.small)
def non_contiguous_input(s: Handed) -> Evidence:
    """f of transposed, strided and expanded tensors = f of their contiguous copies, or raises an error"""
    views: tuple[Strides, ...] = ("transposed", "strided", "expanded")
    return worst(*(refused_or(_as_copied, s, view) for view in (views if is_plain(s.implementation) else views[:2])))


def _as_copied(s: Handed, strides: Strides) -> Evidence:
    x = s.code.drawn()
    x = tuple(np.broadcast_to(each[:1, :1], each.shape) for each in x) if strides == "expanded" else x
    inputs, view = s.code.asked(*x), s.varied(case=dataclasses.replace(s.case, strides=strides))
    return same(s, view.code.result(*inputs), s.code.result(*inputs), *inputs)


def _and_large(encoding: Encoding, suite_seed: int) -> list[Case]:
    """Small ones, and one for which code may take another path to spare memory."""
    large = Case(dim=encoding.dimension(128), positions=tuple(range(130)), heads=7, batch=1, seed=suite_seed)
    return [*families.small.cover(encoding, suite_seed), large]


@checks(says.inputs_not_mutated, cases=Family("small, and a large one", _and_large, families.small.strategy))
def inputs_not_mutated(s: Subject[Code, Truth]) -> Evidence:
    """x and p, or the segments, are afterwards what they were before"""
    request = dataclasses.replace(s.code.request(*s.code.inputs()), watched=True)
    return worst(_left_alone(s, request), *(refused_or(_left_alone, s, each) for each in _otherwise(s, request)))


def _otherwise(s: Subject[Code, Truth], request: Request) -> Iterator[Request]:
    """The same request with positions of another dtype, as far as the code takes them."""
    taken = s.implementation.position_dtypes or POSITION_DTYPES if call_of(s.implementation).placed else ()
    for at, each in enumerate(request.given):
        if isinstance(each, Numbers) and each.places and not (each.values % 1).any():
            for dtype in set(taken) - {each.dtype}:
                other = dataclasses.replace(each, dtype=dtype)
                yield dataclasses.replace(request, given=(*request.given[:at], other, *request.given[at + 1 :]))


def _left_alone(s: Subject[Code, Truth], request: Request) -> Evidence:
    """That all is left alone but what shall be written."""
    asked = s.code.door.put(request)
    after, names = s.code.door.ask(request).afterwards, [*_places(s, asked), *asked.named]
    each = zip(names, after, asked.numbers, strict=True)
    return worst(*(_unchanged(*one) for place, one in enumerate(each) if place not in asked.written))


def _places(s: Subject[Code, Truth], asked: Request) -> Sequence[str]:
    """What the arguments are called that are handed in by place."""
    call, by_place = call_of(s.implementation), s.encoding.definition.arguments
    names = by_place if call is PLAIN else call.arguments
    return [*names, *(f"argument {at}" for at in range(len(names), len(asked.given)))][: len(asked.given)]


def _unchanged(name: str, after: object, before: object) -> Evidence:
    found = _left(after, before)
    return dataclasses.replace(found, where={"argument": name, **found.where})


def _left(after: object, before: object) -> Evidence:
    if isinstance(before, np.ndarray) and np.iscomplexobj(before):
        found = np.asarray(after)
        return worst(agreement(found.real, before.real), agreement(found.imag, before.imag))
    if isinstance(before, np.ndarray):
        return agreement(after, before)
    return satisfied() if after == before else refuted(f"{before} became {after}")


def can_be_packed(implementation: Implementation, encoding: Encoding) -> str | None:
    """Vectors that it is handed can be part of a tensor of queries, keys and values."""
    return None if implementation.call == "qkv-packed" else is_called_plainly(implementation, encoding)


@checks(says.values_untouched, cases=Family("small, and a large one", _and_large), needs=(can_be_packed,))
def values_untouched(s: OnMaps) -> Evidence:
    """In one tensor (3, ...) of q, k and v, and in one (..., 3, heads, dim), v stays bit for bit"""
    if s.implementation.call == "qkv-packed":
        return worst(*(_passed_on(s, side.get("role", "query")) for side in s.code.sides))
    parts = (s.draw("q"), s.draw("k"), s.draw("v"))
    asked = [
        (Packed(parts, at, s.setup.dtype, before_heads), role)
        for before_heads in (False, True)
        for at, role in enumerate(words(Role))
    ]
    answers = (s.code.call(q_or_k, s.case.positions, role, watched=True) for q_or_k, role in asked)
    return worst(*(agreement(answer.afterwards[0][2], parts[2]) for answer in answers))


def _passed_on(s: OnMaps, role: Role) -> Evidence:
    request = s.code.request(s.setup.with_heads(s.draw("x"), role), s.case.positions, role)
    assert request.beside is not None
    return agreement(s.code.door.ask(request).passed, request.beside.value)


# Transformations


@checks(says.vmap_agreement, cases=families.small, needs=(is_called_plainly,))
def vmap_agreement(s: Handed) -> Evidence:
    """vmap(f)(x, p) = f(x, p)"""
    s = s.alone()
    x = s.code.drawn()
    inputs = s.code.asked(*x)
    try:
        mapped = s.code.result(*inputs, under="vmap", of=tuple(range(len(x))))
    except Raised as error:
        raise Inapplicable(f"does not run under vmap: {_first_line(error)}") from None
    return same(s, mapped, s.code.result(*inputs), *inputs)


def _first_line(error: Raised) -> str:
    return (error.said or str(error)).splitlines()[0][:160]


@checks(says.autocast_agreement, cases=families.general)
def autocast_agreement(s: Handed) -> Evidence:
    """autocast(f)(x, p) = R_p x, where the result may be rounded to bfloat16 but the angles may not"""
    if s.setup.dtype != "float32":
        raise Inapplicable("autocast acts on float32")
    return less_precise(s, "autocast")


def less_precise(s: Handed, under: Under) -> Evidence:
    """The result may be rounded to bfloat16, but the angles may not."""
    x, p = s.code.drawn(), s.case.positions
    inputs = s.code.asked(*x)
    got, allowed = s.code.result(*inputs, under=under), s.truth.narrowed(*inputs)
    turned = agreement(
        s.code.read(got), s.truth.output(*inputs), allowed, axes=s.code.axes, at={"token": s.setup.located(p)}
    )
    left, rest = s.code.untouched(got), s.code.untouched(x[0])
    return worst(turned, agreement(left, rest, bounds.UNIT["bfloat16"] * np.abs(rest))) if rest.size else turned


@checks(says.compiled_agreement, cases=families.once(16, (0, 1, 5, 100, 4097)), profiles=("ci", "deep"))
def compiled_agreement(s: Attending) -> Evidence:
    """compile(f)(x, p) = R_p x"""
    s = s.alone()
    x, p = s.draw("x")[0], s.case.positions
    return agreement(s.code.output(x, p, under="compiled"), s.truth.output(x, p), s.truth.bound(x, p), axes=s.code.axes)
